//! Peers that always have something to say: time limits end every call all the same,
//! and nothing holds the instance.

mod drips;
mod floods;
mod peers;
mod tickets;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use httplib_host_tests::{ErrorKind, HttpError};

/// The time limit in these tests.
const LIMIT: Duration = Duration::from_secs(1);

/// When a call with that limit is over at the latest.
const LATEST: Duration = Duration::from_secs(2);

/// Keeps the other tests away that need a processor for themselves.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Checks what calls return that run into the limit, and when. On a busy machine they
/// may need longer: then they are tried again.
fn ends_in_time<T>(name: &str, attempt: impl Fn() -> Result<T, HttpError>) {
    let mut times = Vec::new();
    for _ in 0..3 {
        let begin = Instant::now();
        let error = attempt().err().unwrap();
        let time = begin.elapsed();
        assert_eq!(error.kind, ErrorKind::TimedOut, "{name}: {error}");
        if time < LATEST {
            assert!(time > LIMIT / 2, "{name}: over after {time:?}");
            return;
        }
        times.push(time);
    }
    panic!("{name}: over after {times:?}");
}
