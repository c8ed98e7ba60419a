//! After a time-out the same call goes on, and nothing is lost or sent twice.

use httplib_host_tests::{Connection, ErrorKind, Host, Phase, Response};

use super::{TOO_MUCH, hold, send_too_much};
use crate::servers::certificates::local_identity;
use crate::servers::{Gate, Scheme, Server, ok};
use crate::waiting::{SHORT, at_once, promptly, until_ok};

#[test]
fn stalled_body_is_read_to_its_end_afterwards() {
    let bodies = [
        ("Content-Length: 10", "hello", "world"),
        (
            "Transfer-Encoding: chunked",
            "5\r\nhello\r\n",
            "5\r\nworld\r\n0\r\n\r\n",
        ),
        (
            "Transfer-Encoding: chunked",
            "A\r\nhello",
            "world\r\n0\r\n\r\n",
        ),
        (
            "Transfer-Encoding: chunked",
            "A\r\nhelloworld\r",
            "\n0\r\n\r\n",
        ),
        (
            "Transfer-Encoding: chunked",
            "A\r\nhelloworld\r\n0\r\nA: b",
            "\r\n\r\n",
        ),
        ("Connection: close", "hello", "world"),
    ];
    let readings: [fn(&Response, &Gate) -> Vec<u8>; 3] = [whole, sized, by_receives];
    for scheme in Scheme::ALL {
        at_once(bodies, |(header, before, after)| {
            for read in readings {
                let gate = Gate::default();
                let go_on = gate.clone();
                let server = scheme.server(move |peer| {
                    peer.request()?;
                    peer.send(format!("HTTP/1.1 200 OK\r\n{header}\r\n\r\n{before}"))?;
                    go_on.wait();
                    peer.send(after)
                });
                let host = Host::new();
                let connection = scheme.connection(&host, server.port());
                connection.set_between_bytes_timeout(Some(SHORT));
                connection.request("GET", "/", None, &[]).unwrap();
                let response = until_ok(|| connection.get_response());
                let body = read(&response, &gate);
                assert_eq!(body, b"helloworld", "{scheme:?} {header} {before:?}");
                assert!(response.is_closed());
            }
        });
    }
}

fn whole(response: &Response, gate: &Gate) -> Vec<u8> {
    let error = response.read(None).unwrap_err();
    assert_eq!(error.kind, ErrorKind::TimedOut);
    let error = response.read(None).unwrap_err();
    assert_eq!(error.phase, Some(Phase::Body));
    gate.open();
    until_ok(|| response.read(None))
}

fn sized(response: &Response, gate: &Gate) -> Vec<u8> {
    assert_eq!(response.read(Some(3)).unwrap(), b"hel");
    let error = response.read(Some(100)).unwrap_err();
    assert_eq!(error.kind, ErrorKind::TimedOut);
    gate.open();
    let mut body = b"hel".to_vec();
    body.extend(until_ok(|| response.read(Some(4))));
    body.extend(until_ok(|| response.read(Some(4))));
    assert_eq!(until_ok(|| response.read(Some(4))), b"");
    body
}

fn by_receives(response: &Response, gate: &Gate) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        match response.read1(Some(4)) {
            Ok(piece) if piece.is_empty() => return body,
            Ok(piece) => body.extend(piece),
            Err(error) => {
                assert_eq!(error.kind, ErrorKind::TimedOut);
                gate.open();
            }
        }
    }
}

#[test]
fn stalled_head_is_got_afterwards() {
    for before in ["", "HTTP/1", "HTTP/1.1 200 OK\r\nX: ", "HTTP/1.1 200 OK\r"] {
        let gate = Gate::default();
        let go_on = gate.clone();
        let server = Scheme::Tls13.server(move |peer| {
            let response = "HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 5\r\n\r\nhello";
            peer.request()?;
            peer.send(before)?;
            go_on.wait();
            peer.trickle(response.strip_prefix(before).unwrap_or(response))
        });
        let host = Host::new();
        let connection = Scheme::Tls13.connection(&host, server.port());
        connection.request("GET", "/", None, &[]).unwrap();
        connection.set_timeout(Some(SHORT));
        for _ in 0..2 {
            let error = connection.get_response().err().unwrap();
            assert_eq!(error.kind, ErrorKind::TimedOut);
        }
        // Still under way.
        let error = connection.request("GET", "/", None, &[]).unwrap_err();
        assert_eq!(error.kind, ErrorKind::CannotSendRequest);
        gate.open();
        let response = until_ok(|| connection.get_response());
        assert_eq!(response.header("x").as_deref(), Some("y"), "{before:?}");
        assert_eq!(until_ok(|| response.read(None)), b"hello");
        assert_eq!(server.accepts(), 1);
    }
}

