//! `Expect: 100-continue`: the body waits until the server asks for it.

mod continued;
mod limits;
mod refused;
mod resumed;

use std::io;
use std::time::Duration;

use httplib_host_tests::{Body, Connection, HttpError, StreamBody};
use wasmtime_wasi::p2::pipe::MemoryInputPipe;

use crate::servers::Peer;

const EXPECT: (&str, &str) = ("Expect", "100-continue");

const CONTINUE: &str = "HTTP/1.1 100 Continue\r\n\r\n";

/// Longer than any test waits: the wait can only end otherwise.
const FOREVER: Option<Duration> = None;

/// A way to send the body `hello`, in a request that expects a 100 (Continue).
type Send = fn(&Connection) -> Result<(), HttpError>;

const SENDS: [(&str, Send); 5] = [
    ("bytes", |connection| {
        connection.request("PUT", "/", Some(Body::Bytes(b"hello")), &[EXPECT])
    }),
    ("chunks", |connection| {
        let chunks: [&[u8]; 2] = [b"he", b"llo"];
        connection.request("PUT", "/", Some(Body::Chunks(&chunks)), &[EXPECT])
    }),
    ("stream", |connection| {
        let body = StreamBody::new(MemoryInputPipe::new(&b"hello"[..])).of_length(5);
        connection.request_stream("PUT", "/", body, &[EXPECT], false)
    }),
    ("chunked stream", |connection| {
        let body = StreamBody::new(MemoryInputPipe::new(&b"hello"[..]));
        connection.request_stream("PUT", "/", body, &[EXPECT], false)
    }),
    ("parts", |connection| {
        connection.put_request("PUT", "/")?;
        connection.put_header("expect", &["100-Continue"])?;
        connection.put_header("Content-Length", &["5"])?;
        connection.end_headers(Some(Body::Text("hello")), false)
    }),
];

/// Reads the body that a head announces.
fn body(peer: &mut Peer, head: &str) -> io::Result<Vec<u8>> {
    if head.contains("chunked") {
        Ok(peer.chunks()?.concat())
    } else {
        peer.bytes(5)
    }
}
