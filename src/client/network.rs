//! What connections ask of the world outside: byte streams that never wait, a
//! resolver, a clock, a way to wait, and a place for debug output.
//!
//! The component's `platform` is that world on WASI; [`crate::scripted`] is the
//! tests'.

use crate::error::Result;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::{IpAddr, SocketAddr};
use httplib_proto::body::End;
use httplib_proto::buffer::Buffer;
use httplib_tls::Info;

/// How much a receive asks for at most: what Wasmtime gives at most at a time.
pub const RECEIVE: usize = 64 * 1024;

/// What a receive gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Read {
    /// Bytes were appended.
    Some,
    /// Bytes were received, and nothing came of them yet: a part of a TLS record,
    /// or one of TLS's own.
    Nothing,
    /// Nothing yet.
    Blocked,
    /// The peer sends no more.
    End(End),
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

/// What a stream of a caller's gave.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken {
    /// Bytes, at least one.
    Data(Vec<u8>),
    /// Nothing yet.
    Blocked,
    /// There are no more.
    End,
}

/// Bytes that a caller provides.
pub trait ByteStream {
    /// Something that a wait can wait for.
    type Event: Clone;

    /// Takes at most `max` bytes.
    ///
    /// # Errors
    /// The stream's; out of memory, before anything was taken.
    fn take(&mut self, max: usize) -> Result<Taken>;

    /// What tells that `take` may have something to say.
    fn event(&self) -> Self::Event;
}

/// A byte stream to a peer.
pub trait Transport {
    /// Something that a wait can wait for.
    type Event: Clone;

    /// Receives once, at most about `max` bytes, and appends them to `into`.
    ///
    /// # Errors
    /// `connection-reset` and other network errors, TLS; out of memory, before
    /// anything was received.
    fn read(&mut self, into: &mut Buffer, max: usize) -> Result<Read>;

    /// Sends bytes from the front; returns how many were taken, 0 if none can
    /// be taken now.
    ///
    /// # Errors
    /// `broken-pipe`, `connection-reset` and other network errors, TLS; out of
    /// memory, before anything was taken.
    fn write(&mut self, bytes: &[u8]) -> Result<usize>;

    /// Whether everything taken was handed on to the network, ciphertext included.
    ///
    /// # Errors
    /// Those of `write`.
    fn flush(&mut self) -> Result<bool> {
        Ok(true)
    }

    /// Whether nothing waits here to be handed on, without trying.
    fn is_drained(&self) -> bool {
        true
    }

    /// Whether `read` has something to do without asking the network.
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

    /// What a TLS handshake agreed on.
    fn tls_info(&self) -> Option<Info> {
        None
    }

    /// What tells that this direction may have become possible.
    fn event(&self, direction: Direction) -> Self::Event;
}

impl<E: Clone> Transport for alloc::boxed::Box<dyn Transport<Event = E>> {
    type Event = E;

    fn read(&mut self, into: &mut Buffer, max: usize) -> Result<Read> {
        (**self).read(into, max)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        (**self).write(bytes)
    }

    fn flush(&mut self) -> Result<bool> {
        (**self).flush()
    }

    fn is_drained(&self) -> bool {
        (**self).is_drained()
    }

    fn has_buffered(&self) -> bool {
        (**self).has_buffered()
    }

    fn close(&mut self) {
        (**self).close();
    }

    fn shutdown(&mut self) -> Result<bool> {
        (**self).shutdown()
    }

    fn address(&self, side: Side) -> Option<SocketAddr> {
        (**self).address(side)
    }

    fn tls_info(&self) -> Option<Info> {
        (**self).tls_info()
    }

    fn event(&self, direction: Direction) -> E {
        (**self).event(direction)
    }
}

/// What came of a step that opens something over a transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// It is open.
    Done,
    /// Bytes were received; it can go on.
    Moved,
    /// It waits for this.
    Blocked(Direction),
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

/// A way out for debug output.
pub trait Log {
    /// Writes lines to standard output, dropping them where that fails.
    fn print(&self, lines: &str);
}

/// The network and a clock.
pub trait Network: Log {
    /// Something that a wait can wait for.
    type Event: Clone + 'static;
    /// Its sockets.
    type Socket: Socket<Event = Self::Event> + 'static;
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
}

/// A way to wait that blocks the caller.
pub trait Block: Network {
    /// Waits until one of the events is ready or the clock reads `deadline`.
    /// Returns the positions of those that are ready, none at the deadline.
    ///
    /// # Errors
    /// Out of memory, before waiting.
    fn wait(&self, events: &[Self::Event], deadline: Option<u64>) -> Result<Vec<u32>>;
}

/// Prints formatted lines, if there is memory for their text.
pub fn print(log: &impl Log, size: usize, line: impl FnOnce() -> String) {
    // Strings grow by doubling and copying. Dropping debug output is better than
    // failing.
    let reserve = size.saturating_mul(3).saturating_add(512);
    if let Ok(line) = httplib_proto::memory::section(reserve, line) {
        log.print(&line);
    }
}
