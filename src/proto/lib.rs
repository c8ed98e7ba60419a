//! HTTP/1.x without I/O: bytes in; events, counts and bytes out. Reads no clock
//! and knows no WIT, so that it runs, and is fuzzed, natively.

#![cfg_attr(target_family = "wasm", no_std)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic))]

extern crate alloc;

pub mod body;
pub mod buffer;
pub mod chunked;
pub mod date;
pub mod error;
pub mod fields;
pub mod framing;
pub mod headers;
pub mod host;
pub mod latin1;
pub mod limits;
pub mod line;
pub mod literal;
pub mod message;
pub mod request;
pub mod response;
pub mod state;
pub mod status;
pub mod tunnel;
