//! One transport from dialling to its end, and the bytes on their way through it.
//! Nothing here waits, and nothing knows of a request.

use crate::dial::{Dial, Source};
use crate::error::{Call, Error, Phase, Result};
use crate::network::{Direction, Network, Opening, Read, Side, Transport};
use crate::output::Output;
use crate::progress::{Blocked, On, SHARE, Step, Stepped, done};
use crate::tls_layer::{Secured, Tls};
use crate::tunnel_layer::Tunnel;
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::rc::Rc;
use alloc::string::String;
use core::mem;
use core::net::SocketAddr;
use httplib_proto::body::End;
use httplib_proto::buffer::Buffer;
use httplib_proto::error::peer;
use httplib_tls::Info;

/// A transport and its buffers.
pub struct Wire<N: Network> {
    network: Rc<N>,
    host: String,
    stage: Stage<N>,
    /// What is still to be opened over the connection.
    hops: VecDeque<Hop>,
    /// Bytes that were received and not consumed.
    pub input: Buffer,
    /// Bytes that are to be sent.
    pub output: Output,
    end: Option<End>,
    read_failure: Option<Error>,
    write_broke: bool,
    /// How many bytes were received, as plaintext.
    received: u64,
}

type Layer<N> = Box<dyn Transport<Event = <N as Network>::Event>>;

enum Stage<N: Network> {
    Dialing(Dial<N>),
    Tunnel(Layer<N>, Box<Tunnel>),
    Handshake(Box<Tls<Layer<N>>>),
    Open(Layer<N>),
    Closed,
}

/// Something that is opened over a transport, and is one itself then.
pub enum Hop {
    /// A proxy's tunnel.
    Tunnel(Box<Tunnel>),
    /// TLS.
    Tls(Box<Secured>),
}

/// What a wire is to be opened to.
pub struct Target {
    /// Name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Where this side is bound.
    pub source: Option<Source>,
    /// What is opened over the connection, in order.
    pub hops: VecDeque<Hop>,
}

impl<N: Network> Wire<N> {
    /// Begins to open a wire.
    ///
    /// # Errors
    /// `name-resolution`, `os-error`.
    pub fn dial(network: &Rc<N>, target: Target) -> Result<Self> {
        let dial = Dial::start(&**network, &target.host, target.port, target.source)?;
        Ok(Self {
            network: Rc::clone(network),
            host: target.host,
            stage: Stage::Dialing(dial),
            hops: target.hops,
            input: Buffer::default(),
            output: Output::default(),
            end: None,
            read_failure: None,
            write_broke: false,
            received: 0,
        })
    }

    /// The host that it is to reach.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether everything that is to be opened is.
    pub fn is_open(&self) -> bool {
        matches!(self.stage, Stage::Open(_)) && self.hops.is_empty()
    }

    /// Whether it can carry nothing more.
    pub fn is_closed(&self) -> bool {
        matches!(self.stage, Stage::Closed)
    }

    /// Whether it is on the way to being open.
    pub fn is_opening(&self) -> bool {
        !self.is_open() && !self.is_closed()
    }

    /// The peer's end of the stream, once it was seen.
    pub fn end(&self) -> Option<End> {
        self.end
    }

    /// Whether a receive would tell something without asking the network.
    pub fn has_news(&self) -> bool {
        self.end.is_some() || self.read_failure.is_some() || self.has_buffered()
    }

    /// Whether TLS has received something that it did not look at.
    pub fn has_buffered(&self) -> bool {
        matches!(&self.stage, Stage::Open(transport) if transport.has_buffered())
    }

    /// Whether writing has failed.
    pub fn is_write_broken(&self) -> bool {
        self.write_broke
    }

    /// How many bytes were received so far, as plaintext.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// The address of this side, or the peer's, from the connection on.
    pub fn address(&self, side: Side) -> Option<SocketAddr> {
        match &self.stage {
            Stage::Open(transport) | Stage::Tunnel(transport, _) => transport.address(side),
            Stage::Handshake(tls) => tls.address(side),
            Stage::Dialing(_) | Stage::Closed => None,
        }
    }

