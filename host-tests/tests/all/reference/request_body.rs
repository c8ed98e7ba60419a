//! `RequestBodyTest`: a body in each of its forms.

use httplib_host_tests::{Body, Host};

use super::{file, split, values};
use crate::request_wire::{EMPTY, on_the_wire, request};
use crate::servers::Scheme;

/// The framing of a request, and its body; nothing says of what type it is.
fn framing(sent: &str) -> (Vec<&str>, Vec<&str>, &str) {
    let (head, body) = split(sent);
    assert_eq!(values(head, "Content-Type"), [""; 0]);
    let lengths = values(head, "Content-Length");
    (lengths, values(head, "Transfer-Encoding"), body)
}

fn assert_sized(sent: &str, length: &str, expected: &str) {
    assert_eq!(framing(sent), (vec![length], vec![], expected));
}

fn assert_chunked(sent: &str, expected: &str) {
    assert_eq!(framing(sent), (vec![], vec!["chunked"], expected));
}

#[test]
fn list_body() {
    for (items, expected) in [
        (
            &[&b"body"[..], b" ", b"of three"][..],
            "4\r\nbody\r\n1\r\n \r\n8\r\nof three\r\n0\r\n\r\n",
        ),
        (&[b"one"], "3\r\none\r\n0\r\n\r\n"),
        (&[], "0\r\n\r\n"),
    ] {
        let sent = request("PUT", Some(Body::Chunks(items)), &[], false);
        assert_chunked(&sent, expected);
    }
}

#[test]
fn manual_content_length() {
    let headers = [("Content-Length", "42")];
    let sent = request("PUT", Some(Body::Text("body")), &headers, false);
    assert_sized(&sent, "42", "body");

    // Other than in the reference, the connection is not used again: the server
    // would take the next request for what is missing.
    let server = Scheme::Http.server(|peer| {
        peer.request()?;
        peer.bytes(4)?;
        peer.send(EMPTY)?;
        peer.rest().map(drop)
    });
    let connection = Scheme::Http.connection(&Host::new(), server.port());
    for _ in 0..2 {
        let body = Some(Body::Text("body"));
        connection.request("PUT", "/", body, &headers).unwrap();
        let response = connection.get_response().unwrap();
        assert_eq!(response.read(None).unwrap(), b"");
    }
    assert_eq!(server.accepts(), 2);
}

#[test]
fn ascii_body() {
    let sent = request("PUT", Some(Body::Text("body")), &[], false);
    assert_sized(&sent, "4", "body");
}

#[test]
fn latin1_body() {
    let sent = request("PUT", Some(Body::Text("b\u{f6}dy")), &[], false);
    // `sent` has a character for each byte.
    assert_sized(&sent, "4", "b\u{f6}dy");
}

#[test]
fn bytes_body() {
    let sent = request("PUT", Some(Body::Bytes(b"b\xc3\xb6dy")), &[], false);
    assert_sized(&sent, "5", "b\u{c3}\u{b6}dy");
}

#[test]
fn text_file_body() {
    // To encode the text is up to whoever has the stream.
    let text = "b\u{f6}dy\n".chars();
    let latin1: Vec<u8> = text.map(|char| u8::try_from(char).unwrap()).collect();
    let sent =
        on_the_wire(|connection| connection.request_stream("PUT", "/", file(latin1), &[], false));
    assert_chunked(&sent, "5\r\nb\u{f6}dy\n\r\n0\r\n\r\n");
}

#[test]
fn binary_file_body() {
    let bytes = [0, 0xFF, b'\r', b'\n', 0x80];
    let sent =
        on_the_wire(|connection| connection.request_stream("PUT", "/", file(bytes), &[], false));
    assert_chunked(&sent, "5\r\n\0\u{ff}\r\n\u{80}\r\n0\r\n\r\n");
}
