//! Servers that stop: every wait ends at its time limit, and goes on afterwards.

mod places;
mod resume;
mod would_block;

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use httplib_host_tests::{Connection, HttpError};

use crate::bodies::MIB;
use crate::servers::{Gate, PATIENCE, Peer};

/// Long enough for everything before the place where a server stalls.
const LIMIT: Duration = Duration::from_millis(800);

/// More than the buffers between client and server hold.
const TOO_MUCH: usize = 16 * MIB;

/// Sends more than fits, until it is over.
fn send_too_much(connection: &Connection) -> Result<(), HttpError> {
    connection.put_request("PUT", "/")?;
    connection.put_header("Content-Length", &[&TOO_MUCH.to_string()])?;
    connection.end_headers(None, false)?;
    let piece = vec![b'x'; MIB];
    (0..TOO_MUCH / MIB).try_for_each(|_| connection.send(&piece))
}

/// A script that is quiet until the test is over.
fn hold(gate: &Gate) -> impl Fn(&mut Peer) -> io::Result<()> + Send + Sync + 'static {
    let gate = gate.clone();
    move |_| {
        gate.wait();
        Ok(())
    }
}

/// What a call returns has to come long before a test gives up.
fn promptly<T>(call: impl FnOnce() -> T) -> T {
    let begin = Instant::now();
    let result = call();
    assert!(begin.elapsed() < PATIENCE / 4, "{:?}", begin.elapsed());
    result
}

/// Runs the cases at the same time, because most of what they do is to wait.
fn at_once<T: Send>(cases: impl IntoIterator<Item = T>, test: impl Fn(T) + Sync) {
    let test = &test;
    thread::scope(|scope| {
        for case in cases {
            scope.spawn(move || test(case));
        }
    });
}
