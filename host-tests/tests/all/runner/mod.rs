//! The `fetch` command, as a person meets it.

mod exit_status;
mod options;

use std::io::Write;
use std::process::{Command, Output, Stdio};

const RESPONSE: &str = "HTTP/1.1 200 OK\r\nX-Case: \u{e9}\r\nContent-Length: 5\r\n\r\nhello";

fn fetch(arguments: &[&str]) -> Output {
    fetch_with_input(arguments, b"")
}

fn fetch_with_input(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_fetch"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Who does not read its input may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn succeeds(arguments: &[&str]) -> Vec<u8> {
    let output = fetch(arguments);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    assert!(output.stderr.is_empty(), "{arguments:?}: {output:?}");
    output.stdout
}

fn temporary(content: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(content).unwrap();
    file
}
