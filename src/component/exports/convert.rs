//! Text: strings of the contract to Latin-1 bytes and back.

use super::bindings::exports::httplib::http::client::Body;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::SocketAddr;
use httplib_proto::headers::Headers;
use httplib_proto::latin1;
use httplib_proto::request;

/// An address and a port.
pub(super) fn address(address: SocketAddr) -> (String, u16) {
    (address.ip().to_string(), address.port())
}

/// The pairs that `get-headers` returns.
pub(super) fn pairs(headers: &Headers) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| (latin1::decode(name), latin1::decode(value)))
        .collect()
}

impl From<Body> for request::Body {
    fn from(body: Body) -> Self {
        match body {
            Body::Bytes(bytes) => Self::Bytes(bytes),
            Body::Text(text) => Self::Text(text),
            Body::Chunks(items) => Self::Chunks(items),
        }
    }
}
