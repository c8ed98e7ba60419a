//! What the documentation says, held against the sources.

mod items;
mod pages;

use std::fs;
use std::path::{Path, PathBuf};

/// A path in the workspace.
fn workspace(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn read(path: &str) -> String {
    fs::read_to_string(workspace(path)).unwrap()
}

/// The cells of the rows of a page's tables, without the heads.
fn rows(page: &str) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for line in page.lines() {
        if line.starts_with("|---") {
            rows.pop();
        }
        let Some(line) = line.strip_prefix("| ") else {
            continue;
        };
        let line = line.trim_end().trim_end_matches('|');
        // An escaped bar belongs to its cell.
        let line = line.replace("\\|", "\u{0}");
        let cells = line.split(" | ");
        rows.push(
            cells
                .map(|cell| cell.trim().replace('\u{0}', "|"))
                .collect(),
        );
    }
    rows
}

/// What a cell has between backticks.
fn code(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}
