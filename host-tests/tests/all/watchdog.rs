//! What ends a test whose component would never come back.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use httplib_host_tests::Host;

/// How long a single call may take.
const CALL: Duration = Duration::from_secs(15);

/// An instance whose calls trap when they compute for too long.
pub(crate) fn watched() -> Host {
    Host::builder().watched(CALL).build().unwrap()
}

/// Runs a test that fails if it is not over by then, wherever it hangs: what it waits
/// for in the host nobody can interrupt, so its thread is left alone.
pub(crate) fn within(seconds: u64, test: impl FnOnce() + Send + 'static) {
    let (done, is_over) = channel();
    let name = thread::current().name().unwrap_or("a test").to_owned();
    let thread = thread::Builder::new()
        .name(name.clone())
        .spawn(move || {
            // Dropped when the test panics.
            let done = done;
            test();
            let _ = done.send(());
        })
        .unwrap();
    match is_over.recv_timeout(Duration::from_secs(seconds)) {
        Err(RecvTimeoutError::Timeout) => panic!("{name} hangs: not over within {seconds} s"),
        _ => thread
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
    }
}
