//! Lines and heads that are too long, and what is left after an error.

use httplib_host_tests::{ErrorKind, Host, HttpError};

use crate::reference::{get, refused};
use crate::servers::Scheme;

/// The longest line, its end included, is 65 536 bytes.
const TOO_LONG: usize = 65_536;

fn assert_too_long(error: &HttpError, what: &str) {
    assert_eq!(error.kind, ErrorKind::LineTooLong);
    let message = format!("got more than 65536 bytes when reading {what}");
    assert_eq!(error.message, message);
}

#[test]
fn overflowing_status_line() {
    let line = format!("HTTP/1.1 200 {}\r\n\r\n", "k".repeat(TOO_LONG));
    assert_too_long(&refused(line), "status line");
}

#[test]
fn overflowing_header_line() {
    let value = "v".repeat(TOO_LONG);
    let head = format!("HTTP/1.1 200 OK\r\nLong: {value}\r\n\r\n");
    assert_too_long(&refused(head), "header line");
}

#[test]
fn overflowing_chunked_line() {
    let zeros = "0".repeat(TOO_LONG);
    let answer =
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{zeros}5\r\nhello\r\n");
    let error = get(answer).read(None).unwrap_err();
    assert_too_long(&error, "chunk size");
}

#[test]
fn too_many_headers() {
    let fields = "Again: x\r\n".repeat(101);
    let error = refused(format!("HTTP/1.1 200 OK\r\n{fields}\r\n"));
    assert_eq!(error.kind, ErrorKind::HttpException);
    assert_eq!(error.message, "got more than 100 headers");
}

#[test]
fn overflowing_header_limit_after_100() {
    // The server does not stop by itself.
    let server = Scheme::Http.server(|peer| {
        peer.request()?;
        peer.send("HTTP/1.1 100 Continue\r\n")?;
        loop {
            peer.send("x\r\n".repeat(1000))?;
        }
    });
    let connection = Scheme::Http.connection(&Host::new(), server.port());
    connection.request("GET", "/", None, &[]).unwrap();
    let error = connection.get_response().err().unwrap();
    assert_eq!(error.kind, ErrorKind::HttpException);
    assert_eq!(error.message, "got more than 100 headers");
    connection.close();
    server.wait_for_end(0);
}

#[test]
fn error_leak() {
    // A response that never came to be holds nothing: the server sees the end of
    // every connection, and the memory does not grow.
    let server = Scheme::Http.server(|peer| {
        peer.request()?;
        peer.send("junk\r\n")?;
        peer.rest().map(drop)
    });
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    let mut peak = 0;
    for round in 0..200 {
        connection.request("GET", "/", None, &[]).unwrap();
        let error = connection.get_response().err().unwrap();
        assert_eq!(error.kind, ErrorKind::BadStatusLine);
        connection.close();
        server.wait_for_end(round);
        match round {
            100 => peak = host.memory_peak(),
            round if round > 100 => assert_eq!(host.memory_peak(), peak),
            _ => {}
        }
    }
}
