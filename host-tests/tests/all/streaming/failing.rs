//! Streams that do not keep what was said of them, and streams nobody wants.

use httplib_host_tests::{ErrorKind, Host, Phase, StreamBody};

use super::tap::Tap;
use crate::servers::{Scheme, answering, ok};

#[test]
fn stream_shorter_than_its_length_is_a_value_error() {
    for scheme in Scheme::ALL {
        let server = scheme.server(answering(ok("")));
        let host = Host::new();
        let connection = scheme.connection(&host, server.port());
        let tap = Tap::with(b"hello");
        tap.close();
        let body = StreamBody::new(tap.stream()).of_length(8);
        let error = connection
            .request_stream("PUT", "/", body, &[], false)
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::ValueError, "{error}");
        assert!(tap.is_dropped());
        let error = connection.request("GET", "/", None, &[]).unwrap_err();
        assert_eq!(error.kind, ErrorKind::CannotSendRequest);
        connection.close();
        connection.request("GET", "/", None, &[]).unwrap();
        assert_eq!(connection.get_response().unwrap().status(), 200);
        assert_eq!(server.accepts(), 2);
    }
}

#[test]
fn stream_that_fails_is_an_os_error_while_sending() {
    let server = Scheme::Http.server(|peer| peer.rest().map(drop));
    let host = Host::new();
    for length in [None, Some(8)] {
        let connection = Scheme::Http.connection(&host, server.port());
        let tap = Tap::with(b"hello");
        tap.fail();
        let mut body = StreamBody::new(tap.stream());
        if let Some(length) = length {
            body = body.of_length(length);
        }
        let error = connection
            .request_stream("PUT", "/", body, &[], false)
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::OsError, "{error}");
        assert_eq!(error.phase, Some(Phase::Send));
        assert!(error.message.contains("the disk is on fire"), "{error}");
        assert!(tap.is_dropped());
        let error = connection.request("GET", "/", None, &[]).unwrap_err();
        assert_eq!(error.kind, ErrorKind::CannotSendRequest);
    }
}

#[test]
fn refused_request_drops_the_stream() {
    let host = Host::new();
    let connection = host.http("127.0.0.1", 9).unwrap();
    let tap = Tap::with(b"hello");
    for (method, url) in [("G T", "/"), ("GET", "/ "), ("GET", "/")] {
        let body = StreamBody::new(tap.stream());
        let headers = [("A", "\n")];
        let refused = connection.request_stream(method, url, body, &headers, false);
        assert!(refused.is_err() && tap.is_dropped());
        connection.close();
    }
    let body = StreamBody::new(tap.stream());
    let error = connection.end_headers_stream(body, false).unwrap_err();
    assert_eq!(error.kind, ErrorKind::CannotSendHeader);
    assert_eq!(tap.left(), 5);
}

#[test]
fn closed_connection_drops_the_stream() {
    let server = Scheme::Http.server(|peer| peer.rest().map(drop));
    let host = Host::new();
    for close in [
        httplib_host_tests::Connection::close,
        httplib_host_tests::Connection::abort,
        |connection: &httplib_host_tests::Connection| connection.connect().unwrap(),
    ] {
        let connection = Scheme::Http.connection(&host, server.port());
        connection.set_timeout(Some(crate::waiting::SHORT));
        connection.connect().unwrap();
        let tap = Tap::with(b"hello");
        let body = StreamBody::new(tap.stream());
        let error = connection
            .request_stream("PUT", "/", body, &[], false)
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::TimedOut);
        assert!(!tap.is_dropped());
        close(&connection);
        assert!(tap.is_dropped());
    }
}

#[test]
fn dropped_connection_drops_the_stream() {
    let server = Scheme::Http.server(|peer| peer.rest().map(drop));
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.set_timeout(Some(crate::waiting::SHORT));
    let tap = Tap::with(b"hello");
    let body = StreamBody::new(tap.stream());
    let error = connection
        .request_stream("PUT", "/", body, &[], false)
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::TimedOut);
    drop(connection);
    assert!(tap.is_dropped());
}
