//! Time limits hold while a request with `Expect: 100-continue` is opened and sent, and
//! while it waits.

use std::thread;
use std::time::{Duration, Instant};

use httplib_host_tests::{Connection, ErrorKind, Host, HttpError, Phase};

use super::continued::begin_by_hand;
use super::{EXPECT, FOREVER, SENDS};
use crate::servers::{Gate, Scheme, Server};
use crate::waiting::{SHORT, at_once, processor_time_of};
use crate::watchdog::{watched, within};

/// How long a call may take whose limit is short.
const LATEST: Duration = Duration::from_secs(3);

type Setter = fn(&Connection, Option<Duration>);

const SETTERS: [Setter; 2] = [Connection::set_timeout, Connection::set_total_timeout];

fn assert_timed_out<T>(phase: Phase, call: impl FnOnce() -> Result<T, HttpError>) {
    let begin = Instant::now();
    let error = call().err().unwrap();
    println!("{error}");
    assert_eq!(error.kind, ErrorKind::TimedOut, "{error}");
    assert_eq!(error.phase, Some(phase), "{error}");
    assert!(begin.elapsed() < LATEST, "{:?}", begin.elapsed());
}

/// A server that accepts, and says nothing.
fn silent() -> Server {
    Server::start(None, |peer| peer.rest().map(drop))
}

#[test]
fn stalled_opening_is_timed_out_in_get_response() {
    within(30, || {
        let server = silent();
        for (prepare, phase) in OPENINGS {
            at_once(SETTERS, |set| {
                at_once(SENDS, |(_, send)| {
                    let host = watched();
                    let connection = Scheme::Tls13.connection(&host, server.port());
                    prepare(&connection);
                    connection.set_continue_timeout(FOREVER);
                    set(&connection, Some(SHORT * 3));
                    assert_timed_out(phase, || send(&connection));
                    assert_timed_out(phase, || connection.get_response());
                    assert_timed_out(phase, || connection.get_response());
                });
            });
        }
    });
}

#[test]
fn stalled_opening_is_timed_out_in_wait_for_continue() {
    within(30, || {
        let server = silent();
        for (prepare, phase) in OPENINGS {
            at_once(SETTERS, |set| {
                let host = watched();
                let connection = Scheme::Tls13.connection(&host, server.port());
                prepare(&connection);
                connection.set_continue_timeout(FOREVER);
                set(&connection, Some(SHORT * 3));
                connection.put_request("PUT", "/").unwrap();
                connection.put_header(EXPECT.0, &[EXPECT.1]).unwrap();
                connection.put_header("Content-Length", &["5"]).unwrap();
                assert_timed_out(phase, || connection.end_headers(None, false));
                assert_timed_out(phase, || connection.wait_for_continue());
                assert_timed_out(phase, || connection.get_response());
            });
        }
    });
}

type Prepare = fn(&Connection);

/// What stalls at a server that says nothing.
const OPENINGS: [(Prepare, Phase); 2] = [
    (|_| (), Phase::Tls),
    (
        |connection| connection.set_tunnel("localhost", 443, &[]).unwrap(),
        Phase::Tunnel,
    ),
];

#[test]
fn head_that_nobody_reads_is_timed_out_in_every_call() {
    within(30, || {
        at_once([Scheme::Http, Scheme::Tls13], |scheme| {
            at_once(SETTERS, |set| {
                let gate = Gate::default();
                let held = gate.clone();
                let server = scheme.narrow_server(move |peer| {
                    peer.receive()?;
                    held.wait();
                    Ok(())
                });
                let host = watched();
                let connection = scheme.connection(&host, server.port());
                connection.connect().unwrap();
                connection.set_continue_timeout(FOREVER);
                set(&connection, Some(SHORT * 3));
                connection.put_request("PUT", "/").unwrap();
                connection.put_header(EXPECT.0, &[EXPECT.1]).unwrap();
                connection.put_header("Content-Length", &["5"]).unwrap();
                let long = "x".repeat(16 << 20);
                connection.put_header("X", &[&long]).unwrap();
                assert_timed_out(Phase::Send, || connection.end_headers(None, false));
                assert_timed_out(Phase::Send, || connection.wait_for_continue());
                assert_timed_out(Phase::Send, || connection.get_response());
                gate.open();
            });
        });
    });
}

#[test]
fn get_response_after_a_wait_that_would_block_keeps_to_its_limit() {
    within(60, || {
        at_once([Scheme::Http, Scheme::Tls13], |scheme| {
            at_once([Some(SHORT), Some(SHORT * 10), FOREVER], |time| {
                let server = scheme.server(|peer| peer.rest().map(drop));
                let host = watched();
                let connection = scheme.connection(&host, server.port());
                connection.connect().unwrap();
                connection.set_continue_timeout(time);
                begin_by_hand(&connection, "no");
                connection.set_timeout(Some(Duration::ZERO));
                let error = connection.wait_for_continue().unwrap_err();
                assert_eq!(error.kind, ErrorKind::WouldBlock);
                // Also when the time of the wait is over.
                if time == Some(SHORT) {
                    thread::sleep(SHORT * 2);
                }
                connection.set_timeout(Some(SHORT * 3));
                at_rest(|| assert_timed_out(Phase::FirstByte, || connection.get_response()));
                at_rest(|| nothing_for(SHORT * 3, &host, &connection));
            });
        });
    });
}

/// Runs what waits, and does nothing else.
fn at_rest(call: impl FnOnce()) {
    let time = processor_time_of(call);
    assert!(time < SHORT, "{time:?} of the processor's time");
}

/// Waits with `select` in vain.
fn nothing_for(time: Duration, host: &Host, connection: &Connection) {
    let (number, begin) = (connection.fileno().unwrap(), Instant::now());
    let ready = host.select(&[number], &[], Some(time)).unwrap();
    assert_eq!(ready, (vec![], vec![]));
    assert!(begin.elapsed() >= time);
}
