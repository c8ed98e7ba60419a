//! `TransferEncodingTest`: bodies that are iterables or files in the reference are
//! lists of chunks and streams here.

use httplib_host_tests::{Body, Connection, HttpError};

use super::{decoded, file, split, values};
use crate::request_wire::on_the_wire;

const ITEMS: [&[u8]; 4] = [b"first and ", b"", b"second and ", b"last"];
const TEXT: &str = "first and second and last";

type Send = fn(&Connection) -> Result<(), HttpError>;

/// A request with a body that has no length, in both of its forms.
fn sent(headers: &[(&str, &str)], encode_chunked: bool) -> [String; 2] {
    [
        on_the_wire(|connection| {
            let body = Some(Body::Chunks(&ITEMS));
            connection.request_encoded("POST", "/", body, headers, encode_chunked)
        }),
        on_the_wire(|connection| {
            connection.request_stream("POST", "/", file(TEXT), headers, encode_chunked)
        }),
    ]
}

#[test]
fn endheaders_chunked() {
    let ends: [Send; 2] = [
        |connection| connection.end_headers(Some(Body::Chunks(&ITEMS)), true),
        |connection| connection.end_headers_stream(file(TEXT), true),
    ];
    for end in ends {
        let sent = on_the_wire(|connection| {
            connection.put_request("POST", "/")?;
            end(connection)
        });
        assert_eq!(decoded(split(&sent).1), TEXT);
    }
}

#[test]
fn explicit_headers() {
    let headers = [("Transfer-Encoding", "gzip, chunked")];
    let text =
        on_the_wire(|connection| connection.request("POST", "/", Some(Body::Text(TEXT)), &headers));
    for sent in sent(&headers, false).iter().chain([&text]) {
        let (head, body) = split(sent);
        assert_eq!(values(head, "Transfer-Encoding"), ["gzip, chunked"]);
        assert_eq!(values(head, "Content-Length"), [""; 0]);
        assert_eq!(body, TEXT);
    }
    for sent in sent(&headers, true) {
        let (head, body) = split(&sent);
        assert_eq!(values(head, "Transfer-Encoding"), ["gzip, chunked"]);
        assert_eq!(values(head, "Content-Length"), [""; 0]);
        assert_eq!(decoded(body), TEXT);
    }
}

#[test]
fn request() {
    for sent in sent(&[], false) {
        let (head, body) = split(&sent);
        assert_eq!(values(head, "Transfer-Encoding"), ["chunked"]);
        assert_eq!(values(head, "Content-Length"), [""; 0]);
        assert_eq!(decoded(body), TEXT);
    }
}

#[test]
fn empty_body() {
    let forms: [Send; 3] = [
        |connection| connection.request("POST", "/", Some(Body::Chunks(&[])), &[]),
        |connection| connection.request("POST", "/", Some(Body::Chunks(&[b""])), &[]),
        |connection| connection.request_stream("POST", "/", file(""), &[], false),
    ];
    for form in forms {
        let sent = on_the_wire(form);
        let (head, body) = split(&sent);
        assert_eq!(values(head, "Transfer-Encoding"), ["chunked"]);
        assert_eq!(values(head, "Content-Length"), [""; 0]);
        assert_eq!(body, "0\r\n\r\n");
    }
}
