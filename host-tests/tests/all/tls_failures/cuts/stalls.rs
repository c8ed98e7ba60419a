//! What the server sends stops: the time limit tells where, and the same call
//! goes on.

use std::time::Duration;

use httplib_host_tests::{Connection, ErrorKind, HttpError, Phase};

use super::{Bench, Handshake, PIECES, Report, pieces};
use crate::servers::{Fault, Gate, Place};

/// What is not there by then will not come before the server goes on.
const SHORT: Duration = Duration::from_millis(50);

#[test]
fn stall_at_any_byte_of_tls13_is_timed_out_and_goes_on() {
    stall(Handshake::Tls13);
}

#[test]
fn stall_at_any_byte_of_tls12_is_timed_out_and_goes_on() {
    stall(Handshake::Tls12);
}

#[test]
fn stall_at_any_byte_of_a_resumption_is_timed_out_and_goes_on() {
    stall(Handshake::Resumed);
}

fn stall(handshake: Handshake) {
    let bench = Bench::new(handshake);
    let mut phases = Vec::new();
    for at in (0..).step_by(50) {
        let (reached, go_on) = (Gate::default(), Gate::default());
        let fault = Fault::Stall(reached.clone(), go_on.clone());
        let mut patience = Patience {
            reached,
            go_on,
            phase: None,
        };
        let (body, report) = bench.run(Place::Sent(at), fault, |connection| {
            connection.set_timeout(Some(SHORT));
            let body = patience.fetch(connection);
            connection.set_timeout(None);
            patience.go_on.open();
            body
        });
        assert_eq!(body, pieces(PIECES.len()), "{at}");
        let expected = expected_phase(&report, at);
        assert_eq!(patience.phase, expected, "{at}: {report:?}");
        if phases.last() != Some(&expected) {
            phases.push(expected);
        }
        if expected.is_none() {
            break;
        }
    }
    let seen = |phase| phases.contains(&Some(phase));
    assert!(seen(Phase::Tls) && seen(Phase::Body), "{phases:?}");
}

/// What a client waits for that has received so many bytes.
fn expected_phase(report: &Report, at: usize) -> Option<Phase> {
    let arrived = report.records.iter().filter(|end| **end <= at).count();
    if report.opened.is_some_and(|opened| at < opened) {
        return Some(Phase::Tls);
    }
    match arrived {
        0 => Some(Phase::FirstByte),
        1 => Some(Phase::Head),
        arrived if arrived < report.records.len() => Some(Phase::Body),
        _ => None,
    }
}

/// A client that repeats what was timed out.
struct Patience {
    reached: Gate,
    go_on: Gate,
    /// Where the server's stall was seen.
    phase: Option<Phase>,
}

impl Patience {
    fn fetch(&mut self, connection: &Connection) -> Vec<u8> {
        self.repeat(|| connection.connect());
        // Sent or not, `get_response` goes on.
        if let Err(error) = connection.request("GET", "/", None, &[]) {
            assert_eq!(error.kind, ErrorKind::TimedOut, "{error}");
        }
        let response = self.repeat(|| connection.get_response());
        self.repeat(|| response.read(None))
    }

    fn repeat<T>(&mut self, call: impl Fn() -> Result<T, HttpError>) -> T {
        loop {
            // On a busy machine a call may be timed out before the stall.
            let stalled = self.reached.is_open() && !self.go_on.is_open();
            let error = match call() {
                Ok(value) => return value,
                Err(error) => error,
            };
            assert_eq!(error.kind, ErrorKind::TimedOut, "{error}");
            if stalled {
                self.phase = error.phase;
                self.go_on.open();
            }
        }
    }
}
