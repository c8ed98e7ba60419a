//! One transport from its opening to its end, and the bytes on their way
//! through it. Nothing here waits: each step says what it is blocked on.

mod steps;
mod waiting;

use super::debug;
use super::feed::{Coding, Feed};
use super::output::Output;
use super::tunnel::{Opening, Tunneling};
use super::world::World;
use crate::transport::tcp::{Dial, Source};
use crate::transport::tls::{Secured, Tls};
use crate::transport::{Network, Side, Transport};
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::net::SocketAddr;
use core::task::Poll;
use httplib_proto::body::End;
use httplib_proto::buffer::Buffer;
use httplib_proto::error::{Error, Phase, Result};
use httplib_proto::request::{chunk_start, last_chunk};
use httplib_tls::Info;
use waiting::Blocked;

/// The result of a step: done, or blocked.
pub type Step<T> = Result<Poll<T>>;

/// A transport and its buffers.
pub struct Link<N: Network> {
    world: Rc<World<N>>,
    number: u64,
    host: String,
    stage: Stage<N>,
    blocked: Option<Blocked>,
    output: Output,
    /// A stream that follows what is queued.
    feed: Option<Feed<N::Stream>>,
    /// How many bytes came from streams that were sent to their ends.
    pub fed: u64,
    /// Lines of debug output that wait for the connection, as the reference
    /// prints what it sends once it is connected.
    unprinted: Vec<String>,
    /// While a 100 (Continue) is waited for: when that is over, if ever.
    pub wake: Option<Option<u64>>,
    /// Sending failed: what a peer sent before may still be read.
    write_failed: bool,
    /// Received bytes.
    pub input: Buffer,
    /// The end of what the peer sends, once it was seen.
    end: Option<End>,
    read_failure: Option<Error>,
    /// Whether a read of the response would return without receiving.
    readable: bool,
    /// Whether the last operation used up what there is and needs more.
    starved: bool,
}

enum Stage<N: Network> {
    Dialing(Dial<N>, Option<Opening>, Option<Secured>),
    Tunnel(N::Socket, Box<Tunneling>, Option<Secured>),
    Handshake(Tls<N::Socket>),
    Plain(N::Socket),
    Tls(Tls<N::Socket>),
    Closed,
}

impl<N: Network> Stage<N> {
    /// The transport, once it is open.
    fn transport(&mut self) -> Option<&mut dyn Transport<Event = N::Event>> {
        match self {
            Self::Plain(socket) => Some(socket),
            Self::Tls(tls) => Some(tls),
            _ => None,
        }
    }
}

/// What a link is to be opened to.
pub struct Target {
    /// Name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Where this side is bound.
    pub source: Option<Source>,
    /// The tunnel to be opened through it.
    pub tunnel: Option<Opening>,
    /// The TLS connection to be made over it.
    pub session: Option<Secured>,
}

impl<N: Network> Link<N> {
    /// Begins to open a link.
    ///
    /// # Errors
    /// `name-resolution`, `os-error`.
    pub fn open(world: &Rc<World<N>>, target: Target) -> Result<Rc<RefCell<Self>>> {
        let Target {
            host,
            port,
            source,
            tunnel,
            session,
        } = target;
        let dial = Dial::start(&world.network, &host, port, source)?;
        let number = world.take_number();
        let link = Rc::new(RefCell::new(Self {
            world: Rc::clone(world),
            number,
            host,
            stage: Stage::Dialing(dial, tunnel, session),
            blocked: None,
            output: Output::default(),
            feed: None,
            fed: 0,
            unprinted: Vec::new(),
            wake: None,
            write_failed: false,
            input: Buffer::default(),
            end: None,
            read_failure: None,
            readable: false,
            starved: false,
        }));
        world.register(number, &link);
        Ok(link)
    }

    /// The number for `select`.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The host that it is to reach.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// What the TLS handshake agreed on, once it is done.
    pub fn tls_info(&self) -> Option<Info> {
        match &self.stage {
            Stage::Tls(tls) => tls.info(),
            _ => None,
        }
    }

