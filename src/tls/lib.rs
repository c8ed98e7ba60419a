//! TLS for one connection at a time, without I/O: bytes in, events and bytes out.
//!
//! A [`Context`] says what is trusted, who we are and what is offered; many connections share it. A
//! [`Session`] is one connection: the caller hands it what the socket brought ([`Session::read_tls`]),
//! writes to the socket what it says ([`Session::outgoing`]), and reads and writes plaintext.
//!
//! | file | what it is |
//! |---|---|
//! | `context` | the settings, and the rustls configuration made of them |
//! | `identity` | certificates and keys from PEM and DER |
//! | `session`, `queue` | one connection, and its bytes on their way |
//! | `verifier`, `certificate` | the check of the server's certificate, and its findings in words |
//! | `remembered` | signatures of certificates that were verified before |
//! | `explain`, `error`, `names` | what else can go wrong, in words; names of suites and groups |
//! | `sessions`, `keylog`, `clock` | what rustls asks a context for |
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
mod session;
mod sessions;
mod verifier;

pub use clock::Clock;
pub use context::{Context, ServerName, VerifyMode, Version};
pub use error::{CertificateReason, Error, Kind};
pub use info::Info;
pub use session::{Processed, Progress, Session};

#[cfg(test)]
mod tests;
