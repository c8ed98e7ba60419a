//! `docs/reference-tests.md` and the tests of this directory are in step.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const CATALOGUE: &str = include_str!("../../../../docs/reference-tests.md");

#[test]
fn every_counterpart_is_named_and_every_name_is_a_test() {
    let rows = CATALOGUE
        .lines()
        .filter_map(|line| line.strip_prefix("| test")?.split_once(" | "))
        .filter(|(name, _)| !name.is_empty());
    let (counterparts, reasons): (Vec<_>, Vec<_>) = rows
        .map(|(_, cell)| cell)
        .partition(|cell| cell.starts_with('`'));
    assert_eq!((counterparts.len(), reasons.len()), (119, 11));

    let named: BTreeSet<_> = counterparts
        .iter()
        .map(|cell| cell.trim_end_matches(" |").trim_matches('`').to_owned())
        .collect();
    assert_eq!(named.len(), 119, "one is named twice");
    let mut tests = BTreeSet::new();
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/all/reference");
    collect(&here, "reference", &mut tests);
    assert_eq!(named, tests);
}

/// The paths of all the tests of a directory but this one.
fn collect(directory: &Path, module: &str, tests: &mut BTreeSet<String>) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let module = match name {
            "catalogue" => continue,
            "mod" => module.to_owned(),
            name => format!("{module}::{name}"),
        };
        if path.is_dir() {
            collect(&path, &module, tests);
            continue;
        }
        let source = fs::read_to_string(&path).unwrap();
        let mut lines = source.lines();
        while lines.any(|line| line == "#[test]") {
            let function = lines.next().and_then(|line| line.strip_prefix("fn "));
            let (function, _) = function.unwrap().split_once('(').unwrap();
            tests.insert(format!("{module}::{function}"));
        }
    }
}
