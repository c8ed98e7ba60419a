//! Python, whose `http.client` is the reference.

use std::process::{Command, Stdio};

use super::find;

/// What a script prints; none, after a word about it, if Python is missing.
pub(crate) fn run(script: &str, arguments: &[&str]) -> Option<String> {
    let program = find("python3", "apt-get install python3")?;
    let output = Command::new(program)
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
