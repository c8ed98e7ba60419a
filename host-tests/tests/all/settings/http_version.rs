//! Requests in HTTP/1.0.

use httplib_host_tests::{Body, Connection, Host, HttpError, StreamBody};
use wasmtime_wasi::p2::pipe::MemoryInputPipe;

use crate::servers::{Scheme, answering, ok};

/// What a request puts on the wire.
fn on_the_wire(send: impl FnOnce(&Connection) -> Result<(), HttpError>) -> String {
    let server = Scheme::Http.server(|peer| peer.rest().map(drop));
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.set_http_version(10).unwrap();
    send(&connection).unwrap();
    connection.close();
    String::from_utf8(server.wait_for_end(0)).unwrap()
}

#[test]
fn no_header_is_added_but_the_length() {
    let get = on_the_wire(|connection| connection.request("GET", "/", None, &[]));
    assert_eq!(get, "GET / HTTP/1.0\r\n\r\n");
    let post = on_the_wire(|connection| {
        let headers = [("Host", "h"), ("Connection", "keep-alive")];
        connection.request("POST", "", Some(Body::Text("hello")), &headers)
    });
    assert_eq!(
        post,
        "POST / HTTP/1.0\r\nContent-Length: 5\r\nHost: h\r\nConnection: keep-alive\r\n\r\nhello"
    );
}

#[test]
fn nothing_is_sent_in_chunks() {
    let chunks: [&[u8]; 2] = [b"he", b"llo"];
    let by_hand = on_the_wire(|connection| {
        connection.put_request("PUT", "/")?;
        connection.end_headers(Some(Body::Chunks(&chunks)), true)
    });
    assert_eq!(by_hand, "PUT / HTTP/1.0\r\n\r\nhello");
    let stream = on_the_wire(|connection| {
        connection.put_request("PUT", "/")?;
        let body = StreamBody::new(MemoryInputPipe::new(&b"hello"[..]));
        connection.end_headers_stream(body, true)
    });
    assert_eq!(stream, "PUT / HTTP/1.0\r\n\r\nhello");
    // As in the reference, `request` still names the coding.
    let request =
        on_the_wire(|connection| connection.request("PUT", "/", Some(Body::Chunks(&chunks)), &[]));
    assert_eq!(
        request,
        "PUT / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\nhello"
    );
}

#[test]
fn version_can_be_changed_between_requests() {
    let server = Scheme::Http.server(answering(ok("hello")));
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    for version in [10, 11, 10] {
        connection.set_http_version(version).unwrap();
        connection.request("GET", "/", None, &[]).unwrap();
        let response = connection.get_response().unwrap();
        assert_eq!(response.read(None).unwrap(), b"hello");
    }
    let seen = String::from_utf8(server.received(0)).unwrap();
    let lines: Vec<&str> = seen
        .lines()
        .filter(|line| line.starts_with("GET"))
        .collect();
    assert_eq!(
        lines,
        ["GET / HTTP/1.0", "GET / HTTP/1.1", "GET / HTTP/1.0"]
    );
}
