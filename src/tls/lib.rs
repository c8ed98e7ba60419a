//! TLS for one connection at a time, without I/O: bytes in, bytes out.
//!
//! A [`Context`] says what is trusted, who we are and what is offered; many
//! connections share it. A [`Session`] is one connection. It works on the
//! caller's vectors: [`Session::process`] takes what was received and appends
//! plaintext and what is to be sent, [`Session::write`] seals plaintext. What
//! a call allocates beside them at most is known before ([`Session::reserve`],
//! [`Context::reserve`]).
//!
//! | file | what it is |
//! |---|---|
//! | `error`, `names` | what can go wrong; names of suites and groups |
//! | `record` | the outside of records |
//! | `settings` | the choices that a context offers |
//! | `clock`, `keylog`, `sessions` | what rustls asks a context for |
//! | `identity`, `roots` | certificates and keys from PEM and DER; what is trusted |
//! | `remembered` | signatures that were verified before |
//! | `certificate`, `verifier` | the check of the server's certificate |
//! | `context` | the settings, and the rustls configuration of them |
//! | `explain`, `info` | a handshake's outcome |
//! | `driver`, `session` | one connection |
//!
//! Each file imports those above it alone.
//!
//! rustls is named in this crate and the provider alone.

#![cfg_attr(target_family = "wasm", no_std)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic))]

extern crate alloc;

mod certificate;
mod clock;
mod context;
mod driver;
mod error;
mod explain;
mod identity;
mod info;
mod keylog;
mod names;
mod record;
mod remembered;
mod roots;
mod session;
mod sessions;
mod settings;
mod verifier;

pub use clock::Clock;
pub use context::Context;
pub use error::{CertificateReason, Error, Kind};
pub use info::Info;
pub use session::{Processed, Progress, Session};
pub use settings::{ServerName, VerifyMode, Version};

#[cfg(test)]
mod tests;
