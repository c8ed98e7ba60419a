//! What can go wrong with HTTP itself, by blame: the caller's values, what the
//! peer sent, memory. The texts are the reference's where it has one.

pub mod caller;
pub mod peer;

use crate::memory::OutOfMemory;
use core::fmt;

pub use caller::Caller;
pub use peer::Peer;

/// An error of this room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// A value that cannot be sent.
    Caller(Caller),
    /// What the peer sent is not HTTP, or not all of it.
    Peer(Peer),
    /// Memory could not be had; nothing was changed or lost.
    Memory,
}

/// The result of every operation that can fail.
pub type Result<T> = core::result::Result<T, Error>;

impl From<OutOfMemory> for Error {
    fn from(_: OutOfMemory) -> Self {
        Self::Memory
    }
}

impl From<Caller> for Error {
    fn from(error: Caller) -> Self {
        Self::Caller(error)
    }
}

impl From<Peer> for Error {
    fn from(error: Peer) -> Self {
        Self::Peer(error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Caller(error) => error.fmt(f),
            Self::Peer(error) => error.fmt(f),
            Self::Memory => f.write_str("out of memory"),
        }
    }
}

impl core::error::Error for Error {}
