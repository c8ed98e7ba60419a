//! What the fuzzers run: one function for each target, which panics when something
//! that must hold does not. The bytes decide everything, as far as TLS lets them: its
//! keys are new each time.
//!
//! `host-tests/fuzz` calls these functions; the tests here replay its corpora.

// To panic is what these functions are for.
#![allow(clippy::unwrap_used, clippy::panic)]

mod body;
mod calls;
mod connection;
mod exchange;
mod head;
mod input;
mod message;
mod reading;
mod session;

pub use body::body;
pub use connection::connection;
pub use exchange::exchange;
pub use head::head;
pub use message::message;
pub use session::session;

/// A target: its name, which is its corpus's, and what it runs.
pub type Target = (&'static str, fn(&[u8]));

/// All of them.
pub const TARGETS: [Target; 6] = [
    ("body", body),
    ("connection", connection),
    ("exchange", exchange),
    ("head", head),
    ("message", message),
    ("session", session),
];
