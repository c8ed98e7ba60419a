//! The steps of a link: opening, sending, receiving. None waits; each says what it
//! is blocked on.

use super::waiting::On;
use super::{Link, Stage, Step};
use crate::feed::Fed;
use crate::transport::tls::{Secured, Tls};
use crate::transport::{Direction, Network, Read};
use crate::tunnel::Tunneling;
use alloc::boxed::Box;
use core::task::Poll;
use httplib_proto::body::End;
use httplib_proto::error::{Phase, Result, peer};

/// How much a receive asks for: what Wasmtime gives at most at a time.
pub(super) const RECEIVE: usize = 64 * 1024;

impl<N: Network> Link<N> {
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
                Stage::Closed => return Err(httplib_proto::error::caller::not_connected()),
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
            let Some(transport) = self.stage.transport() else {
                return Ok(false);
            };
            while !self.output.is_empty() {
                match transport.write(self.output.front())? {
                    0 => return Ok(false),
                    count => self.output.sent(count),
                }
            }
            let flushed = transport.flush()?;
            match &mut self.feed {
                None => return Ok(flushed),
                Some(feed) => match feed.next()? {
                    Fed::Blocked => return Ok(false),
                    Fed::Block(bytes) => {
                        let (chunked, shown) = (feed.coding.chunked, feed.shown);
                        self.queue_piece(bytes, chunked, shown);
                    }
                    Fed::End => self.end_feed(),
                },
            }
        }
    }

    fn end_feed(&mut self) {
        if let Some(feed) = self.feed.take() {
            self.fed += feed.sent;
            self.queue_end(&feed.coding, feed.shown);
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
        let done = match self.stage.transport() {
            Some(transport) => transport.shutdown(),
            None => Ok(true),
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

    pub(super) fn read(&mut self, max: usize, phase: Phase) -> Step<()> {
        if let Some(error) = &self.read_failure {
            return Err(error.clone().in_phase(phase));
        }
        if self.end.is_some() {
            return Ok(Poll::Ready(()));
        }
        let Some(transport) = self.stage.transport() else {
            return Ok(Poll::Pending);
        };
        match transport.read(max) {
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
}

/// The stage after the TCP connection, or the tunnel.
fn connected<N: Network>(socket: N::Socket, session: Option<Secured>) -> Stage<N> {
    match session {
        Some(session) => Stage::Handshake(Tls::new(socket, session)),
        None => Stage::Plain(socket),
    }
}
