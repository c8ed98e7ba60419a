//! CPython, whose `http.client` is the reference.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{ChildStdin, ChildStdout, Command, Stdio};

use super::{Guard, find, skip};

/// The oldest release that the project compares itself with.
const OLDEST: (u32, u32) = (3, 11);

/// The program; none, after a word about it, if there is none or it is too old.
fn program() -> Option<PathBuf> {
    let how = format!("Python {}.{} or later", OLDEST.0, OLDEST.1);
    let program = find("python3", &how)?;
    let (major, minor) = OLDEST;
    let check = format!("import sys; sys.exit(sys.version_info < ({major}, {minor}))");
    let checked = Command::new(&program).args(["-I", "-c", &check]).status();
    if !checked.unwrap().success() {
        skip(&format!("python3 is not {how}"));
        return None;
    }
    Some(program)
}

/// What a script prints; none as above.
pub(crate) fn run(script: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program()?)
        .args(["-I", "-X", "utf8", "-c", script])
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    Some(String::from_utf8(output.stdout).unwrap())
}

/// Its version, for example `(3, 13)`; none as above.
pub(crate) fn version() -> Option<(u32, u32)> {
    let printed = run("import sys; print(*sys.version_info[:2])", &[])?;
    let mut numbers = printed.split_whitespace().map(|it| it.parse().unwrap());
    numbers.next().zip(numbers.next())
}

/// A script that answers each line with a line.
pub(crate) struct Python {
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
    _process: Guard,
}

impl Python {
    /// Starts a script; none as above.
    pub(crate) fn start(script: &str) -> Option<Self> {
        let mut process = Command::new(program()?)
            .args(["-I", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Some(Self {
            questions: process.stdin.take().unwrap(),
            answers: BufReader::new(process.stdout.take().unwrap()),
            _process: Guard(process),
        })
    }

    /// Sends a line.
    pub(crate) fn ask(&mut self, question: &str) {
        writeln!(self.questions, "{question}").unwrap();
    }

    /// Receives a line.
    pub(crate) fn answer(&mut self) -> String {
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        line
    }
}
