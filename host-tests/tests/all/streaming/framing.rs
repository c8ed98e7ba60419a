//! How a stream is framed, and what of it is taken.

use httplib_host_tests::{Connection, Host, HttpError, StreamBody};
use wasmtime_wasi::p2::pipe::MemoryInputPipe;

use super::HEAD;
use super::tap::Tap;
use crate::servers::{Scheme, answering, ok};

/// Everything that is put on the wire; `@` stands for the server's `host:port`.
fn on_the_wire(send: impl FnOnce(&Connection) -> Result<(), HttpError>) -> String {
    let server = Scheme::Http.server(|peer| peer.rest().map(drop));
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    send(&connection).unwrap();
    connection.close();
    let bytes = server.wait_for_end(0);
    let text: String = bytes.iter().map(|&byte| char::from(byte)).collect();
    text.replace(&server.address.to_string(), "@")
}

fn body(bytes: &'static [u8]) -> StreamBody {
    StreamBody::new(MemoryInputPipe::new(bytes))
}

/// The sizes of the chunks of a message, the last one's included.
fn chunk_sizes(text: &str) -> Vec<usize> {
    let (_, mut rest) = text.split_once("\r\n\r\n").unwrap();
    let mut sizes = Vec::new();
    while let Some((size, after)) = rest.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).unwrap();
        sizes.push(size);
        rest = after[size..].strip_prefix("\r\n").unwrap();
    }
    sizes
}

#[test]
fn known_length_is_sent_as_content_length() {
    for (text, length) in [("hello", 5), ("", 0)] {
        let body = body(text.as_bytes()).of_length(length);
        let sent = on_the_wire(|connection| {
            connection.request_stream("PUT", "/p", body, &[("X", "1")], false)
        });
        let expected =
            format!("PUT /p HTTP/1.1\r\n{HEAD}Content-Length: {length}\r\nX: 1\r\n\r\n{text}");
        assert_eq!(sent, expected);
    }
}

#[test]
fn unknown_length_is_sent_in_chunks() {
    for (text, chunks) in [("hello", "5\r\nhello\r\n0\r\n\r\n"), ("", "0\r\n\r\n")] {
        let sent = on_the_wire(|connection| {
            connection.request_stream("GET", "/p", body(text.as_bytes()), &[], false)
        });
        let expected =
            format!("GET /p HTTP/1.1\r\n{HEAD}Transfer-Encoding: chunked\r\n\r\n{chunks}");
        assert_eq!(sent, expected);
    }
}

#[test]
fn own_framing_header_takes_the_place_of_either() {
    let length = [("content-length", "5")];
    let coding = [("transfer-encoding", "chunked")];
    for (headers, encode_chunked, expected) in [
        (&length, false, "content-length: 5\r\n\r\nhello"),
        (&length, true, "content-length: 5\r\n\r\nhello"),
        (&coding, false, "transfer-encoding: chunked\r\n\r\nhello"),
        (
            &coding,
            true,
            "transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        ),
    ] {
        for body in [body(b"hello"), body(b"hello").of_length(5)] {
            let sent = on_the_wire(|connection| {
                connection.request_stream("PUT", "/p", body, headers, encode_chunked)
            });
            assert_eq!(sent, format!("PUT /p HTTP/1.1\r\n{HEAD}{expected}"));
        }
    }
}

#[test]
fn chunks_have_the_block_size() {
    for (block_size, expected) in [
        (None, &[8192, 8192, 3616, 0][..]),
        (Some(10_000), &[10_000, 10_000, 0]),
        (Some(1 << 20), &[20_000, 0]),
    ] {
        let sent = on_the_wire(|connection| {
            if let Some(block_size) = block_size {
                connection.set_block_size(block_size).unwrap();
            }
            let body = body(&[b'x'; 20_000]);
            connection.request_stream("PUT", "/", body, &[], false)
        });
        assert_eq!(chunk_sizes(&sent), expected, "{block_size:?}");
    }
}

#[test]
fn stream_longer_than_its_length_keeps_the_rest() {
    let tap = Tap::with(b"hello, world");
    let body = StreamBody::new(tap.stream()).of_length(5);
    let sent = on_the_wire(|connection| connection.request_stream("PUT", "/p", body, &[], false));
    assert!(sent.ends_with("Content-Length: 5\r\n\r\nhello"), "{sent}");
    assert_eq!(tap.left(), ", world".len());
    assert!(tap.is_dropped());
}

#[test]
fn end_headers_sends_the_stream_in_the_form_asked_for() {
    for (encode_chunked, length, expected) in [
        (false, None, "hello"),
        (false, Some(5), "hello"),
        (false, Some(4), "hell"),
        (true, None, "5\r\nhello\r\n0\r\n\r\n"),
        (true, Some(4), "4\r\nhell\r\n0\r\n\r\n"),
    ] {
        let sent = on_the_wire(|connection| {
            connection.put_request_skipping("PUT", "/", true, true)?;
            let body = match length {
                Some(length) => body(b"hello").of_length(length),
                None => body(b"hello"),
            };
            connection.end_headers_stream(body, encode_chunked)
        });
        assert_eq!(sent, format!("PUT / HTTP/1.1\r\n\r\n{expected}"));
    }
}

#[test]
fn send_takes_a_stream_to_its_end_as_it_is() {
    let sent = on_the_wire(|connection| {
        connection.put_request_skipping("PUT", "/", true, true)?;
        connection.end_headers(None, false)?;
        connection.send(b"a")?;
        connection.send_stream(MemoryInputPipe::new(&b"bc"[..]))?;
        connection.send(b"d")
    });
    assert_eq!(sent, "PUT / HTTP/1.1\r\n\r\nabcd");
}

#[test]
fn trailers_follow_the_chunks_of_a_stream() {
    let sent = on_the_wire(|connection| {
        connection.put_request_skipping("PUT", "/", true, true)?;
        connection.put_trailer("Digest", &["1"])?;
        connection.end_headers_stream(body(b"hello"), true)
    });
    let expected = "PUT / HTTP/1.1\r\n\r\n5\r\nhello\r\n0\r\nDigest: 1\r\n\r\n";
    assert_eq!(sent, expected);
}

#[test]
fn connection_is_kept_after_a_stream_of_the_right_length_alone() {
    for (declared, accepts) in [("5", 1), ("6", 2)] {
        let server = Scheme::Http.server(answering(ok("")));
        let host = Host::new();
        let connection = Scheme::Http.connection(&host, server.port());
        for _ in 0..2 {
            let headers = [("Content-Length", declared)];
            let sent = connection.request_stream("PUT", "/", body(b"hello"), &headers, false);
            sent.unwrap();
            connection.get_response().unwrap().read(None).unwrap();
        }
        assert_eq!(server.accepts(), accepts, "{declared}");
    }
}

#[test]
fn bodies_arrive_over_tls() {
    for scheme in Scheme::ALL {
        let server = scheme.server(super::echo_chunks);
        let host = Host::new();
        let connection = scheme.connection(&host, server.port());
        for _ in 0..2 {
            let sent = connection.request_stream("PUT", "/", body(b"hello"), &[], false);
            sent.unwrap();
            let response = connection.get_response().unwrap();
            assert_eq!(response.read(None).unwrap(), b"hello", "{scheme:?}");
            connection.close();
        }
    }
}
