//! Bodies on their way out; a file object of the reference is a stream here.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use httplib_host_tests::{Body, Connection, ErrorKind, Host, HttpError, StreamBody};
use wasmtime_wasi::async_trait;
use wasmtime_wasi::p2::{InputStream, Pollable, StreamError, StreamResult};

use crate::reference::{debug_output, decoded, file, split, stream, values};
use crate::request_wire::on_the_wire;
use crate::servers::Scheme;

#[test]
fn send_file() {
    let sent =
        on_the_wire(|connection| connection.request_stream("GET", "/", file("all"), &[], false));
    let (head, body) = split(&sent);
    assert!(head.starts_with("GET / HTTP/1.1\r\n"));
    assert_eq!(values(head, "Transfer-Encoding"), ["chunked"]);
    assert_eq!(values(head, "Content-Length"), [""; 0]);
    assert_eq!(decoded(body), "all");
}

#[test]
fn send() {
    type Way = fn(&Connection) -> Result<(), HttpError>;
    let ways: [Way; 3] = [
        |connection| connection.send(b"some bytes"),
        |connection| {
            let mut pieces = b"some bytes".chunks(3);
            pieces.try_for_each(|piece| connection.send(piece))
        },
        |connection| connection.send_stream(stream("some bytes")),
    ];
    for way in ways {
        assert_eq!(on_the_wire(way), "some bytes");
    }
}

/// A stream that goes on after its end, as a file does that is being written.
struct Growing(VecDeque<StreamResult<Bytes>>);

impl Growing {
    fn new() -> Self {
        let data = |bytes: &'static [u8]| Ok(Bytes::from_static(bytes));
        Self([data(b"now"), Err(StreamError::Closed), data(b"later")].into())
    }
}

#[async_trait]
impl Pollable for Growing {
    async fn ready(&mut self) {}
}

#[async_trait]
impl InputStream for Growing {
    fn read(&mut self, _: usize) -> StreamResult<Bytes> {
        self.0.pop_front().unwrap_or(Err(StreamError::Closed))
    }
}

#[test]
fn send_updating_file() {
    let sent = on_the_wire(|connection| connection.send_stream(Growing::new()));
    assert_eq!(sent, "now");
    let sent = on_the_wire(|connection| {
        connection.put_request_skipping("PUT", "/", true, true)?;
        connection.end_headers_stream(StreamBody::new(Growing::new()), true)
    });
    assert_eq!(decoded(split(&sent).1), "now");
}

#[test]
fn send_iter() {
    let items: [&[u8]; 3] = [b"one", b"two", b"three"];
    let headers = [("Content-Length", "11")];
    let sent = on_the_wire(|connection| {
        connection.request("GET", "/", Some(Body::Chunks(&items)), &headers)
    });
    let (head, body) = split(&sent);
    assert_eq!(values(head, "Content-Length"), ["11"]);
    assert_eq!(values(head, "Transfer-Encoding"), [""; 0]);
    assert_eq!(body, "onetwothree");
}

/// What is sent, block by block, with blocks of eight bytes.
fn blocks(send: impl FnOnce(&Connection) -> Result<(), HttpError>) -> Vec<String> {
    let server = Scheme::Http.server(|peer| peer.rest().map(drop));
    let output = debug_output(&server, |connection| {
        connection.set_block_size(8)?;
        send(connection)
    });
    output
        .lines()
        .filter_map(|line| line.strip_prefix("send: "))
        .map(str::to_owned)
        .collect()
}

#[test]
fn blocksize_request() {
    let blocks = blocks(|connection| {
        let headers = [("Content-Length", "9")];
        connection.request_stream("PUT", "/", file("blockful!"), &headers, false)
    });
    assert!(blocks[0].starts_with("b'PUT / HTTP/1.1"), "{blocks:?}");
    assert_eq!(blocks[1..], ["b'blockful'", "b'!'"]);
}

/// A stream without an end in sight, and how much each read asked it for.
struct Asked(Arc<Mutex<Vec<usize>>>);

#[async_trait]
impl Pollable for Asked {
    async fn ready(&mut self) {}
}

#[async_trait]
impl InputStream for Asked {
    fn read(&mut self, size: usize) -> StreamResult<Bytes> {
        let mut asked = self.0.lock().unwrap();
        asked.push(size);
        match asked.len() {
            1..=3 => Ok(vec![b'x'; size].into()),
            _ => Err(StreamError::Closed),
        }
    }
}

// What is printed does not show the blocks of a file that `send` is given.
#[test]
fn blocksize_send() {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let sent = on_the_wire(|connection| {
        connection.set_block_size(8)?;
        connection.send_stream(Asked(Arc::clone(&asked)))
    });
    assert_eq!(sent, "x".repeat(24));
    assert_eq!(*asked.lock().unwrap(), [8; 4]);
}

#[test]
fn epipe() {
    let server = Scheme::Http.server(|peer| {
        peer.request()?;
        peer.send("HTTP/1.1 401 Who are you\r\nConnection: close\r\nX-Realm: here\r\n\r\n")?;
        peer.reset()
    });
    let connection = Scheme::Http.connection(&Host::new(), server.port());
    // More than fits into what is between the two.
    let body = vec![b'x'; 64 << 20];
    let error = connection
        .request("PUT", "/", Some(Body::Bytes(&body)), &[])
        .unwrap_err();
    let kinds = [ErrorKind::BrokenPipe, ErrorKind::ConnectionReset];
    assert!(kinds.contains(&error.kind), "{error}");
    let response = connection.get_response().unwrap();
    assert_eq!(response.status(), 401);
    assert_eq!(response.header("x-realm").as_deref(), Some("here"));
}
