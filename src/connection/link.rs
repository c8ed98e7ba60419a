//! One transport from its opening to its end, and the bytes on their way
//! through it. Nothing here waits: each step says what it is blocked on.

use super::feed::{Fed, Feed};
use super::output::Output;
use super::tunnel::{Opening, Tunneling};
use super::world::World;
use crate::error::{Error, Phase, Result, peer};
use crate::proto::body::End;
use crate::proto::buffer::Buffer;
use crate::tls::Info;
use crate::transport::tcp::{Dial, Source};
use crate::transport::tls::{Secured, Tls};
use crate::transport::{Direction, Network, Read, Side, Transport};
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::net::SocketAddr;
use core::task::Poll;

/// How much a receive asks for: what Wasmtime gives at most at a time.
const RECEIVE: usize = 64 * 1024;

/// What a step that cannot go on waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blocked {
    /// Where it is.
    pub phase: Phase,
    on: On,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum On {
    Dial,
    One(Direction),
    /// Whatever sending waits for: the peer, or the stream that is sent.
    Send,
    /// That, or bytes from the peer.
    Both,
}

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
    /// Whether blocks of a stream are printed as they are sent.
    pub prints_sent: bool,
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
            prints_sent: false,
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

    /// Queues bytes to be sent.
    pub fn queue(&mut self, bytes: Vec<u8>) {
        self.output.push(bytes);
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

    /// Connects and makes the TLS handshake.
    ///
    /// # Errors
    /// `name-resolution`, network errors, `tls`, `certificate`.
    pub fn advance_open(&mut self) -> Step<()> {
        loop {
            match &mut self.stage {
                Stage::Dialing(dial, tunnel, session) => {
                    let Some(socket) = dial.advance(&self.world.network)? else {
                        let phase = dial.phase();
                        return Ok(self.block(phase, On::Dial));
                    };
                    let session = session.take();
                    self.stage = match tunnel.take() {
                        Some(tunnel) => {
                            let tunnel = Tunneling::new(&self.world, tunnel);
                            Stage::Tunnel(socket, Box::new(tunnel), session)
                        }
                        None => connected(socket, session),
                    };
                }
                Stage::Tunnel(socket, tunnel, _) => {
                    if tunnel
                        .advance(&self.world, socket, &mut self.input)?
                        .is_pending()
                    {
                        let direction = tunnel.direction();
                        return Ok(self.block(Phase::Tunnel, On::One(direction)));
                    }
                    let Stage::Tunnel(socket, _, session) =
                        core::mem::replace(&mut self.stage, Stage::Closed)
                    else {
                        continue;
                    };
                    // A TLS server waits for the client: these bytes are not its own.
                    if session.is_some() && !self.input.is_empty() {
                        return Err(peer::malformed("the proxy sent more than its answer")
                            .in_phase(Phase::Tunnel));
                    }
                    self.stage = connected(socket, session);
                }
                Stage::Handshake(tls) => {
                    if let Some(direction) = tls.handshake()? {
                        return Ok(self.block(Phase::Tls, On::One(direction)));
                    }
                    let Stage::Handshake(tls) = core::mem::replace(&mut self.stage, Stage::Closed)
                    else {
                        continue;
                    };
                    self.stage = Stage::Tls(tls);
                }
                Stage::Plain(_) | Stage::Tls(_) => {
                    self.blocked = None;
                    for line in core::mem::take(&mut self.unprinted) {
                        self.world.network.print(line);
                    }
                    return Ok(Poll::Ready(()));
                }
                Stage::Closed => return Err(crate::error::caller::not_connected()),
            }
        }
    }

    /// Opens, then sends what is queued.
    ///
    /// # Errors
    /// Those of `advance_open`; `broken-pipe`, `connection-reset` and other
    /// network errors, after which the queue is empty: what the peer sent
    /// before can still be received.
    pub fn advance_send(&mut self) -> Step<()> {
        if self.advance_open()?.is_pending() {
            return Ok(Poll::Pending);
        }
        let sent = self.write_queue();
        if let Err(error) = sent {
            self.output.clear();
            self.feed = None;
            self.write_failed = true;
            return Err(error.in_phase(Phase::Send));
        }
        if sent? {
            self.blocked = None;
            return Ok(Poll::Ready(()));
        }
        Ok(self.block(Phase::Send, On::Send))
    }

    fn write_queue(&mut self) -> Result<bool> {
        loop {
            let transport: &mut dyn Transport<Event = N::Event> = match &mut self.stage {
                Stage::Plain(socket) => socket,
                Stage::Tls(tls) => tls,
                _ => return Ok(false),
            };
            while !self.output.is_empty() {
                match transport.write(self.output.front())? {
                    0 => return Ok(false),
                    count => self.output.sent(count),
                }
            }
            if self.feed.is_none() {
                return transport.flush();
            }
            if !self.pull()? {
                // What the stream gave so far is not kept back meanwhile.
                self.flush_transport()?;
                return Ok(false);
            }
        }
    }

    /// Queues the next block of the stream; whether there was one, or its end.
    fn pull(&mut self) -> Result<bool> {
        let Some(feed) = &mut self.feed else {
            return Ok(true);
        };
        let bytes = match feed.next()? {
            Fed::Blocked => return Ok(false),
            Fed::Block(bytes) => bytes,
            Fed::End(bytes) => {
                self.fed += feed.sent;
                self.feed = None;
                bytes
            }
        };
        if self.prints_sent && !bytes.is_empty() {
            self.world.network.print(super::debug::sent(&bytes));
        }
        self.output.push(bytes);
        Ok(true)
    }

    fn flush_transport(&mut self) -> Result<bool> {
        match &mut self.stage {
            Stage::Plain(socket) => socket.flush(),
            Stage::Tls(tls) => tls.flush(),
            _ => Ok(true),
        }
    }

    /// Sends what is queued, then ends this side's sending.
    ///
    /// # Errors
    /// Those of `advance_send`.
    pub fn advance_shutdown(&mut self) -> Step<()> {
        if self.advance_send()?.is_pending() {
            return Ok(Poll::Pending);
        }
        let done = match &mut self.stage {
            Stage::Plain(socket) => socket.shutdown(),
            Stage::Tls(tls) => tls.shutdown(),
            _ => Ok(true),
        };
        if done.map_err(|error| error.in_phase(Phase::Send))? {
            return Ok(Poll::Ready(()));
        }
        Ok(self.block(Phase::Send, On::One(Direction::Write)))
    }

    /// Opens and sends, then receives once; ready when bytes were added to
    /// `input` or the end was seen. A peer that answers before it has read
    /// everything is heard.
    ///
    /// # Errors
    /// Those of `advance_send`, but for broken sending, which shows in what
    /// follows; `connection-reset` and other network errors; `tls`.
    pub fn advance_receive(&mut self, phase: Phase) -> Step<()> {
        if self.advance_open()?.is_pending() {
            return Ok(Poll::Pending);
        }
        let sending = !self.is_flushed()
            && match self.advance_send() {
                Ok(sent) => sent.is_pending(),
                Err(_) => false,
            };
        match self.read(RECEIVE, phase)? {
            Poll::Ready(()) => {
                self.blocked = None;
                self.starved = false;
                Ok(Poll::Ready(()))
            }
            Poll::Pending => {
                self.starved = true;
                Ok(if sending {
                    self.block(Phase::Send, On::Both)
                } else {
                    self.block(phase, On::One(Direction::Read))
                })
            }
        }
    }

    /// For `select`, whose poll said that this link can be read: receives once.
    /// Whether there is now something to read; while the link is being opened or
    /// sends, its next step finds out.
    pub fn receive_if_idle(&mut self) -> bool {
        if !self.is_open() || !self.is_flushed() {
            return true;
        }
        let read = self.read(RECEIVE, Phase::Other);
        let received = !matches!(read, Ok(Poll::Pending));
        self.starved &= !received;
        received
    }

    /// A response was read from: `readable` tells whether the next read would
    /// return without receiving.
    pub fn set_readable(&mut self, readable: bool) {
        self.readable = readable;
        self.starved = false;
    }

    fn read(&mut self, max: usize, phase: Phase) -> Step<()> {
        if let Some(error) = &self.read_failure {
            return Err(error.clone().in_phase(phase));
        }
        if self.end.is_some() {
            return Ok(Poll::Ready(()));
        }
        let read = match &mut self.stage {
            Stage::Plain(socket) => socket.read(max),
            Stage::Tls(tls) => tls.read(max),
            _ => return Ok(Poll::Pending),
        };
        match read {
            Ok(Read::Data(bytes)) => self.input.push(bytes)?,
            Ok(Read::Blocked) => return Ok(Poll::Pending),
            Ok(Read::End { ragged }) => {
                self.end = Some(if ragged { End::Ragged } else { End::Clean });
            }
            Err(error) => {
                self.read_failure = Some(error.clone());
                return Err(error.in_phase(phase));
            }
        }
        Ok(Poll::Ready(()))
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

    fn block<T>(&mut self, phase: Phase, on: On) -> Poll<T> {
        self.blocked = Some(Blocked { phase, on });
        Poll::Pending
    }

    /// Where the last step was blocked.
    pub fn blocked_phase(&self) -> Phase {
        self.blocked.map_or(Phase::Other, |blocked| blocked.phase)
    }

    /// Adds what the step that was blocked last waits for; returns a time at
    /// which it can go on in any case.
    pub fn blocked_events(&self, events: &mut Vec<N::Event>) -> Option<u64> {
        let blocked = self.blocked?;
        let timer = self.events(blocked.on, events);
        timer.into_iter().chain(self.wake.flatten()).min()
    }

    fn events(&self, on: On, events: &mut Vec<N::Event>) -> Option<u64> {
        let transport: &dyn Transport<Event = N::Event> = match &self.stage {
            Stage::Dialing(dial, ..) => return dial.events(events),
            Stage::Plain(socket) | Stage::Tunnel(socket, ..) => socket,
            Stage::Handshake(tls) | Stage::Tls(tls) => tls,
            Stage::Closed => return Some(0),
        };
        let send = || match &self.feed {
            Some(feed) if self.output.is_empty() => feed.event(),
            _ => transport.event(Direction::Write),
        };
        match on {
            On::One(direction) => events.push(transport.event(direction)),
            On::Send => events.push(send()),
            On::Both | On::Dial => {
                events.push(transport.event(Direction::Read));
                events.push(send());
            }
        }
        None
    }

    /// For `select`: adds what an operation of this direction would wait for
    /// and returns a time at which it can go on, 0 if it can now.
    pub fn select_events(&self, direction: Direction, events: &mut Vec<N::Event>) -> Option<u64> {
        match &self.stage {
            Stage::Dialing(..) | Stage::Tunnel(..) | Stage::Handshake(_) => {
                // Not begun yet: the call makes progress in any case.
                let Some(blocked) = self.blocked else {
                    return Some(0);
                };
                return self.events(blocked.on, events);
            }
            Stage::Closed => return Some(0),
            Stage::Plain(_) | Stage::Tls(_) => {}
        }
        let buffered = match &self.stage {
            Stage::Tls(tls) => tls.has_buffered(),
            _ => false,
        };
        let ready = self.end.is_some()
            || self.read_failure.is_some()
            || (!self.starved && (self.readable || buffered || !self.input.is_empty()));
        match direction {
            Direction::Read if ready => Some(0),
            // While a 100 (Continue) is waited for, that is what sending waits for too.
            _ if self.wake.is_some() => {
                self.events(On::One(Direction::Read), events);
                self.wake.flatten()
            }
            Direction::Read if !self.is_flushed() => self.events(On::Both, events),
            Direction::Read => self.events(On::One(direction), events),
            Direction::Write => self.events(On::Send, events),
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

/// The stage after the TCP connection, or the tunnel.
fn connected<N: Network>(socket: N::Socket, session: Option<Secured>) -> Stage<N> {
    match session {
        Some(session) => Stage::Handshake(Tls::new(socket, session)),
        None => Stage::Plain(socket),
    }
}

impl<N: Network> Drop for Link<N> {
    fn drop(&mut self) {
        self.close();
        self.world.forget(self.number);
    }
}
