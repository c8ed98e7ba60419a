//! Byte streams that never wait, and what they ask of the world outside.
//!
//! `platform` is that world on WASI; `scripted` is the tests'.

pub mod tcp;
pub mod tls;

#[cfg(any(test, feature = "scripted"))]
pub mod scripted;

use alloc::string::String;
use alloc::vec::Vec;
use core::net::{IpAddr, SocketAddr};
use httplib_proto::error::Result;

/// What a receive gave.
#[derive(Debug, PartialEq, Eq)]
pub enum Read {
    /// Bytes, at least one.
    Data(Vec<u8>),
    /// Nothing yet.
    Blocked,
    /// The peer sends no more. `ragged`: without saying so in TLS, so that
    /// bytes may have been cut off.
    End {
        /// TLS ended without `close_notify`.
        ragged: bool,
    },
}

/// The way that an operation waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Bytes from the peer.
    Read,
    /// Room for bytes to the peer.
    Write,
}

/// An end of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// This one.
    Local,
    /// The other one.
    Peer,
}

/// Bytes that a caller provides.
pub trait ByteStream {
    /// Something that a wait can wait for.
    type Event: Clone;

    /// Takes at most `max` bytes.
    ///
    /// # Errors
    /// `os-error`.
    fn read(&mut self, max: usize) -> Result<Read>;

    /// What tells that `read` may have something to say.
    fn event(&self) -> Self::Event;
}

/// A byte stream to a peer.
pub trait Transport {
    /// Something that a wait can wait for.
    type Event: Clone;

    /// Receives at most about `max` bytes.
    ///
    /// # Errors
    /// `connection-reset` and other network errors, `tls`.
    fn read(&mut self, max: usize) -> Result<Read>;

    /// Sends bytes from the front; returns how many were taken, 0 if none can
    /// be taken now.
    ///
    /// # Errors
    /// `broken-pipe`, `connection-reset` and other network errors, `tls`.
    fn write(&mut self, bytes: &[u8]) -> Result<usize>;

    /// Whether everything taken was handed on to the network.
    ///
    /// # Errors
    /// Those of `write`.
    fn flush(&mut self) -> Result<bool> {
        Ok(true)
    }

    /// Whether `read` has bytes without asking the network.
    fn has_buffered(&self) -> bool {
        false
    }

    /// Tells the peer that no more will be sent, if there is a way that does
    /// not wait.
    fn close(&mut self) {}

    /// Ends this side's sending, after everything that was taken; the peer can
    /// still send. Whether that is done.
    ///
    /// # Errors
    /// Those of `write`.
    fn shutdown(&mut self) -> Result<bool>;

    /// The address of this side, or the peer's.
    fn address(&self, side: Side) -> Option<SocketAddr>;

    /// What tells that this direction may have become possible.
    fn event(&self, direction: Direction) -> Self::Event;
}

/// A TCP socket, connecting at first.
pub trait Socket: Transport {
    /// Whether the connection is there; then the socket can be read and
    /// written.
    ///
    /// # Errors
    /// `connection-refused` and other network errors.
    fn finish_connect(&mut self) -> Result<bool>;

    /// What tells that `finish_connect` may have something to say.
    fn connecting(&self) -> Self::Event;
}

/// The next address of a host name.
#[derive(Debug, PartialEq, Eq)]
pub enum NextAddress {
    /// An address.
    Address(IpAddr),
    /// Nothing yet.
    Blocked,
    /// There are no more.
    End,
}

/// A host name that is being resolved.
pub trait Lookup {
    /// Something that a wait can wait for.
    type Event: Clone;

    /// Asks for the next address.
    ///
    /// # Errors
    /// `name-resolution`.
    fn next(&mut self) -> Result<NextAddress>;

    /// What tells that `next` may have something to say.
    fn event(&self) -> Self::Event;
}

/// The network, a clock, and the way out for debug output.
pub trait Network {
    /// Something that a wait can wait for.
    type Event: Clone;
    /// Its sockets.
    type Socket: Socket<Event = Self::Event>;
    /// Its name lookups.
    type Lookup: Lookup<Event = Self::Event>;
    /// Streams that callers provide.
    type Stream: ByteStream<Event = Self::Event>;

    /// Nanoseconds of a clock that only goes forward.
    fn now(&self) -> u64;

    /// Starts resolving a host name.
    ///
    /// # Errors
    /// `name-resolution`, `os-error`.
    fn lookup(&self, name: &str) -> Result<Self::Lookup>;

    /// Starts connecting, from `source` if it is given.
    ///
    /// # Errors
    /// `connection-refused` and other network errors.
    fn dial(&self, remote: SocketAddr, source: Option<SocketAddr>) -> Result<Self::Socket>;

    /// Waits until one of the events is ready or the clock reads `deadline`.
    /// Returns the positions of those that are ready, none at the deadline.
    fn wait(&self, events: &[Self::Event], deadline: Option<u64>) -> Vec<u32>;

    /// Writes a line to standard output, dropping it where that fails.
    fn print(&self, line: String);
}
