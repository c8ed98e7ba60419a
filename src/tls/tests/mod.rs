//! Sessions against a native rustls server in memory, and what callers can
//! pass in.

#![allow(clippy::unwrap_used, clippy::panic)]

mod context;
mod established;
mod failures;
mod handshake;
mod sealer;
mod server;
mod short_keys;
