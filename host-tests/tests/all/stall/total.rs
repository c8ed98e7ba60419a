//! The total limit, without waiting and when it comes late.

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use httplib_host_tests::{Body, Connection, ErrorKind, HttpError};

use super::TOO_MUCH;
use crate::servers::{Gate, Peer, Scheme, Server};
use crate::waiting::{SHORT, at_once};
use crate::watchdog::{watched, within};

/// The total limit.
const TOTAL: Duration = Duration::from_millis(200);

/// How long a call may take that ends with it.
const LATEST: Duration = Duration::from_secs(2);

type Call = fn(&Connection) -> Result<(), HttpError>;

/// A server that sends this after the head of a request, and then neither sends
/// nor reads.
fn stalling(scheme: Scheme, answer: &'static str, gate: &Gate) -> Server {
    let gate = gate.clone();
    scheme.narrow_server(move |peer: &mut Peer| -> io::Result<()> {
        peer.request()?;
        peer.send(answer)?;
        gate.wait();
        Ok(())
    })
}

/// Checks that a call would block, until the total limit is over.
fn until_over<T>(what: &str, call: impl Fn() -> Result<T, HttpError>) {
    let begin = Instant::now();
    loop {
        let called = begin.elapsed();
        let error = call().err().unwrap();
        match error.kind {
            ErrorKind::TimedOut => break,
            ErrorKind::WouldBlock => assert!(called < LATEST, "{what} goes on"),
            _ => panic!("{what}: {error}"),
        }
        thread::sleep(Duration::from_millis(5));
    }
    // It stays over.
    assert_eq!(call().err().unwrap().kind, ErrorKind::TimedOut, "{what}");
}

#[test]
fn call_that_does_not_wait_is_timed_out_when_the_total_is_over() {
    let gets: [(&str, &str, Call); 3] = [
        ("first byte", "", |connection| {
            connection.get_response().map(drop)
        }),
        ("head", "HTTP/1.1 200 OK\r\nX", |connection| {
            connection.get_response().map(drop)
        }),
        ("flush", "", |connection| {
            connection
                .flush()
                .and_then(|()| connection.get_response().map(drop))
        }),
    ];
    within(30, move || {
        at_once([Scheme::Http, Scheme::Tls13], |scheme| {
            for (name, answer, call) in gets {
                let gate = Gate::default();
                let server = stalling(scheme, answer, &gate);
                let host = watched();
                let connection = scheme.connection(&host, server.port());
                connection.connect().unwrap();
                connection.set_timeout(Some(Duration::ZERO));
                connection.set_total_timeout(Some(TOTAL));
                connection.request("GET", "/", None, &[]).unwrap();
                until_over(name, || call(&connection));
                gate.open();
            }
        });
    });
}

#[test]
fn read_that_does_not_wait_is_timed_out_when_the_total_is_over() {
    within(30, || {
        at_once([Scheme::Http, Scheme::Tls13], |scheme| {
            let gate = Gate::default();
            let answer = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello";
            let server = stalling(scheme, answer, &gate);
            let host = watched();
            let connection = scheme.connection(&host, server.port());
            connection.request("GET", "/", None, &[]).unwrap();
            let response = connection.get_response().unwrap();
            connection.set_timeout(Some(Duration::ZERO));
            connection.set_total_timeout(Some(TOTAL));
            until_over("read", || response.read(None));
            until_over("readlines", || response.readlines(None));
            gate.open();
        });
    });
}

#[test]
fn sending_that_does_not_wait_is_timed_out_when_the_total_is_over() {
    within(30, || {
        at_once([Scheme::Http, Scheme::Tls13], |scheme| {
            let gate = Gate::default();
            let server = stalling(scheme, "", &gate);
            let host = watched();
            let connection = scheme.connection(&host, server.port());
            connection.connect().unwrap();
            connection.set_timeout(Some(Duration::ZERO));
            connection.set_total_timeout(Some(TOTAL));
            let body = vec![b'x'; TOO_MUCH];
            let sent = connection.request("PUT", "/", Some(Body::Bytes(&body)), &[]);
            assert!(sent.is_err());
            until_over("flush", || connection.flush());
            until_over("get-response", || connection.get_response());
            gate.open();
        });
    });
}

#[test]
fn opening_that_does_not_wait_is_timed_out_when_the_total_is_over() {
    within(30, || {
        let gate = Gate::default();
        let server = Server::start(None, super::hold(&gate));
        let calls: [Call; 2] = [Connection::connect, Connection::flush];
        for tunnel in [false, true] {
            for call in calls {
                let host = watched();
                let connection = Scheme::Tls13.connection(&host, server.port());
                if tunnel {
                    connection.set_tunnel("localhost", 443, &[]).unwrap();
                }
                connection.set_timeout(Some(Duration::ZERO));
                connection.set_total_timeout(Some(TOTAL));
                let begun = connection.connect().unwrap_err();
                assert_eq!(begun.kind, ErrorKind::WouldBlock, "{begun}");
                until_over("opening", || call(&connection));
            }
        }
        gate.open();
    });
}

#[test]
fn total_limit_that_is_set_after_the_request_counts_from_then() {
    within(30, || {
        at_once([Scheme::Http, Scheme::Tls13], |scheme| {
            let gate = Gate::default();
            let server = stalling(scheme, "", &gate);
            let host = watched();
            let connection = scheme.connection(&host, server.port());
            connection.request("GET", "/", None, &[]).unwrap();
            thread::sleep(TOTAL * 2);
            connection.set_total_timeout(Some(TOTAL));
            let begin = Instant::now();
            let error = connection.get_response().err().unwrap();
            assert_eq!(error.kind, ErrorKind::TimedOut, "{error}");
            let time = begin.elapsed();
            assert!(time > TOTAL / 2 && time < LATEST, "{time:?}");
            gate.open();
        });
    });
}

#[test]
fn total_limit_that_is_set_while_a_body_is_read_counts_from_then() {
    within(30, || {
        let gate = Gate::default();
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello";
        let server = stalling(Scheme::Http, answer, &gate);
        let host = watched();
        let connection = Scheme::Http.connection(&host, server.port());
        connection.request("GET", "/", None, &[]).unwrap();
        let response = connection.get_response().unwrap();
        assert_eq!(response.read(Some(5)).unwrap(), b"hello");
        thread::sleep(SHORT);
        connection.set_total_timeout(Some(TOTAL));
        let begin = Instant::now();
        let error = response.read(None).unwrap_err();
        assert_eq!(error.kind, ErrorKind::TimedOut, "{error}");
        assert!(begin.elapsed() < LATEST, "{:?}", begin.elapsed());
        gate.open();
    });
}
