//! Messages of errors show the beginning of what a peer sent, details all of it.

use httplib_host_tests::{ErrorKind, Host};

use crate::servers::{Scheme, answering};

#[test]
fn error_of_a_long_line_has_a_short_message() {
    use ErrorKind::{BadStatusLine, HttpException, UnknownProtocol, UnknownTransferEncoding};
    let long = "x".repeat(60_000);
    let host = Host::new();
    for (answer, kind) in [
        (format!("{long}\r\n"), BadStatusLine),
        (format!("HTTP/2{long} 200 OK\r\n\r\n"), UnknownProtocol),
        (format!("HTTP/1.1 200 {long}\r\r\n"), HttpException),
        (
            format!("HTTP/1.1 200 OK\r\nA: {long}\rB: 1\r\n\r\n"),
            HttpException,
        ),
        (
            format!("HTTP/1.1 200 OK\r\nContent-Length : {long}\r\n\r\n"),
            HttpException,
        ),
        (
            format!("HTTP/1.1 200 OK\r\nContent-Length: {long}\r\n\r\n"),
            HttpException,
        ),
        (
            format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: {long}\r\n\r\n"),
            UnknownTransferEncoding,
        ),
    ] {
        let server = Scheme::Http.server(answering(answer));
        let connection = Scheme::Http.connection(&host, server.port());
        connection.request("GET", "/", None, &[]).unwrap();
        let error = connection.get_response().err().unwrap();
        assert_eq!(error.kind, kind, "{error}");
        assert!(error.message.contains("xxxx"), "{error}");
        assert!(error.message.ends_with('\u{2026}'), "{error}");
        assert!(error.message.len() < 300, "{error}");
        match kind {
            BadStatusLine => assert_eq!(error.line, Some(format!("{long}\r\n"))),
            UnknownProtocol => assert_eq!(error.version, Some(format!("HTTP/2{long}"))),
            _ => {}
        }
    }
}

#[test]
fn refusal_of_a_proxy_with_a_long_reason_has_a_short_message() {
    let proxy = Scheme::Http.server(answering(format!(
        "HTTP/1.1 407 {}\r\n\r\n",
        "x".repeat(60_000)
    )));
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, proxy.port());
    connection.set_tunnel("localhost", 8, &[]).unwrap();
    let error = connection.connect().unwrap_err();
    assert!(
        error
            .message
            .starts_with("Tunnel connection failed: 407 xxxx"),
        "{error}"
    );
    assert!(error.message.len() < 300, "{error}");
}
