//! Reading in parts, and where that ends. A read that reaches the end of a body
//! that has a length ends it; that of one without is only seen by an empty read.

use std::time::Duration;

use httplib_host_tests::Host;

use crate::reference::Delivery::{ByteByByte, Whole};
use crate::reference::{Delivery, assert_ended, exchange, get};
use crate::servers::{Gate, Scheme};

const SIZED: &str = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody";
const UNSIZED: &str = "HTTP/1.1 200 OK\r\n\r\nbody";

/// Reads these amounts, the last of which ends the response.
fn reads(answer: &str, delivery: Delivery, steps: &[(u64, &str)]) {
    let response = exchange("GET", answer, delivery).unwrap();
    for (amount, expected) in steps {
        assert!(!response.is_closed(), "before {expected:?}");
        let piece = response.read(Some(*amount)).unwrap();
        assert_eq!(piece, expected.as_bytes());
    }
    assert_ended(&response);
}

#[test]
fn partial_reads() {
    reads(SIZED, Whole, &[(2, "bo"), (2, "dy")]);
}

#[test]
fn partial_readintos() {
    reads(SIZED, ByteByByte, &[(2, "bo"), (2, "dy")]);
}

#[test]
fn partial_reads_past_end() {
    reads(SIZED, Whole, &[(10, "body")]);
}

#[test]
fn partial_readintos_past_end() {
    reads(SIZED, ByteByByte, &[(10, "body")]);
}

#[test]
fn partial_reads_no_content_length() {
    reads(UNSIZED, Whole, &[(2, "bo"), (2, "dy"), (1, "")]);
}

#[test]
fn partial_readintos_no_content_length() {
    reads(UNSIZED, ByteByByte, &[(2, "bo"), (2, "dy"), (1, "")]);
}

#[test]
fn mixed_reads() {
    let response = get("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nline\r\nthe end");
    assert_eq!(response.readline(None).unwrap(), b"line\r\n");
    assert_eq!(response.length(), Some(6));
    // One byte more was sent than there should be.
    assert_eq!(response.read(None).unwrap(), b"the en");
    assert_ended(&response);
}

/// Reads nothing of an answer to HEAD, without waiting for anything.
fn reads_no_head_body(amount: Option<u64>) {
    let gate = Gate::default();
    let held = gate.clone();
    let server = Scheme::Http.server(move |peer| {
        peer.request()?;
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")?;
        held.wait();
        Ok(())
    });
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.request("HEAD", "/", None, &[]).unwrap();
    let response = connection.get_response().unwrap();
    // Whatever would have to wait fails from here on.
    connection.set_timeout(Some(Duration::ZERO));
    assert_eq!(response.read(amount).unwrap(), b"");
    assert_ended(&response);
    gate.open();
}

#[test]
fn read_head() {
    reads_no_head_body(None);
}

#[test]
fn readinto_head() {
    reads_no_head_body(Some(5));
}
