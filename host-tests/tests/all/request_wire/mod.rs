//! What `request` and its parts put on the wire, byte for byte.

mod framing;
mod head;
mod sending;

use httplib_host_tests::{Body, Connection, Host, HttpError};

use crate::servers::Scheme;

pub(crate) const EMPTY: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

pub(crate) const START: &str = "Host: @\r\nAccept-Encoding: identity\r\n";

/// Everything that a request puts on the wire; `@` stands for the server's
/// `host:port`.
pub(crate) fn on_the_wire(send: impl FnOnce(&Connection) -> Result<(), HttpError>) -> String {
    let server = Scheme::Http.server(|peer| peer.rest().map(drop));
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    send(&connection).unwrap();
    connection.close();
    let bytes = server.wait_for_end(0);
    let text: String = bytes.iter().map(|&byte| char::from(byte)).collect();
    text.replace(&server.address.to_string(), "@")
}

pub(crate) fn request(
    method: &str,
    body: Option<Body<'_>>,
    headers: &[(&str, &str)],
    encode_chunked: bool,
) -> String {
    on_the_wire(|connection| {
        connection.request_encoded(method, "/p", body, headers, encode_chunked)
    })
}
