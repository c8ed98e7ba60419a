//! Requests in HTTP/1.0.

use httplib_host_tests::{Body, Connection, ErrorKind, Host, HttpError, StreamBody};
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
fn body_in_chunks_is_refused_and_nothing_is_sent() {
    type Send = fn(&Connection) -> Result<(), HttpError>;
    const CHUNKS: Body<'_> = Body::Chunks(&[b"he", b"llo"]);
    let sends: [Send; 6] = [
        |it| it.request("PUT", "/", Some(CHUNKS), &[]),
        |it| it.request("PUT", "/", Some(Body::Chunks(&[])), &[]),
        |it| {
            let coding = [("Transfer-Encoding", "chunked")];
            it.request_encoded("PUT", "/", Some(Body::Bytes(b"hello")), &coding, true)
        },
        |it| {
            it.put_request("PUT", "/")?;
            it.end_headers(Some(CHUNKS), true)
        },
        |it| {
            it.put_request("PUT", "/")?;
            it.end_headers(Some(Body::Text("hello")), true)
        },
        |it| {
            it.put_request("PUT", "/")?;
            it.end_headers_stream(StreamBody::new(MemoryInputPipe::new(&b"hello"[..])), true)
        },
    ];
    let server = Scheme::Http.server(answering(ok("hello")));
    let host = Host::new();
    for send in sends {
        let connection = Scheme::Http.connection(&host, server.port());
        connection.set_http_version(10).unwrap();
        let error = send(&connection).unwrap_err();
        assert_eq!(error.kind, ErrorKind::ValueError, "{error}");
        let text = "a body in chunks needs HTTP/1.1";
        assert!(error.message.starts_with(text), "{error}");
        assert_eq!(server.accepts(), 0);
    }
    // The connection is as good as before.
    let connection = Scheme::Http.connection(&host, server.port());
    connection.set_http_version(10).unwrap();
    sends[0](&connection).unwrap_err();
    connection.close();
    connection.request("GET", "/", None, &[]).unwrap();
    let response = connection.get_response().unwrap();
    assert_eq!(response.read(None).unwrap(), b"hello");
    assert_eq!(server.received(0), b"GET / HTTP/1.0\r\n\r\n");
}

#[test]
fn items_and_streams_whose_length_is_given_are_sent_as_they_are() {
    let chunks: [&[u8]; 2] = [b"he", b"llo"];
    let length = [("Content-Length", "5")];
    let request = on_the_wire(|connection| {
        connection.request("PUT", "/", Some(Body::Chunks(&chunks)), &length)
    });
    assert_eq!(request, "PUT / HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello");
    let by_hand = on_the_wire(|connection| {
        connection.put_request("PUT", "/")?;
        connection.put_header("Content-Length", &["5"])?;
        let body = StreamBody::new(MemoryInputPipe::new(&b"hello"[..]));
        connection.end_headers_stream(body, false)
    });
    assert_eq!(by_hand, "PUT / HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello");
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
