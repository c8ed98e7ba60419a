//! The framing header that `request` chooses, and the body's form.

use httplib_host_tests::Body;

use super::{START, on_the_wire, request};

#[test]
fn absent_body_has_a_length_only_where_one_is_expected() {
    for method in ["GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "M-SEARCH"] {
        let expected = format!("{method} /p HTTP/1.1\r\n{START}\r\n");
        assert_eq!(request(method, None, &[], false), expected);
    }
    for method in ["PUT", "POST", "PATCH", "post"] {
        let expected = format!("{method} /p HTTP/1.1\r\n{START}Content-Length: 0\r\n\r\n");
        assert_eq!(request(method, None, &[], false), expected);
    }
}

#[test]
fn empty_body_has_a_length_in_every_method() {
    for method in ["GET", "DELETE", "POST"] {
        let expected = format!("{method} /p HTTP/1.1\r\n{START}Content-Length: 0\r\n\r\n");
        for body in [Body::Bytes(b""), Body::Text("")] {
            assert_eq!(request(method, Some(body), &[], false), expected);
        }
    }
}

#[test]
fn bytes_and_text_have_a_length() {
    let expected = format!("POST /p HTTP/1.1\r\n{START}Content-Length: 5\r\n\r\n");
    let bytes = request("POST", Some(Body::Bytes(b"\0\xff\r\nx")), &[], false);
    assert_eq!(bytes, expected.clone() + "\0\u{ff}\r\nx");
    // In characters, which are bytes in Latin-1.
    let text = request("POST", Some(Body::Text("caf\u{e9}s")), &[], true);
    assert_eq!(text, expected + "caf\u{e9}s");
}

#[test]
fn chunks_are_sent_chunked_without_the_empty_ones() {
    let items: [&[u8]; 4] = [b"hello", b"", b" ", b"0123456789abcdef"];
    let body = request("PUT", Some(Body::Chunks(&items)), &[], false);
    let expected = format!(
        "PUT /p HTTP/1.1\r\n{START}Transfer-Encoding: chunked\r\n\r\n\
         5\r\nhello\r\n1\r\n \r\n10\r\n0123456789abcdef\r\n0\r\n\r\n"
    );
    assert_eq!(body, expected);
}

#[test]
fn no_chunks_are_still_a_chunked_body() {
    let body = request("GET", Some(Body::Chunks(&[])), &[], false);
    let expected = format!("GET /p HTTP/1.1\r\n{START}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    assert_eq!(body, expected);
}

#[test]
fn own_content_length_means_no_framing_and_a_raw_body() {
    let chunks: [&[u8]; 2] = [b"he", b"llo"];
    for headers in [
        &[("content-length", "5")][..],
        &[("CONTENT-LENGTH", "99"), ("Transfer-Encoding", "chunked")],
    ] {
        let lines: String = headers
            .iter()
            .map(|(n, v)| format!("{n}: {v}\r\n"))
            .collect();
        let expected = format!("PUT /p HTTP/1.1\r\n{START}{lines}\r\nhello");
        for body in [
            Body::Bytes(b"hello"),
            Body::Text("hello"),
            Body::Chunks(&chunks),
        ] {
            assert_eq!(request("PUT", Some(body), headers, true), expected);
        }
    }
    let absent = request("PUT", None, &[("Content-Length", "5")], false);
    let expected = format!("PUT /p HTTP/1.1\r\n{START}Content-Length: 5\r\n\r\n");
    assert_eq!(absent, expected);
}

#[test]
fn own_transfer_encoding_is_chunked_only_if_asked_for() {
    let headers = [("transfer-encoding", "chunked")];
    let head = format!("PUT /p HTTP/1.1\r\n{START}transfer-encoding: chunked\r\n\r\n");
    let chunks: [&[u8]; 2] = [b"he", b"llo"];

    let raw = request("PUT", Some(Body::Bytes(b"hello")), &headers, false);
    assert_eq!(raw, format!("{head}hello"));
    let raw = request("PUT", Some(Body::Chunks(&chunks)), &headers, false);
    assert_eq!(raw, format!("{head}hello"));

    let one = request("PUT", Some(Body::Bytes(b"hello")), &headers, true);
    assert_eq!(one, format!("{head}5\r\nhello\r\n0\r\n\r\n"));
    let two = request("PUT", Some(Body::Chunks(&chunks)), &headers, true);
    assert_eq!(two, format!("{head}2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"));
    let absent = request("PUT", None, &headers, true);
    assert_eq!(absent, head);
}

#[test]
fn end_headers_sends_the_body_in_the_form_asked_for() {
    let chunks: [&[u8]; 2] = [b"he", b"llo"];
    for (encode_chunked, expected) in [(false, "hello"), (true, "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n")]
    {
        let sent = on_the_wire(|connection| {
            connection.put_request_skipping("PUT", "/", true, true)?;
            connection.end_headers(Some(Body::Chunks(&chunks)), encode_chunked)
        });
        assert_eq!(sent, format!("PUT / HTTP/1.1\r\n\r\n{expected}"));
    }
}
