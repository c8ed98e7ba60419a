//! The `openssl` command, as a tool.

use std::io::Write;
use std::process::{Command, Stdio};

use super::find;

/// A PKCS#8 key in the format that is older than it (PKCS#1 or SEC1), in PEM.
/// None, after a word about it, if OpenSSL is missing.
pub(crate) fn traditional(key_pem: &str) -> Option<String> {
    let mut process = Command::new(find("openssl", "apt-get install openssl")?)
        .args(["pkey", "-traditional"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = process.stdin.take().unwrap();
    input.write_all(key_pem.as_bytes()).unwrap();
    drop(input);
    let output = process.wait_with_output().unwrap();
    assert!(output.status.success());
    Some(String::from_utf8(output.stdout).unwrap())
}
