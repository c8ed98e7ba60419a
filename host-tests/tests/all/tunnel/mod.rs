//! Through a proxy: `set-tunnel`.

mod arguments;
mod refused;
mod stalling;
mod through;
mod tinyproxy;
mod wire;

use std::net::SocketAddr;

use crate::servers::{Scheme, Server};

const ESTABLISHED: &str = "HTTP/1.1 200 Connection established\r\nVia: proxy\r\n\r\n";

/// A proxy that opens every tunnel, and leads all of them to one server.
pub(crate) fn proxy_to(server: SocketAddr) -> Server {
    Scheme::Http.server(move |peer| {
        peer.request()?;
        peer.send(ESTABLISHED)?;
        peer.relay(server)
    })
}
