//! Streams that do not keep what was said of them, and streams nobody wants.

use std::time::Duration;

use httplib_host_tests::{Connection, ErrorKind, Host, HttpError, Phase, StreamBody};

use super::tap::Tap;
use crate::servers::{PATIENCE, Scheme, answering, ok};
use crate::waiting::SHORT;
use crate::watchdog::{watched, within};

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

/// A request whose stream has stalled: the first call did not wait, or its time was over.
fn stalled(connection: &Connection, tap: &Tap, limit: Duration) {
    connection.connect().unwrap();
    connection.set_timeout(Some(limit));
    let body = StreamBody::new(tap.stream()).of_length(8);
    let error = connection
        .request_stream("PUT", "/", body, &[], false)
        .unwrap_err();
    assert!(matches!(
        error.kind,
        ErrorKind::WouldBlock | ErrorKind::TimedOut
    ));
    connection.set_timeout(Some(Duration::from_secs(2)));
}

type GoWrong = fn(&Tap);

/// How a stream that has stalled goes wrong, and what tells of it.
const LATE: [(GoWrong, ErrorKind, &str); 2] = [
    (Tap::fail, ErrorKind::OsError, "the disk is on fire"),
    (Tap::close, ErrorKind::ValueError, ""),
];

#[test]
fn stream_that_goes_wrong_later_is_reported_by_what_goes_on() {
    type Call = fn(&Connection) -> Result<(), HttpError>;
    let get: Call = |connection| connection.get_response().map(drop);
    within(60, move || {
        for scheme in Scheme::ALL {
            for limit in [Duration::ZERO, SHORT] {
                for (go_wrong, kind, text) in LATE {
                    for call in [get, Connection::flush] {
                        let server = scheme.server(|peer| peer.rest().map(drop));
                        let host = watched();
                        let connection = scheme.connection(&host, server.port());
                        let tap = Tap::with(b"hello");
                        stalled(&connection, &tap, limit);
                        go_wrong(&tap);
                        for call in [call, get, get] {
                            let error = call(&connection).unwrap_err();
                            assert_eq!(error.kind, kind, "{scheme:?} {error}");
                            assert!(error.message.contains(text), "{error}");
                        }
                        assert!(tap.is_dropped());
                        // It is over only when it is given up.
                        let error = connection.request("GET", "/", None, &[]).unwrap_err();
                        assert_eq!(error.kind, ErrorKind::CannotSendRequest);
                    }
                }
            }
        }
    });
}

#[test]
fn answer_that_is_there_is_got_though_the_stream_goes_wrong() {
    within(60, || {
        for scheme in Scheme::ALL {
            for limit in [Duration::ZERO, SHORT] {
                for (go_wrong, _, _) in LATE {
                    let server = scheme.server(|peer| {
                        peer.request()?;
                        peer.send(ok("early").replace("200 OK", "413 Too much"))?;
                        peer.rest().map(drop)
                    });
                    let host = watched();
                    let connection = scheme.connection(&host, server.port());
                    let tap = Tap::with(b"hello");
                    stalled(&connection, &tap, limit);
                    let number = connection.fileno().unwrap();
                    let (ready, _) = host.select(&[number], &[], Some(PATIENCE)).unwrap();
                    assert_eq!(ready, [number]);
                    go_wrong(&tap);
                    let response = connection.get_response().unwrap();
                    assert_eq!(response.status(), 413, "{scheme:?}");
                    assert_eq!(response.read(None).unwrap(), b"early", "{scheme:?}");
                    // The server would take what follows for the rest of the body.
                    let error = connection.fileno().unwrap_err();
                    assert_eq!(error.kind, ErrorKind::NotConnected);
                }
            }
        }
    });
}

#[test]
fn half_an_answer_does_not_hide_that_the_stream_went_wrong() {
    within(60, || {
        for (go_wrong, kind, _) in LATE {
            let server = Scheme::Http.server(|peer| {
                peer.request()?;
                peer.send("HTTP/1.1 413 Too much\r\nX")?;
                peer.rest().map(drop)
            });
            let host = watched();
            let connection = Scheme::Http.connection(&host, server.port());
            let tap = Tap::with(b"hello");
            stalled(&connection, &tap, SHORT);
            let number = connection.fileno().unwrap();
            let (ready, _) = host.select(&[number], &[], Some(PATIENCE)).unwrap();
            assert_eq!(ready, [number]);
            go_wrong(&tap);
            let error = connection.get_response().err().unwrap();
            assert_eq!(error.kind, kind, "{error}");
        }
    });
}
