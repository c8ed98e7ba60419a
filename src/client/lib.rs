//! Connections over any network, and their requests and responses (`HTTPConnection`):
//! drives `proto` and `tls` over a [`network::Network`], keeps all progress in state,
//! and waits in one place. `docs/architecture.md` has the ways through it.
//!
//! Each module imports only from those that stand above it:
//!
//! | what | modules |
//! |---|---|
//! | errors, the world outside, limits | [`error`], [`network`], [`dial`], [`settings`], `deadline`, `state` |
//! | one transport and its bytes | `progress`, `output`, `tls_layer`, `tunnel_layer`, `wire` |
//! | a wire and the exchanges on it | `source`, `debug`, `turn`, `lane`, `step` |
//! | waiting | [`select`], `block`, [`instance`] |
//! | Python's semantics | `response`, `reader`, `raw`, `connection`, `request` |
//! | a network for tests | `scripted` |

#![cfg_attr(target_family = "wasm", no_std)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic))]

extern crate alloc;

mod block;
mod connection;
mod deadline;
mod debug;
pub mod dial;
pub mod error;
pub mod instance;
mod lane;
pub mod network;
mod output;
mod progress;
mod raw;
mod reader;
mod request;
mod response;
#[cfg(any(test, feature = "scripted"))]
pub mod scripted;
pub mod select;
pub mod settings;
mod source;
mod state;
mod step;
mod tls_layer;
mod tunnel_layer;
mod turn;
mod wire;

#[cfg(test)]
mod tests;

pub use connection::{Connection, SharedContext};
pub use instance::Instance;
pub use request::Source;
pub use response::Response;
