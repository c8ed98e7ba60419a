//! Responses that end too early: what was cut off is not taken for whole, plain or
//! where TLS ends without a word.

use httplib_host_tests::{Connection, ErrorKind, Host, HttpError};

use crate::servers::{Scheme, Server};

const REDIRECT: &str = "HTTP/1.1 302 Found\r\nSet-Cookie: SID=s3cret; Secure\r\n\r\n";

/// A server that says this and goes, in TLS without `close_notify` if it is
/// `ragged`.
fn ending_after(scheme: Scheme, answer: &str, ragged: bool) -> Server {
    let answer = answer.to_owned();
    scheme.server(move |peer| {
        peer.request()?;
        peer.send(&answer)?;
        match ragged {
            true => peer.cut(),
            false => peer.end_sending(),
        }
    })
}

/// The error that a request with this method gets.
fn error_of(connection: &Connection, method: &str) -> HttpError {
    connection.request(method, "/", None, &[]).unwrap();
    connection.get_response().err().unwrap()
}

#[track_caller]
fn assert_incomplete(error: &HttpError, partial: &str) {
    assert_eq!(error.kind, ErrorKind::IncompleteRead, "{partial:?} {error}");
    assert_eq!(error.partial.as_deref(), Some(partial.as_bytes()));
    assert_eq!(error.expected, None);
    let text = format!("IncompleteRead({} bytes read)", partial.len());
    assert_eq!(error.message, text);
}

#[test]
fn head_cut_at_any_byte_is_incomplete() {
    let host = Host::new();
    for length in 1..REDIRECT.len() {
        let cut = &REDIRECT[..length];
        let server = ending_after(Scheme::Http, cut, true);
        let connection = Scheme::Http.connection(&host, server.port());
        let error = error_of(&connection, "GET");
        assert_incomplete(&error, cut);
        // It stays, until `close`.
        assert_incomplete(&connection.get_response().err().unwrap(), cut);
        let error = connection.request("GET", "/", None, &[]).unwrap_err();
        assert_eq!(error.kind, ErrorKind::CannotSendRequest);
        connection.close();
        assert_incomplete(&error_of(&connection, "GET"), cut);
        assert_eq!(server.accepts(), 2);
    }
}

#[test]
fn cut_head_of_a_response_without_a_body_is_incomplete_plain_and_ragged() {
    for scheme in Scheme::ALL {
        let host = Host::new();
        for (method, cut) in [
            ("GET", &REDIRECT[..40]),
            ("GET", "HTTP/1.1 204 No Content\r\nA: 1\r\n"),
            ("GET", "HTTP/1.1 304 Not Modified\r\nETag: \"1"),
            ("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 12"),
            ("CONNECT", "HTTP/1.1 200 OK\r\nA: 1"),
            ("GET", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n"),
        ] {
            for ragged in [true, false] {
                let server = ending_after(scheme, cut, ragged);
                let connection = scheme.connection(&host, server.port());
                assert_incomplete(&error_of(&connection, method), cut);
            }
        }
    }
}

#[test]
fn partial_is_of_the_head_that_was_cut_and_not_of_earlier_ones() {
    let cut = "HTTP/1.1 200 OK\r\nA: 1\r\n";
    let answer = format!("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n{cut}");
    let server = ending_after(Scheme::Http, &answer, true);
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    assert_incomplete(&error_of(&connection, "GET"), cut);
}

#[test]
fn end_before_the_first_byte_of_a_head_is_a_disconnect() {
    for scheme in Scheme::ALL {
        let host = Host::new();
        for answer in ["", "HTTP/1.1 103 Early Hints\r\n\r\n"] {
            let server = ending_after(scheme, answer, true);
            let connection = scheme.connection(&host, server.port());
            let error = error_of(&connection, "GET");
            assert_eq!(error.kind, ErrorKind::RemoteDisconnected, "{answer:?}");
        }
    }
}

#[test]
fn cut_line_that_is_no_http_keeps_its_meaning() {
    let host = Host::new();
    for answer in ["<html>", "SSH-2.0"] {
        let server = ending_after(Scheme::Http, answer, true);
        let connection = Scheme::Http.connection(&host, server.port());
        let error = error_of(&connection, "GET");
        assert_eq!(error.kind, ErrorKind::BadStatusLine, "{error}");
        assert_eq!(error.line.as_deref(), Some(answer));
        // HTTP/0.9, where that is allowed.
        connection.close();
        connection.set_strict(false);
        connection.request("GET", "/", None, &[]).unwrap();
        let response = connection.get_response().unwrap();
        assert_eq!(response.version(), 9);
        assert_eq!(response.read(None).unwrap(), answer.as_bytes());
    }
}

#[test]
fn last_chunk_or_trailers_cut_at_any_byte_are_incomplete() {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let whole = "0003\r\nabc\r\n00;x\r\nDigest: 1\r\n\r\n";
    let host = Host::new();
    for length in "0003\r\nabc".len()..whole.len() {
        let server = ending_after(Scheme::Http, &format!("{head}{}", &whole[..length]), true);
        let connection = Scheme::Http.connection(&host, server.port());
        let get = || {
            connection.request("GET", "/", None, &[]).unwrap();
            connection.get_response().unwrap()
        };
        let response = get();
        let error = response.read(None).unwrap_err();
        assert_incomplete(&error, "abc");
        assert_eq!(response.trailers(), []);
        connection.close();
        // What was read before is not in the error.
        let response = get();
        assert_eq!(response.read(Some(3)).unwrap(), b"abc");
        assert_incomplete(&response.read(Some(1)).unwrap_err(), "");
        assert_eq!(response.trailers(), []);
    }
}

#[test]
fn end_behind_the_head_of_a_chunked_body_is_incomplete_for_every_read() {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let server = ending_after(Scheme::Http, head, true);
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    type Read = fn(&httplib_host_tests::Response) -> Result<(), HttpError>;
    let reads: [Read; 5] = [
        |it| it.read(None).map(drop),
        |it| it.read(Some(1)).map(drop),
        |it| it.read1(None).map(drop),
        |it| it.readline(None).map(drop),
        |it| it.readlines(None).map(drop),
    ];
    for read in reads {
        connection.request("GET", "/", None, &[]).unwrap();
        let response = connection.get_response().unwrap();
        assert_eq!(response.peek(None).unwrap(), b"");
        assert_incomplete(&read(&response).unwrap_err(), "");
        connection.close();
    }
}