#[test]
fn stalled_send_goes_on_with_flush() {
    continues_to_send(|connection| until_ok(|| connection.flush()));
}

#[test]
fn stalled_send_goes_on_with_get_response() {
    continues_to_send(|_| ());
}

/// What a server gets that begins to read only after a time-out.
fn continues_to_send(go_on: fn(&Connection)) {
    at_once(Scheme::ALL, |scheme| {
        let gate = Gate::default();
        let opened = gate.clone();
        let server = scheme.server(move |peer| {
            peer.request()?;
            opened.wait();
            let body = peer.bytes(TOO_MUCH)?;
            let right = numbered(TOO_MUCH) == body;
            peer.send(ok(if right { "right" } else { "wrong" }))
        });
        let host = Host::new();
        let connection = scheme.connection(&host, server.port());
        connection.put_request("PUT", "/").unwrap();
        connection
            .put_header("Content-Length", &[&TOO_MUCH.to_string()])
            .unwrap();
        connection.end_headers(None, false).unwrap();
        connection.set_write_timeout(Some(SHORT));
        // A piece that timed out is queued, and is not sent again.
        let timeouts = numbered(TOO_MUCH)
            .chunks(TOO_MUCH / 4)
            .filter_map(|piece| connection.send(piece).err())
            .inspect(|error| assert_eq!(error.kind, ErrorKind::TimedOut))
            .count();
        assert!(timeouts > 0, "the buffers are larger than the body");
        gate.open();
        go_on(&connection);
        let response = until_ok(|| connection.get_response());
        assert_eq!(response.read(None).unwrap(), b"right", "{scheme:?}");
    });
}

#[test]
fn blocked_send_does_not_delay_close() {
    let gate = Gate::default();
    let hold = hold(&gate);
    let server = Scheme::Tls13.server(move |peer| {
        peer.receive()?;
        hold(peer)
    });
    let host = Host::new();
    let connection = Scheme::Tls13.connection(&host, server.port());
    connection.set_write_timeout(Some(SHORT));
    let error = send_too_much(&connection).unwrap_err();
    assert_eq!(error.phase, Some(Phase::Send));
    promptly(|| connection.close());
    promptly(|| drop(connection));
    gate.open();
}

#[test]
fn stalled_handshake_goes_on_with_connect() {
    let gate = Gate::default();
    let opened = gate.clone();
    let tls = local_identity().tls13();
    let server = Server::start(Some(tls), move |peer| {
        if peer.number == 0 {
            opened.wait();
        }
        peer.request()?;
        peer.send(ok("hello"))
    });
    let host = Host::new();
    let connection = Scheme::Tls13.connection(&host, server.port());
    connection.set_tls_timeout(Some(SHORT));
    for _ in 0..2 {
        let error = connection.connect().unwrap_err();
        assert_eq!(error.kind, ErrorKind::TimedOut);
        assert_eq!(error.phase, Some(Phase::Tls));
    }
    gate.open();
    until_ok(|| connection.connect());
    connection.request("GET", "/", None, &[]).unwrap();
    let response = connection.get_response().unwrap();
    assert_eq!(response.read(None).unwrap(), b"hello");
    assert_eq!(server.accepts(), 1);
}

#[test]
fn request_stalled_in_the_handshake_goes_on_with_get_response() {
    let gate = Gate::default();
    let opened = gate.clone();
    let tls = local_identity().tls12();
    let server = Server::start(Some(tls), move |peer| {
        opened.wait();
        let head = peer.request()?;
        peer.send(ok(head.lines().next().unwrap()))
    });
    let host = Host::new();
    let connection = Scheme::Tls12.connection(&host, server.port());
    connection.set_tls_timeout(Some(SHORT));
    let error = connection.request("GET", "/x", None, &[]).unwrap_err();
    assert_eq!(error.phase, Some(Phase::Tls));
    gate.open();
    let response = until_ok(|| connection.get_response());
    assert_eq!(response.read(None).unwrap(), b"GET /x HTTP/1.1");
    assert_eq!(server.accepts(), 1);
}

/// Every four bytes are their own position, so that nothing can be missing.
fn numbered(length: usize) -> Vec<u8> {
    (0..length / 4)
        .flat_map(|position| u32::try_from(position).unwrap().to_le_bytes())
        .collect()
}