    /// What the TLS handshake agreed on, once it is done.
    pub fn tls_info(&self) -> Option<Info> {
        match &self.stage {
            Stage::Open(transport) => transport.tls_info(),
            _ => None,
        }
    }

    /// Goes on with opening.
    ///
    /// # Errors
    /// `name-resolution`, network errors, TLS's, those of the tunnel. After any but
    /// short memory the wire is closed.
    pub fn open(&mut self) -> Stepped<()> {
        if self.is_open() {
            return Ok(Step::Done(()));
        }
        let opened = self.advance();
        if let Err(error) = &opened
            && !error.is_memory()
        {
            self.abort();
        }
        opened
    }

    fn advance(&mut self) -> Stepped<()> {
        loop {
            let (phase, opening) = match &mut self.stage {
                Stage::Dialing(dial) => match dial.advance(&*self.network)? {
                    Some(socket) => {
                        self.stage = Stage::Open(Box::new(socket));
                        continue;
                    }
                    None => {
                        let mut blocked = Blocked::on(dial.phase(), On::DIAL);
                        blocked.wake = dial.wake();
                        return Ok(Step::Blocked(blocked));
                    }
                },
                Stage::Tunnel(inner, tunnel) => {
                    let opening = tunnel.advance(&*self.network, inner, &mut self.input)?;
                    (Phase::Tunnel, opening)
                }
                Stage::Handshake(tls) => (Phase::Tls, tls.handshake()?),
                Stage::Open(_) => match self.hops.pop_front() {
                    Some(hop) => {
                        self.begin(hop)?;
                        continue;
                    }
                    None => return Ok(Step::Done(())),
                },
                Stage::Closed => return Err(Call::NotConnected.into()),
            };
            match opening {
                Opening::Blocked(direction) => {
                    let blocked = Blocked::on(phase, On::one(direction));
                    return Ok(Step::Blocked(blocked));
                }
                Opening::Moved => return Ok(Step::Spent(phase)),
                Opening::Done => {
                    self.stage = match mem::replace(&mut self.stage, Stage::Closed) {
                        Stage::Tunnel(inner, _) => Stage::Open(inner),
                        Stage::Handshake(tls) => Stage::Open(tls),
                        other => other,
                    };
                }
            }
        }
    }

    fn begin(&mut self, hop: Hop) -> Result<()> {
        let Stage::Open(inner) = mem::replace(&mut self.stage, Stage::Closed) else {
            return Err(Call::NotConnected.into());
        };
        self.stage = match hop {
            Hop::Tunnel(tunnel) => Stage::Tunnel(inner, tunnel),
            Hop::Tls(secured) => {
                // A TLS server waits for the client: these bytes are not its own.
                if !self.input.is_empty() {
                    let error = peer::malformed("the proxy sent more than its answer");
                    return Err(Error::from(error).in_phase(Phase::Tunnel));
                }
                Stage::Handshake(Box::new(Tls::new(inner, *secured)))
            }
        };
        Ok(())
    }

    /// Sends what is in `output`; done when the network has taken everything,
    /// ciphertext included.
    ///
    /// # Errors
    /// `broken-pipe`, `connection-reset` and other network errors, TLS's. After any
    /// but short memory nothing more is sent; what the peer sent before can still be
    /// received.
    pub fn write(&mut self) -> Stepped<()> {
        let written = self.write_share();
        if let Err(error) = &written
            && !error.is_memory()
        {
            self.output.clear();
            self.write_broke = true;
        }
        written.map_err(|error| error.in_phase(Phase::Send))
    }

    fn write_share(&mut self) -> Stepped<()> {
        let Stage::Open(transport) = &mut self.stage else {
            return Err(Call::NotConnected.into());
        };
        let blocked = Step::Blocked(Blocked::on(Phase::Send, On::one(Direction::Write)));
        let mut moved = 0;
        while !self.output.is_empty() {
            match transport.write(self.output.front())? {
                0 => return Ok(blocked),
                count => self.output.sent(count),
            }
            moved += 1;
            if moved > SHARE / 4096 {
                return Ok(Step::Spent(Phase::Send));
            }
        }
        Ok(match transport.flush()? {
            true => Step::Done(()),
            false => blocked,
        })
    }

