//! The reads of a response: section 9 of the reference's documentation, and what
//! its tests say of the moment at which a response has ended.

use super::told::{Kind, Told};
use super::{answer, latin1};

const FOUR: &str = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nText";
const FOUR_OF_TEN: &str = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nText";
const UNFRAMED: &str = "HTTP/1.1 200 OK\r\n\r\nText";
const CHUNKED: &str =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhello worl\r\n3\r\nd! \r\n0\r\n\r\n";

/// Reads of these amounts, and after each what it gave and whether the response
/// had ended.
#[track_caller]
fn check(raw: &str, reads: &[(u64, &str, bool)]) {
    let (_connection, response) = answer("GET", raw);
    let mut response = response.borrow_mut();
    assert!(!response.is_closed());
    for (amount, bytes, ended) in reads {
        assert_eq!(response.read(Some(*amount)).unwrap(), latin1(bytes));
        assert_eq!(response.is_closed(), *ended, "after read({amount})");
    }
}

#[test]
fn sized_reads_end_with_the_last_byte() {
    check(
        FOUR,
        &[
            (0, "", false),
            (2, "Te", false),
            (2, "xt", true),
            (2, "", true),
        ],
    );
}

#[test]
fn read_past_the_end_returns_what_there_is() {
    check(FOUR, &[(10, "Text", true)]);
}

#[test]
fn without_length_only_an_empty_read_ends() {
    check(
        UNFRAMED,
        &[(2, "Te", false), (2, "xt", false), (1, "", true)],
    );
    check(UNFRAMED, &[(10, "Text", false), (1, "", true)]);
}

#[test]
fn incomplete_body_in_pieces_is_no_error() {
    check(
        FOUR_OF_TEN,
        &[(2, "Te", false), (10, "xt", false), (1, "", true)],
    );
}

#[test]
fn chunked_ends_with_the_read_that_sees_the_last_chunk() {
    check(CHUNKED, &[(13, "hello world! ", false), (1, "", true)]);
    check(CHUNKED, &[(14, "hello world! ", true)]);
    check(CHUNKED, &[(13, "hello world! ", false), (0, "", true)]);
}

#[test]
fn incomplete_body_as_a_whole_is_an_error_with_what_came() {
    let (_connection, response) = answer("GET", FOUR_OF_TEN);
    let error = response.borrow_mut().read(None).unwrap_err();
    assert_eq!(error.kind(), Kind::IncompleteRead);
    assert_eq!(
        error.to_string(),
        "IncompleteRead(4 bytes read, 6 more expected)"
    );
    assert_eq!(error.details().partial.as_deref(), Some(&b"Text"[..]));
    assert_eq!(error.details().expected, Some(6));
    assert!(response.borrow().is_closed());
}

#[test]
fn every_size_of_reads_gives_the_same_body() {
    for raw in [
        CHUNKED,
        "HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nhello world! ",
    ] {
        for size in 1..=14 {
            let (_connection, response) = answer("GET", raw);
            let mut response = response.borrow_mut();
            let mut body = Vec::new();
            while !response.is_closed() {
                body.extend(response.read(Some(size)).unwrap());
            }
            assert_eq!(body, b"hello world! ", "in pieces of {size}");
        }
    }
}

#[test]
fn read1_stops_at_a_chunk() {
    let (_connection, response) = answer("GET", CHUNKED);
    let mut response = response.borrow_mut();
    assert_eq!(response.read1(None).unwrap(), b"hello worl");
    assert_eq!(response.read1(Some(2)).unwrap(), b"d!");
    assert_eq!(response.read1(Some(0)).unwrap(), b"");
    assert_eq!(response.read1(None).unwrap(), b" ");
    assert!(!response.is_closed());
    assert_eq!(response.read1(None).unwrap(), b"");
    assert!(response.is_closed());
}

#[test]
fn head_has_no_body_and_only_read_ends_it() {
    let (_connection, response) = answer("HEAD", FOUR);
    let mut response = response.borrow_mut();
    assert_eq!(response.read1(None).unwrap(), b"");
    assert!(!response.is_closed());
    assert_eq!(response.read(None).unwrap(), b"");
    assert!(response.is_closed());
}

#[test]
fn body_over_the_limit_stays_readable_in_pieces() {
    let (connection, response) = answer("GET", FOUR);
    connection.settings.borrow_mut().limits.body = 3;
    let mut response = response.borrow_mut();
    let error = response.read(None).unwrap_err();
    assert_eq!(error.kind(), Kind::HttpException);
    assert_eq!(response.read(Some(3)).unwrap(), b"Tex");
    assert_eq!(response.read(None).unwrap(), b"t");
    assert!(response.is_closed());
}

#[test]
fn closed_response_reads_empty() {
    let (_connection, response) = answer("GET", FOUR);
    let mut response = response.borrow_mut();
    response.close();
    assert_eq!(response.read(None).unwrap(), b"");
    assert_eq!(response.fileno().unwrap_err().kind(), Kind::ValueError);
}
