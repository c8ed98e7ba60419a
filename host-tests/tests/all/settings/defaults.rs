//! What holds where nothing was set.

use httplib_host_tests::{Body, ErrorKind, Host, HttpError};

use crate::servers::{Peer, Scheme, answering, ok};
use crate::waiting::SHORT;

/// The whole body of what a server answers, with nothing set.
fn read(answer: impl Into<Vec<u8>>) -> Result<Vec<u8>, HttpError> {
    let server = Scheme::Http.server(answering(answer));
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.request("GET", "/", None, &[])?;
    connection.get_response()?.read(None)
}

#[test]
fn limits_are_passed_by_one_more() {
    type Make = fn(usize) -> String;
    let line: Make = |n| {
        let text = "x".repeat(n - "X: \r\n".len());
        ok("hello").replacen("\r\n", &format!("\r\nX: {text}\r\n"), 1)
    };
    let headers: Make =
        |n| ok("hello").replacen("\r\n", &("\r\n".to_owned() + &"X: y\r\n".repeat(n - 1)), 1);
    let head: Make = |n| {
        let mut text = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n".to_owned();
        while n - text.len() > 10_002 {
            text.push_str(&format!("X: {}\r\n", "x".repeat(9_000)));
        }
        // The blank line does not count.
        let rest = n - text.len() - "X: \r\n".len();
        text + &format!("X: {}\r\n\r\nhello", "x".repeat(rest))
    };
    let interim: Make = |n| "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(n) + &ok("hello");
    let chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let trailers: Make = |n| format!("5\r\nhello\r\n0\r\n{}\r\n", "X: y\r\n".repeat(n));
    let extensions: Make = |n| {
        let half = "x".repeat(n / 2 - 1);
        format!(
            "1;{half}\r\nh\r\n4;{}{half}\r\nello\r\n0\r\n\r\n",
            &"x"[..n % 2]
        )
    };
    for (name, make, limit, kind, start) in [
        ("line", line, 65_536, ErrorKind::LineTooLong, ""),
        ("headers", headers, 100, ErrorKind::HttpException, ""),
        ("head", head, 262_144, ErrorKind::HttpException, ""),
        ("interim", interim, 99, ErrorKind::HttpException, ""),
        ("trailers", trailers, 100, ErrorKind::HttpException, chunked),
        (
            "extensions",
            extensions,
            65_536,
            ErrorKind::HttpException,
            chunked,
        ),
    ] {
        let most = read(start.to_owned() + &make(limit));
        assert_eq!(most.unwrap(), b"hello", "{name}");
        let past = read(start.to_owned() + &make(limit + 1));
        let past = past.map_err(|error| error.kind);
        assert_eq!(past, Err(kind), "{name}");
    }
}

#[test]
fn status_line_is_required() {
    let error = read("hello\r\n").unwrap_err();
    assert_eq!(error.kind, ErrorKind::BadStatusLine);
}

#[test]
fn connection_that_the_server_ended_is_not_replaced() {
    let server = Scheme::Http.server(|peer| {
        peer.request()?;
        peer.send(ok("hello"))
    });
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.request("GET", "/", None, &[]).unwrap();
    let response = connection.get_response().unwrap();
    response.read(None).unwrap();
    server.wait_for_end(0);
    connection.request("GET", "/", None, &[]).unwrap();
    let error = connection.get_response().err().unwrap();
    assert!(error.is_instance(ErrorKind::ConnectionReset), "{error}");
    assert_eq!(server.accepts(), 1);
}

#[test]
fn nothing_is_printed() {
    let server = Scheme::Http.server(answering(ok("hello")));
    let builder = Host::builder().output(httplib_host_tests::Output::Capture);
    let host = builder.build().unwrap();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.request("GET", "/", None, &[]).unwrap();
    connection.get_response().unwrap().read(None).unwrap();
    assert_eq!(host.debug_output(), "");
}

#[test]
fn body_that_expects_100_waits() {
    let server = Scheme::Http.server(|peer: &mut Peer| {
        peer.request()?;
        let waits = peer.is_quiet_for(SHORT)?;
        peer.bytes(5)?;
        peer.send(ok(if waits { "waits" } else { "does not" }))
    });
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    let expect = [("Expect", "100-continue")];
    let body = Body::Bytes(b"hello");
    connection.request("PUT", "/", Some(body), &expect).unwrap();
    let response = connection.get_response().unwrap();
    assert_eq!(response.read(None).unwrap(), b"waits");
}
