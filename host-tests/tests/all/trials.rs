//! Many cases of one test, of which each is tried though others fail.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Duration;

use httplib_host_tests::{Host, HostBuilder};

/// An instance whose traps, and calls that take longer than this, are failures of a
/// trial.
pub(crate) fn watched(patience: Duration) -> HostBuilder {
    Host::builder()
        .watched(patience)
        // Past the panic hook, which would print each.
        .on_trap(|trap| resume_unwind(Box::new(format!("trap: {}", trap.root_cause()))))
}

/// What failed so far.
#[derive(Default)]
pub(crate) struct Trials {
    count: usize,
    failures: Vec<String>,
}

impl Trials {
    /// Whether a case passes.
    pub(crate) fn attempt(
        &mut self,
        name: &str,
        case: impl FnOnce() -> Result<(), String>,
    ) -> bool {
        self.count += 1;
        let failure = match catch_unwind(AssertUnwindSafe(case)) {
            Ok(Ok(())) => return true,
            Ok(Err(failure)) => failure,
            Err(panic) => match panic.downcast::<String>() {
                Ok(text) => *text,
                Err(_) => "panic".to_owned(),
            },
        };
        self.failures.push(format!("{name}: {failure}"));
        false
    }

    /// Says more about what has just failed.
    pub(crate) fn explain(&mut self, text: &str) {
        if let Some(failure) = self.failures.last_mut() {
            failure.push('\n');
            failure.push_str(text);
        }
    }

    /// How many have failed.
    pub(crate) fn failures(&self) -> usize {
        self.failures.len()
    }

    pub(crate) fn finish(self) {
        let Self { count, failures } = self;
        assert!(count > 0);
        assert!(
            failures.is_empty(),
            "{} of {count} failed:\n{}",
            failures.len(),
            failures.join("\n")
        );
    }
}

/// A number that the environment gives for a longer run.
pub(crate) fn parameter(name: &str, ordinarily: u64) -> u64 {
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap(),
        Err(_) => ordinarily,
    }
}
