//! Programs that have to be installed. Where one is missing its tests say so and
//! pass, unless `HTTPLIB_REQUIRE_PEERS` is set.

pub(crate) mod nginx;
pub(crate) mod openssl;
mod ports;
pub(crate) mod python;
pub(crate) mod s_server;
pub(crate) mod tinyproxy;
pub(crate) mod wasmtime;

use std::io::Write;
use std::path::PathBuf;
use std::process::Child;
use std::{env, thread};

/// Where a program is; tells how to get it if it is missing.
fn find(program: &str, install: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    // Not in every user's path.
    let elsewhere = ["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from);
    let found = env::split_paths(&path)
        .chain(elsewhere)
        .map(|directory| directory.join(program))
        .find(|candidate| candidate.is_file());
    if found.is_none() {
        skip(&format!("install {program}: {install}"));
    }
    found
}

/// Says that the current test cannot run here, and why.
pub(crate) fn skip(why: &str) {
    let thread = thread::current();
    let name = thread.name().unwrap_or("a test");
    assert!(
        env::var_os("HTTPLIB_REQUIRE_PEERS").is_none(),
        "{name} cannot run: {why}"
    );
    // Not `eprintln`, which the test harness would keep to itself.
    let _ = writeln!(std::io::stderr(), "SKIPPED {name}: {why}");
}

/// A child process that does not outlive its test.
struct Guard(Child);

impl Drop for Guard {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
