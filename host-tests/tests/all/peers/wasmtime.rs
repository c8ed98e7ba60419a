//! The `wasmtime` command.

use std::process::{Command, Output, Stdio};

use super::find;

/// Runs a component with network and nothing else; none, after a word about it,
/// if wasmtime is missing.
pub(crate) fn run(component: &str, arguments: &[&str]) -> Option<Output> {
    let program = find("wasmtime", "https://wasmtime.dev")?;
    let output = Command::new(program)
        .args(["run", "-S", "inherit-network,allow-ip-name-lookup"])
        .arg(component)
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Some(output)
}
