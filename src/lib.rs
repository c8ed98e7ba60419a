//! Python's `http.client` as a WebAssembly component.
//!
//! The contract is `wit/`; this crate implements it over `wasi:sockets`, with
//! TLS inside. Compiled for another target it is the same core, for its unit tests.
//!
//! # Invariants
//!
//! - **Least authority**: clocks, random numbers, sockets, and standard output
//!   for `set-debug-level`; nothing else is imported. It follows from `no_std`.
//! - **No trap**: whatever a peer or a caller sends gives a typed error, and
//!   memory follows what was received, never what was announced.
//! - **Sans-IO core**: [`proto`] and [`tls`] do no I/O, read no clock and know no
//!   WIT.
//! - **Resumable**: progress is in the state, never on the stack, so that a call
//!   that ran out of time can be repeated without a byte lost or sent twice.
//! - **One way**: `component` → [`connection`] → [`proto`], [`transport`] →
//!   [`tls`]. [`error`] is a leaf, with [`latin1`] and [`literal`] for its texts.
//!   `component` alone names the exported bindings, `platform` the imported
//!   ones.
//!
//! # Where things are
//!
//! | what | where |
//! |---|---|
//! | states of a connection | [`proto::state`] |
//! | request line, header checks, framing of requests | [`proto::request`], [`proto::host`] |
//! | CONNECT and its answer | [`proto::tunnel`], `connection::tunnel` |
//! | status line, header fields | [`proto::response`], [`proto::fields`] |
//! | content type, parameters, dates of headers | [`proto::message`] |
//! | where a response body ends, whether the connection is kept | [`proto::framing`] |
//! | taking the framing away | [`proto::body`], [`proto::chunked`] |
//! | every limit | [`proto::limits`] |
//! | name → address → socket | [`transport::tcp`] |
//! | TLS over it | [`transport::tls`], [`tls`] |
//! | the cryptography | the crate `httplib-provider`, in `tls/provider` |
//! | one transport: its steps, what it waits for | `connection::link` |
//! | waiting and time limits | `connection::wait` |
//! | sending a request, 100 (Continue), bodies from streams | `connection::sending`, `connection::feed` |
//! | reading a body, the end of a response | `connection::response`, `connection::lines` |
//! | raw byte streams after 101 and CONNECT | `connection::raw` |

#![cfg_attr(target_family = "wasm", no_std)]
#![warn(missing_docs)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic))]

extern crate alloc;

#[cfg(target_family = "wasm")]
mod component;
pub mod connection;
pub mod error;
pub mod latin1;
pub mod literal;
#[cfg(target_family = "wasm")]
mod platform;
pub mod proto;
pub mod status;
pub mod tls;
pub mod transport;
