//! Servers that go away, in every flight and after it.

use std::io;
use std::time::Duration;

use httplib_host_tests::{ErrorKind, Phase};
use rustls::version::{TLS12, TLS13};

use super::conduct::{Stream, faulty, request, scripted, send};
use super::{Expected, HANDSHAKE, HELLO, Row, check_all, fetch, local, with_both};
use crate::servers::{Fault, Place, Scheme};

const CLOSED: Expected = Expected {
    text: &["closed the connection during the TLS handshake"],
    ..HANDSHAKE
};

const RESET: Expected = Expected {
    kind: ErrorKind::ConnectionReset,
    text: &["reset by peer"],
    ..HANDSHAKE
};

const NO_RESPONSE: Expected = Expected {
    kind: ErrorKind::RemoteDisconnected,
    phases: &[],
    text: &["closed connection without response"],
    ..HANDSHAKE
};

/// The end of a body that is delimited by the end of the connection.
const CUT_OFF: Expected = Expected {
    kind: ErrorKind::IncompleteRead,
    phases: &[],
    partial: Some("hello"),
    text: &["IncompleteRead(5 bytes read)"],
    ..HANDSHAKE
};

const UNTIL_CLOSE: &str = "HTTP/1.1 200 OK\r\n\r\nhello";

#[test]
fn close_in_each_flight_is_an_error_of_the_handshake_or_of_the_response() {
    let mut rows = Vec::new();
    for (fault, name, expected) in [
        (Fault::Close, "closed", CLOSED),
        (Fault::Reset, "reset", RESET),
    ] {
        for (place, situation) in [
            (Place::Received(50), "in the middle of the ClientHello"),
            (Place::Sent(0), "before the ServerHello"),
            (Place::Sent(3), "in the header of the first record"),
            (Place::Sent(60), "in the middle of the ServerHello"),
            (Place::Sent(400), "in the middle of the first flight"),
        ] {
            rows.extend(with_both(|version| {
                let server = faulty(local(version), Some((place, fault.clone())), HELLO);
                Row::new(format!("{name} {situation}"), server, expected)
            }));
        }
        let server = faulty(local(&TLS12), Some((Place::Flights(1), fault)), HELLO);
        let situation = format!("{name} before the server's Finished (TLS 1.2)");
        rows.push(Row::new(situation, server, expected));
    }
    // In TLS 1.3 the client has finished with the first flight.
    let server = faulty(
        local(&TLS13),
        Some((Place::Flights(1), Fault::Close)),
        HELLO,
    );
    let situation = "closed after the first flight (TLS 1.3)";
    rows.push(Row::new(situation, server, NO_RESPONSE));
    rows.extend(with_both(|version| {
        let server = scripted(local(version), None, request);
        Row::new("closed before the response", server, NO_RESPONSE)
    }));
    check_all(rows);
}

#[test]
fn silent_server_runs_into_the_time_limit() {
    let mut rows = Vec::new();
    for (place, situation) in [
        (Place::Sent(0), "silent from the beginning"),
        (Place::Sent(100), "silent in the first flight"),
    ] {
        rows.extend(with_both(|version| {
            let expected = Expected {
                kind: ErrorKind::TimedOut,
                text: &["timed out while making the TLS handshake"],
                ..HANDSHAKE
            };
            let silence = faulty(local(version), Some((place, Fault::Silence)), HELLO);
            let mut row = Row::new(situation, silence, expected);
            row.tls_timeout = Some(Duration::from_millis(100));
            row
        }));
    }
    check_all(rows);
}

#[test]
fn body_until_close_without_close_notify_is_incomplete() {
    let mut rows = with_both(|version| {
        let server = scripted(local(version), None, ragged);
        Row::new("cut off after the body", server, CUT_OFF)
    });
    rows.extend(with_both(|version| {
        let server = scripted(local(version), None, |stream| {
            request(stream)?;
            send(stream, UNTIL_CLOSE)?;
            stream.sock.go_wrong_after(10, Fault::Close);
            send(stream, " and more that does not come")
        });
        Row::new("cut off inside a record of the body", server, CUT_OFF)
    }));
    check_all(rows);
}

#[test]
fn body_until_close_ends_without_close_notify_where_ragged_ends_are_suppressed() {
    for scheme in [Scheme::Tls12, Scheme::Tls13] {
        let server = scheme.server(|peer| {
            peer.request()?;
            peer.send(UNTIL_CLOSE)?;
            peer.cut()
        });
        let host = httplib_host_tests::Host::new();
        let context = crate::servers::trusting_context(&host);
        context.set_suppress_ragged_eofs(true);
        let connection = host
            .https(super::HOST, server.port(), Some(&context))
            .unwrap();
        assert_eq!(fetch(&connection).unwrap(), b"hello");
        // For connections that are opened afterwards.
        context.set_suppress_ragged_eofs(false);
        let error = fetch(&connection).unwrap_err();
        CUT_OFF.check(&error);
    }
}

#[test]
fn reset_in_the_body_is_an_error_with_what_had_arrived() {
    let expected = Expected {
        kind: ErrorKind::ConnectionReset,
        phases: &[Phase::Body],
        partial: Some("hello"),
        ..HANDSHAKE
    };
    check_all(with_both(|version| {
        let server = scripted(local(version), None, |stream| {
            request(stream)?;
            send(stream, UNTIL_CLOSE)?;
            // What is reset at once may overtake what was sent.
            std::thread::sleep(Duration::from_millis(50));
            stream.sock.go_wrong_after(0, Fault::Reset);
            send(stream, "x")
        });
        Row::new("reset after a part of the body", server, expected)
    }));
}

fn ragged(stream: &mut Stream) -> io::Result<()> {
    request(stream)?;
    send(stream, UNTIL_CLOSE)
}
