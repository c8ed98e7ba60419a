//! CPython, whose `http.client` is the reference.

use std::io::{BufRead, BufReader, Write};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};

use super::{Guard, find, skip};

/// The oldest release that the project compares itself with.
const OLDEST: (u32, u32) = (3, 11);

/// A script that answers each line with a line.
pub(crate) struct Python {
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
    _process: Guard,
}

impl Python {
    /// Starts a script; none, after a word about it, if there is no Python or it
    /// is too old.
    pub(crate) fn start(script: &str) -> Option<Self> {
        let how = format!("Python {}.{} or later", OLDEST.0, OLDEST.1);
        let program = find("python3", &how)?;
        let (major, minor) = OLDEST;
        let check = format!("import sys; sys.exit(sys.version_info < ({major}, {minor}))");
        let checked = Command::new(&program).args(["-I", "-c", &check]).status();
        if !checked.unwrap().success() {
            skip(&format!("python3 is not {how}"));
            return None;
        }
        let mut process = Command::new(program)
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
