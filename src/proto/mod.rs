//! HTTP/1.x without I/O: bytes in; events, counts and bytes out. Reads no clock
//! and knows no WIT, so that it runs, and is fuzzed, natively.

pub mod body;
pub mod buffer;
pub mod chunked;
pub mod fields;
pub mod framing;
pub mod headers;
pub mod host;
pub mod limits;
pub mod line;
pub mod message;
pub mod request;
pub mod response;
pub mod state;
pub mod tunnel;
