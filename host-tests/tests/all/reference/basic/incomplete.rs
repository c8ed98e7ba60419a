//! Bodies that end before they should.

use httplib_host_tests::ErrorKind;

use crate::reference::{Delivery, assert_ended, exchange, get};

/// Reads in parts get what there is, then nothing, and no error.
fn reads_what_there_is(delivery: Delivery) {
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nbody";
    let response = exchange("GET", answer, delivery).unwrap();
    for expected in ["bo", "dy", ""] {
        assert!(!response.is_closed(), "before {expected:?}");
        let piece = response.read(Some(2)).unwrap();
        assert_eq!(piece, expected.as_bytes());
    }
    assert_ended(&response);
}

#[test]
fn partial_reads_incomplete_body() {
    reads_what_there_is(Delivery::Whole);
}

#[test]
fn partial_readintos_incomplete_body() {
    reads_what_there_is(Delivery::ByteByByte);
}

#[test]
fn incomplete_read() {
    let response = get("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nseven\r\n");
    let error = response.read(None).unwrap_err();
    assert_eq!(error.kind, ErrorKind::IncompleteRead);
    assert_eq!(error.partial.as_deref(), Some(&b"seven\r\n"[..]));
    assert_eq!(error.expected, Some(3));
    let message = "IncompleteRead(7 bytes read, 3 more expected)";
    assert_eq!(error.message, message);
    assert_ended(&response);
}

#[test]
fn negative_content_length() {
    let response = get("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nall of it\r\n");
    assert_eq!(response.read(None).unwrap(), b"all of it\r\n");
    assert_ended(&response);
}

#[test]
fn early_eof() {
    let response = get("HTTP/1.1 204 Gone home");
    assert_eq!(response.status(), 204);
    assert_eq!(response.reason(), "Gone home");
    assert_eq!(response.read(None).unwrap(), b"");
    assert_ended(&response);
    // Nor does a body that could be there.
    let response = get("HTTP/1.1 200 OK");
    assert_eq!(response.read(None).unwrap(), b"");
    assert_ended(&response);
}
