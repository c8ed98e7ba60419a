//! The scripted network for the torture: what it allocates is its own, and where the
//! contract lets it be short of memory it can be.

use crate::allocator::unwatched;
use httplib_client::error::Result;
use httplib_client::network::{
    Block, ByteStream, Direction, Log, Lookup, Network, NextAddress, Read, Side, Socket, Taken,
    Transport,
};
use httplib_client::scripted::{Event, Scripted, ScriptedLookup, ScriptedSocket, ScriptedStream};
use httplib_proto::buffer::Buffer;
use httplib_proto::memory;
use std::net::SocketAddr;

/// Something of the scripted network.
pub struct Short<T>(pub T);

impl Log for Short<Scripted> {
    fn print(&self, lines: &str) {
        unwatched(|| self.0.print(lines));
    }
}

impl Network for Short<Scripted> {
    type Event = Event;
    type Socket = Short<ScriptedSocket>;
    type Lookup = Short<ScriptedLookup>;
    type Stream = Short<ScriptedStream>;

    fn now(&self) -> u64 {
        self.0.now()
    }

    fn lookup(&self, name: &str) -> Result<Self::Lookup> {
        unwatched(|| self.0.lookup(name)).map(Short)
    }

    fn dial(&self, remote: SocketAddr, source: Option<SocketAddr>) -> Result<Self::Socket> {
        unwatched(|| self.0.dial(remote, source)).map(Short)
    }
}

impl Block for Short<Scripted> {
    fn wait(&self, events: &[Event], deadline: Option<u64>) -> Result<Vec<u32>> {
        memory::ensure(size_of_val(events))?;
        unwatched(|| self.0.wait(events, deadline))
    }
}

impl Lookup for Short<ScriptedLookup> {
    type Event = Event;

    fn next(&mut self) -> Result<NextAddress> {
        self.0.next()
    }

    fn event(&self) -> Event {
        self.0.event()
    }
}

impl ByteStream for Short<ScriptedStream> {
    type Event = Event;

    fn take(&mut self, max: usize) -> Result<Taken> {
        memory::ensure(max)?;
        unwatched(|| self.0.take(max))
    }

    fn event(&self) -> Event {
        self.0.event()
    }
}

impl Transport for Short<ScriptedSocket> {
    type Event = Event;

    fn read(&mut self, into: &mut Buffer, max: usize) -> Result<Read> {
        unwatched(|| self.0.read(into, max))
    }

    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        memory::ensure(1)?;
        unwatched(|| self.0.write(bytes))
    }

    fn flush(&mut self) -> Result<bool> {
        memory::ensure(1)?;
        self.0.flush()
    }

    fn shutdown(&mut self) -> Result<bool> {
        memory::ensure(1)?;
        self.0.shutdown()
    }

    fn address(&self, side: Side) -> Option<SocketAddr> {
        self.0.address(side)
    }

    fn event(&self, direction: Direction) -> Event {
        self.0.event(direction)
    }
}

impl Socket for Short<ScriptedSocket> {
    fn finish_connect(&mut self) -> Result<bool> {
        self.0.finish_connect()
    }

    fn connecting(&self) -> Event {
        self.0.connecting()
    }
}