    /// Whether connecting and the handshake are done.
    pub fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Plain(_) | Stage::Tls(_))
    }

    /// Whether it is on the way to being open.
    pub fn is_opening(&self) -> bool {
        matches!(
            self.stage,
            Stage::Dialing(..) | Stage::Tunnel(..) | Stage::Handshake(_)
        )
    }

    /// Whether it can carry nothing more.
    pub fn is_closed(&self) -> bool {
        matches!(self.stage, Stage::Closed)
    }

    /// Whether the peer's end of the stream was seen, and how.
    pub fn end(&self) -> Option<End> {
        self.end
    }

    /// Queues bytes to be sent; `shown`: with their line of debug output.
    pub fn queue(&mut self, bytes: Vec<u8>, shown: bool) {
        if shown {
            self.print(debug::sent(&bytes));
        }
        self.output.push(bytes);
    }

    /// Queues a piece of a body, which is a chunk if the body is sent in chunks.
    pub fn queue_piece(&mut self, piece: Vec<u8>, chunked: bool, shown: bool) {
        if !chunked {
            return self.queue(piece, shown);
        }
        let start = chunk_start(piece.len());
        if shown {
            self.print(debug::sent(&[&start, piece.as_slice(), b"\r\n"].concat()));
        }
        for part in [start, piece, b"\r\n".into()] {
            self.output.push(part);
        }
    }

    /// Queues what ends a body: nothing, unless it is sent in chunks.
    pub fn queue_end(&mut self, coding: &Coding, shown: bool) {
        if coding.chunked {
            self.queue(last_chunk(&coding.trailers), shown);
        }
    }

    /// Queues a stream; nothing can be queued behind it before it ends.
    pub fn queue_stream(&mut self, feed: Feed<N::Stream>) {
        self.feed = Some(feed);
    }

    /// Whether a stream is still being sent.
    pub fn is_feeding(&self) -> bool {
        self.feed.is_some()
    }

    /// Whether nothing is queued.
    pub fn is_flushed(&self) -> bool {
        self.output.is_empty() && self.feed.is_none()
    }

    /// Prints a line of debug output, now or once the link is open.
    pub fn print(&mut self, line: String) {
        if self.is_opening() {
            self.unprinted.push(line);
        } else {
            self.world.network.print(line);
        }
    }

    /// The address of this side, or the peer's, while the link is open.
    pub fn address(&self, side: Side) -> Option<SocketAddr> {
        match &self.stage {
            Stage::Plain(socket) | Stage::Tunnel(socket, ..) => socket.address(side),
            Stage::Tls(tls) | Stage::Handshake(tls) => tls.address(side),
            Stage::Dialing(..) | Stage::Closed => None,
        }
    }

    /// Looks, without waiting, whether a kept link can take another request:
    /// bytes that nobody asked for mean that it cannot. The peer's end does so
    /// only where `reconnect_stale` is set, as the reference has it.
    pub fn is_reusable(&mut self, reconnect_stale: bool) -> bool {
        if !self.is_open() || self.write_failed || !self.is_flushed() || !self.input.is_empty() {
            return false;
        }
        let read = self.read(1, Phase::Other);
        match read {
            Ok(Poll::Pending) => true,
            Ok(Poll::Ready(())) => self.input.is_empty() && !reconnect_stale,
            Err(_) => !reconnect_stale,
        }
    }

    /// Ends the transport, telling the peer where that does not wait.
    pub fn close(&mut self) {
        match &mut self.stage {
            Stage::Tls(tls) if self.read_failure.is_none() => tls.close(),
            _ => {}
        }
        self.abort();
    }

    /// Ends the transport without a word to the peer.
    pub fn abort(&mut self) {
        self.stage = Stage::Closed;
        self.output.clear();
        self.feed = None;
        self.unprinted.clear();
    }
}

impl<N: Network> Drop for Link<N> {
    fn drop(&mut self) {
        self.close();
        self.world.forget(self.number);
    }
}
