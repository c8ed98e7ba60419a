//! How tests wait for what they expect, and for nothing else.

use std::thread;
use std::time::{Duration, Instant};

use httplib_host_tests::{ErrorKind, Host, HttpError};
use rustix::time::{ClockId, clock_gettime};

use crate::servers::PATIENCE;

/// What is not there by then will not come before something else happens.
pub(crate) const SHORT: Duration = Duration::from_millis(100);

/// What a call returns has to come long before a test gives up.
pub(crate) fn promptly<T>(call: impl FnOnce() -> T) -> T {
    let begin = Instant::now();
    let result = call();
    assert!(begin.elapsed() < PATIENCE / 4, "{:?}", begin.elapsed());
    result
}

/// Runs the cases at the same time, because most of what they do is to wait.
pub(crate) fn at_once<T: Send>(cases: impl IntoIterator<Item = T>, test: impl Fn(T) + Sync) {
    let test = &test;
    thread::scope(|scope| {
        for case in cases {
            scope.spawn(move || test(case));
        }
    });
}

/// Repeats a call that runs into its time limit: a busy machine may need longer.
pub(crate) fn until_ok<T>(mut call: impl FnMut() -> Result<T, HttpError>) -> T {
    for _ in 0..200 {
        match call() {
            Err(error) if error.kind == ErrorKind::TimedOut => {}
            outcome => return outcome.unwrap_or_else(|error| panic!("{error}")),
        }
    }
    panic!("it never goes on")
}

/// Repeats a call whenever `select` says so, until it has its result.
pub(crate) fn driven<T>(
    host: &Host,
    number: impl Fn() -> u64,
    mut call: impl FnMut() -> Result<T, HttpError>,
) -> T {
    loop {
        match call() {
            Err(error) if error.kind == ErrorKind::WouldBlock => {
                // While something is still to be sent both wait for that.
                let number = number();
                let (ready, _) = host.select(&[number], &[], Some(PATIENCE)).unwrap();
                assert_eq!(ready, [number], "nothing happens any more");
            }
            outcome => return outcome.unwrap_or_else(|error| panic!("{error}")),
        }
    }
}

/// Waits until something is so that nothing tells of.
pub(crate) fn eventually(is_so: impl Fn() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < PATIENCE, "it never comes to be");
        thread::sleep(Duration::from_millis(2));
    }
}

/// How long this thread computes in a call.
pub(crate) fn processor_time_of(call: impl FnOnce()) -> Duration {
    let used = || Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap();
    let before = used();
    call();
    used() - before
}
