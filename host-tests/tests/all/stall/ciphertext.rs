//! Ciphertext that the network has not taken is not sent: whoever waits goes on sending
//! it.

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use httplib_host_tests::{Body, Connection, ErrorKind, Host, HttpError, StreamBody};

use crate::servers::{Gate, Peer, Scheme, Server, ok};
use crate::streaming::Tap;
use crate::waiting::{SHORT, at_once, driven};
use crate::watchdog::{watched, within};

const TLS: [Scheme; 2] = [Scheme::Tls12, Scheme::Tls13];

/// What a TLS session holds of ciphertext: a body that is so much longer than what
/// the network takes is no plaintext any more, and is not sent.
const HELD: usize = 64 << 10;

#[test]
fn held_ciphertext_is_sent_by_get_response() {
    held(|host, connection, _| {
        let number = || connection.fileno().unwrap();
        let response = driven(host, number, || connection.get_response());
        connection.set_timeout(None);
        assert_eq!(response.read(None).unwrap(), b"right");
    });
}

#[test]
fn held_ciphertext_is_sent_by_get_response_that_waits() {
    held(|_, connection, _| {
        connection.set_timeout(None);
        let response = connection.get_response().unwrap();
        assert_eq!(response.read(None).unwrap(), b"right");
    });
}

#[test]
fn held_ciphertext_is_sent_before_flush_is_done() {
    held(|_, connection, has_all| {
        connection.set_timeout(None);
        connection.flush().unwrap();
        // Without another call.
        has_all.wait();
    });
}

#[test]
fn held_ciphertext_is_sent_when_select_says_so() {
    held(|host, connection, has_all| {
        let number = connection.fileno().unwrap();
        loop {
            let (_, ready) = host.select(&[], &[number], Some(SHORT * 100)).unwrap();
            assert_eq!(ready, [number], "it waits for something else");
            match connection.flush() {
                Ok(()) => break,
                Err(error) => assert_eq!(error.kind, ErrorKind::WouldBlock, "{error}"),
            }
        }
        has_all.wait();
    });
}

/// A request that stops because the server does not read; then it begins to, and the
/// client goes on. Tried with bodies of so many lengths that the ciphertext of
/// one is held.
fn held(go_on: fn(&Host, &Connection, &Gate)) {
    within(50, move || {
        at_once(TLS, |scheme| {
            for length in lengths(scheme) {
                let (gate, has_all) = (Gate::default(), Gate::default());
                let server = patient(scheme, length, &gate, &has_all);
                let host = watched();
                let connection = scheme.connection(&host, server.port());
                connection.connect().unwrap();
                connection.set_timeout(Some(Duration::ZERO));
                let body = vec![b'x'; length];
                let sent = connection.request("PUT", "/", Some(Body::Bytes(&body)), &[]);
                until_stuck(&host, &connection, sent);
                gate.open();
                go_on(&host, &connection, &has_all);
            }
        });
    });
}

#[test]
fn stream_that_pauses_leaves_nothing_unsent_while_a_call_waits() {
    paused(|_, connection, gate| {
        connection.set_timeout(Some(SHORT * 10));
        // The server begins to read while the call waits for the stream.
        let gate = gate.clone();
        thread::spawn(move || {
            thread::sleep(SHORT * 2);
            gate.open();
        });
        let error = connection.flush().unwrap_err();
        assert_eq!(error.kind, ErrorKind::TimedOut, "{error}");
    });
}

#[test]
fn stream_that_pauses_leaves_nothing_unsent_that_select_waits_for() {
    paused(|host, connection, gate| {
        gate.open();
        let number = connection.fileno().unwrap();
        let mut ready = 0;
        while !host
            .select(&[], &[number], Some(SHORT * 10))
            .unwrap()
            .1
            .is_empty()
        {
            let error = connection.flush().unwrap_err();
            assert_eq!(error.kind, ErrorKind::WouldBlock, "{error}");
            ready += 1;
            assert!(ready < 10_000, "it is always ready");
        }
    });
}

/// A request whose stream has no more for now, and stops because the server does not
/// read; then it begins to, and the client goes on.
fn paused(go_on: fn(&Host, &Connection, &Gate)) {
    within(100, move || {
        at_once(TLS, |scheme| {
            for length in lengths(scheme) {
                let (gate, has_all) = (Gate::default(), Gate::default());
                let server = patient(scheme, length, &gate, &has_all);
                let host = watched();
                let connection = scheme.connection(&host, server.port());
                connection.connect().unwrap();
                connection.set_timeout(Some(Duration::ZERO));
                let tap = Tap::with(&vec![b'x'; length]);
                let body = StreamBody::new(tap.stream()).of_length(length as u64 + 1);
                let sent = connection.request_stream("PUT", "/", body, &[], false);
                until_stuck(&host, &connection, sent);
                let held = tap.left() == 0;
                go_on(&host, &connection, &gate);
                // What the host has it sends by itself.
                let begin = Instant::now();
                while held && !has_all.is_open() {
                    assert!(begin.elapsed() < SHORT * 50, "{length} bytes are not sent");
                    thread::sleep(SHORT / 10);
                }
                tap.pour(b"x");
                tap.close();
                connection.set_timeout(None);
                let response = connection.get_response().unwrap();
                assert_eq!(response.read(None).unwrap(), b"right");
            }
        });
    });
}

/// A server that reads a body when the gate is open, tells of its first `length` bytes,
/// and answers.
fn patient(scheme: Scheme, length: usize, gate: &Gate, has_all: &Gate) -> Server {
    let (gate, has_all) = (gate.clone(), has_all.clone());
    scheme.narrow_server(move |peer: &mut Peer| -> io::Result<()> {
        let head = peer.request()?;
        gate.wait();
        peer.stop_recording();
        let body = peer.bytes(length)?;
        has_all.open();
        let more = head.contains(&format!("Content-Length: {}", length + 1));
        let rest = peer.bytes(usize::from(more))?;
        let right = body.iter().chain(&rest).all(|byte| *byte == b'x');
        peer.send(ok(if right { "right" } else { "wrong" }))
    })
}

/// Sends as much as goes, and returns when nothing does any more.
fn until_stuck(host: &Host, connection: &Connection, mut sent: Result<(), HttpError>) {
    while let Err(error) = sent {
        assert_eq!(error.kind, ErrorKind::WouldBlock, "{error}");
        let number = connection.fileno().unwrap();
        if host
            .select(&[], &[number], Some(SHORT))
            .unwrap()
            .1
            .is_empty()
        {
            return;
        }
        sent = connection.flush();
    }
}

/// Lengths around the most that network and session take of a body while nobody reads.
fn lengths(scheme: Scheme) -> impl Iterator<Item = usize> {
    let gate = Gate::default();
    let opened = gate.clone();
    let server = scheme.narrow_server(move |peer| {
        peer.request()?;
        opened.wait();
        Ok(())
    });
    let host = watched();
    let connection = scheme.connection(&host, server.port());
    connection.connect().unwrap();
    connection.set_timeout(Some(Duration::ZERO));
    connection.put_request("PUT", "/").unwrap();
    let too_much = super::TOO_MUCH;
    let announced = [&*too_much.to_string()];
    connection.put_header("Content-Length", &announced).unwrap();
    let _ = connection.end_headers(None, false);
    let tap = Tap::with(&vec![b'x'; too_much]);
    let sent = connection.send_stream(tap.stream());
    until_stuck(&host, &connection, sent);
    let taken = too_much - tap.left();
    connection.abort();
    gate.open();
    (taken - 2 * HELD..taken + HELD).step_by(HELD / 2)
}
