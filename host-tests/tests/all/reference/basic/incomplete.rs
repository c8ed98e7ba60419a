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
    // The reference passes it over. Two readers of one message must not differ about
    // its length, so here it is an error.
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nall of it\r\n";
    let error = exchange("GET", answer, Delivery::Whole).err().unwrap();
    assert_eq!(error.kind, ErrorKind::HttpException);
    assert_eq!(error.message, "invalid Content-Length: '-1'");
}

#[test]
fn early_eof() {
    // The reference takes it for a whole head. Somebody may have cut off the rest, so
    // here it is an error, with what there was.
    for answer in ["HTTP/1.1 204 Gone home", "HTTP/1.1 200 OK"] {
        let error = exchange("GET", answer, Delivery::Whole).err().unwrap();
        assert_eq!(error.kind, ErrorKind::IncompleteRead, "{answer}");
        assert_eq!(error.partial.as_deref(), Some(answer.as_bytes()));
    }
}