    /// Whether nothing waits to be sent, as far as can be told without trying.
    pub fn is_drained(&self) -> bool {
        self.output.is_empty()
            && match &self.stage {
                Stage::Open(transport) => transport.is_drained(),
                _ => true,
            }
    }

    /// Whether everything was handed on to the network.
    pub fn is_flushed(&mut self) -> bool {
        self.output.is_empty()
            && match &mut self.stage {
                // Where nothing waits, a flush can only be short of memory.
                Stage::Open(transport) => {
                    transport.is_drained() || matches!(transport.flush(), Ok(true))
                }
                _ => true,
            }
    }

    /// Ends this side's sending.
    ///
    /// # Errors
    /// Those of `write`.
    pub fn shutdown(&mut self) -> Stepped<()> {
        done!(self.write());
        let Stage::Open(transport) = &mut self.stage else {
            return Err(Call::NotConnected.into());
        };
        let shut = transport.shutdown();
        Ok(match shut.map_err(|error| error.in_phase(Phase::Send))? {
            true => Step::Done(()),
            false => Step::Blocked(Blocked::on(Phase::Send, On::one(Direction::Write))),
        })
    }

    /// Receives once, about `max` bytes.
    ///
    /// # Errors
    /// `connection-reset` and other network errors, TLS's: again at every call. Out
    /// of memory, before anything was received.
    pub fn receive(&mut self, max: usize) -> Result<Read> {
        if let Some(error) = &self.read_failure {
            return Err(error.clone());
        }
        if let Some(end) = self.end {
            return Ok(Read::End(end));
        }
        let Stage::Open(transport) = &mut self.stage else {
            return Err(Call::NotConnected.into());
        };
        let before = self.input.len();
        let read = transport.read(&mut self.input, max);
        self.received += (self.input.len() - before) as u64;
        match &read {
            Ok(Read::End(end)) => self.end = Some(*end),
            Ok(_) => {}
            Err(error) if error.is_memory() => {}
            Err(error) => self.read_failure = Some(error.clone()),
        }
        read
    }

    /// Adds the events of this set.
    pub fn events(&self, on: On, events: &mut alloc::vec::Vec<N::Event>) {
        let mut add = |transport: &dyn Transport<Event = N::Event>| {
            if on.read {
                events.push(transport.event(Direction::Read));
            }
            if on.write {
                events.push(transport.event(Direction::Write));
            }
        };
        match &self.stage {
            Stage::Dialing(dial) => dial.events(events),
            Stage::Open(inner) | Stage::Tunnel(inner, _) => add(&**inner),
            Stage::Handshake(tls) => add(&**tls),
            Stage::Closed => {}
        }
    }

    /// What opening waits for, without a step: nothing if it can go on at once.
    pub fn opening_waits_for(&self) -> Option<Blocked> {
        match &self.stage {
            Stage::Dialing(dial) => {
                let mut blocked = Blocked::on(dial.phase(), On::DIAL);
                blocked.wake = dial.wake();
                Some(blocked)
            }
            Stage::Tunnel(_, tunnel) => {
                Some(Blocked::on(Phase::Tunnel, On::one(tunnel.waits_for())))
            }
            Stage::Handshake(tls) => {
                let direction = tls.handshake_waits_for()?;
                Some(Blocked::on(Phase::Tls, On::one(direction)))
            }
            Stage::Open(_) | Stage::Closed => None,
        }
    }

    /// Ends the transport, telling the peer where that does not wait.
    pub fn close(&mut self) {
        if let Stage::Open(transport) = &mut self.stage
            && self.read_failure.is_none()
        {
            transport.close();
        }
        self.abort();
    }

    /// Ends the transport without a word to the peer.
    pub fn abort(&mut self) {
        self.stage = Stage::Closed;
        self.hops.clear();
        self.output.clear();
    }
}

impl<N: Network> Drop for Wire<N> {
    fn drop(&mut self) {
        self.close();
    }
}
