//! What the reference's own suite (`Lib/test/test_httplib.py`) checks, checked on
//! the component: a module for each of its classes, a function for each of its
//! tests. `docs/reference-tests.md` names the counterpart of each. The answers are
//! the tests' own, and so is everything that is private in the reference: it is
//! looked at on the wire.

mod basic;
mod catalogue;
mod extended_read;
mod headers;
mod https;
mod methods;
mod offline;
mod persistence;
mod request_body;
mod response;
mod source_address;
mod status_table;
mod timeout;
mod transfer_encoding;
mod tunnel;

use std::ops::Deref;
use std::time::Duration;

use httplib_host_tests::{Connection, Host, HttpError, Output, Response, StreamBody};
use wasmtime_wasi::p2::pipe::MemoryInputPipe;

use crate::servers::{Scheme, Server};

/// How long a test waits for what will not come.
const LIMIT: Duration = Duration::from_millis(800);

/// How an answer arrives: a `readinto` of the reference is a `read` of so many
/// bytes here, and fills its buffer even where each byte comes alone.
#[derive(Clone, Copy, Debug)]
enum Delivery {
    Whole,
    ByteByByte,
}

/// A response, with what has to live as long as it does.
struct Exchange {
    response: Response,
    _connection: Connection,
    _server: Server,
}

impl Deref for Exchange {
    type Target = Response;

    fn deref(&self) -> &Response {
        &self.response
    }
}

/// One request to a server that answers with this and closes.
fn exchange(
    method: &str,
    answer: impl Into<Vec<u8>>,
    delivery: Delivery,
) -> Result<Exchange, HttpError> {
    let answer = answer.into();
    let server = Scheme::Http.server(move |peer| {
        peer.request()?;
        match delivery {
            Delivery::Whole => peer.send(&answer),
            Delivery::ByteByByte => peer.trickle(&answer),
        }
    });
    let connection = Scheme::Http.connection(&Host::new(), server.port());
    connection.request(method, "/", None, &[])?;
    Ok(Exchange {
        response: connection.get_response()?,
        _connection: connection,
        _server: server,
    })
}

/// The response to a GET.
fn get(answer: impl Into<Vec<u8>>) -> Exchange {
    exchange("GET", answer, Delivery::Whole).unwrap()
}

/// The error that the answer to a GET is.
fn refused(answer: impl Into<Vec<u8>>) -> HttpError {
    exchange("GET", answer, Delivery::Whole).err().unwrap()
}

/// The body was read to its end (`isclosed`), but nobody has called `close`
/// (`closed`).
fn assert_ended(response: &Response) {
    assert!(response.is_closed());
    assert!(!response.closed());
    response.close();
    assert!(response.closed());
}

/// What is printed at debug level 1; `@` stands for the server's `host:port`.
fn debug_output(server: &Server, run: impl FnOnce(&Connection) -> Result<(), HttpError>) -> String {
    let host = Host::builder().output(Output::Capture).build().unwrap();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.set_debug_level(1);
    run(&connection).unwrap();
    host.debug_output()
        .replace(&server.address.to_string(), "@")
}

/// Head and body of a request.
fn split(request: &str) -> (&str, &str) {
    request.split_once("\r\n\r\n").unwrap()
}

/// The values of a header in a head; the name is case-insensitive.
fn values<'a>(head: &'a str, name: &str) -> Vec<&'a str> {
    head.split("\r\n")
        .skip(1)
        .filter_map(|line| line.split_once(": "))
        .filter(|(field, _)| field.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
        .collect()
}

/// Undoes the chunked coding, after which nothing may follow.
fn decoded(mut coded: &str) -> String {
    let mut all = String::new();
    loop {
        let (size, rest) = coded.split_once("\r\n").unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        let (data, rest) = rest.split_at(size);
        all.push_str(data);
        coded = rest.strip_prefix("\r\n").unwrap();
        if size == 0 {
            assert_eq!(coded, "");
            return all;
        }
    }
}

/// What a file object is to the reference: a stream that has these bytes.
fn file(content: impl Into<Vec<u8>>) -> StreamBody {
    StreamBody::new(stream(content))
}

fn stream(content: impl Into<Vec<u8>>) -> MemoryInputPipe {
    MemoryInputPipe::new(content.into())
}
