//! HTTP/1.x without I/O: bytes in; events, counts and bytes out. Reads no clock
//! and knows no WIT, so that it runs, and is fuzzed, natively.
//!
//! Each module imports only from those that stand above it:
//!
//! | what | modules |
//! |---|---|
//! | memory that may not be there, text, errors, names of codes | [`memory`], [`latin1`], [`literal`], [`error`], [`encode`], [`status`] |
//! | bytes, lines, fields | [`buffer`], [`limits`], [`line`], [`headers`], [`fields`] |
//! | what a header says beside its text | [`message`] |
//! | requests | [`host`], [`framing`], [`request`] |
//! | heads of responses, where bodies end | [`response`], [`framing`] |
//! | taking the framing away | [`decoded`], [`chunked`], [`body`] |
//! | CONNECT and its answer | [`tunnel`] |
//! | one request and its response | [`exchange`] |

#![cfg_attr(target_family = "wasm", no_std)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic))]

extern crate alloc;

pub mod body;
pub mod buffer;
pub mod chunked;
pub mod date;
pub mod decoded;
pub mod encode;
pub mod error;
pub mod exchange;
pub mod fields;
pub mod framing;
pub mod headers;
pub mod host;
pub mod latin1;
pub mod limits;
pub mod line;
pub mod literal;
pub mod memory;
pub mod message;
pub mod request;
pub mod response;
pub mod status;
pub mod tunnel;
