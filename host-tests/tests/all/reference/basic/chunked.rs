//! The chunked coding.

use httplib_host_tests::{ErrorKind, HttpError};

use crate::reference::{Delivery, assert_ended, exchange, get};

const HEAD: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

/// Four chunks, whose sizes are in either case and have a zero before them.
const CHUNKS: &str = "c\r\nOnce upon a \r\n0A\r\ntime, ther\r\n1\r\ne\r\n\
                      1d\r\n was a body\r\nwith two lines\r\n\r\n";
const BODY: &str = "Once upon a time, there was a body\r\nwith two lines\r\n";
const LAST: &str = "0\r\n";

/// Reads a part, another part, and the rest.
fn reads_in_parts(delivery: Delivery) {
    for amount in 1..12 {
        let answer = format!("{HEAD}{CHUNKS}{LAST}\r\n");
        let response = exchange("GET", answer, delivery).unwrap();
        let count = usize::try_from(amount).unwrap();
        for start in [0, count] {
            let piece = response.read(Some(amount)).unwrap();
            assert_eq!(piece, &BODY.as_bytes()[start..start + count]);
        }
        let rest = response.read(None).unwrap();
        assert_eq!(rest, &BODY.as_bytes()[2 * count..]);
        assert_ended(&response);
    }
}

/// A body whose last chunk is not there, or is none.
fn cut_off() -> [String; 2] {
    ["", "junk\r\n"].map(|end| format!("{HEAD}{CHUNKS}{end}"))
}

fn assert_cut_off(error: &HttpError) {
    assert_eq!(error.kind, ErrorKind::IncompleteRead);
    assert_eq!(error.partial.as_deref(), Some(BODY.as_bytes()));
    assert_eq!(error.expected, None);
    let message = format!("IncompleteRead({} bytes read)", BODY.len());
    assert_eq!(error.message, message);
}

#[test]
fn chunked() {
    // An absent amount is what a negative one is in the reference.
    let answer = format!("{HEAD}{CHUNKS}{LAST}\r\n");
    let response = get(&*answer);
    assert_eq!(response.read(None).unwrap(), BODY.as_bytes());
    assert_ended(&response);

    let response = get(&*answer);
    assert_eq!(response.read1(None).unwrap(), b"Once upon a ");
    assert!(!response.is_closed());

    reads_in_parts(Delivery::Whole);

    for answer in cut_off() {
        assert_cut_off(&get(answer).read(None).unwrap_err());
    }
}

#[test]
fn readinto_chunked() {
    reads_in_parts(Delivery::ByteByByte);

    for answer in cut_off() {
        let response = exchange("GET", answer, Delivery::ByteByByte).unwrap();
        assert_cut_off(&response.read(Some(1000)).unwrap_err());
    }
}

/// An answer to HEAD has no body, even if it says and sends one.
fn reads_no_head_body(amount: Option<u64>) {
    let answer = format!("{HEAD}{CHUNKS}{LAST}\r\n");
    let response = exchange("HEAD", answer, Delivery::Whole).unwrap();
    assert_eq!(response.read(amount).unwrap(), b"");
    assert_eq!((response.status(), &*response.reason()), (200, "OK"));
    assert_ended(&response);
}

#[test]
fn chunked_head() {
    reads_no_head_body(None);
}

#[test]
fn readinto_chunked_head() {
    reads_no_head_body(Some(5));
}

#[test]
fn chunked_extension() {
    let chunks = "3;a=1;b=\"2\"\r\nabc\r\n2 ; c\r\nde\r\n0;last\r\n\r\n";
    let response = get(format!("{HEAD}{chunks}"));
    assert_eq!(response.read(None).unwrap(), b"abcde");
    assert_ended(&response);
}

#[test]
fn chunked_missing_end() {
    // The reference is content. Trailers may have been cut off, so here it is an
    // error, with all of the body.
    let error = get(format!("{HEAD}{CHUNKS}{LAST}")).read(None).unwrap_err();
    assert_eq!(error.kind, ErrorKind::IncompleteRead);
    assert_eq!(error.partial.as_deref(), Some(BODY.as_bytes()));
}

#[test]
fn chunked_trailers() {
    let response = get(format!("{HEAD}{CHUNKS}{LAST}X-Sum: 1\r\nX-Sum: 2\r\n\r\n"));
    assert_eq!(response.read(None).unwrap(), BODY.as_bytes());
    // The reference drops them; they are kept here, but not as headers.
    assert_eq!(response.trailers().len(), 2);
    assert_eq!(response.header("X-Sum"), None);
    assert_ended(&response);
}
