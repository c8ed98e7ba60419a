//! Through a proxy: CONNECT and its answer, before anything else is sent.

use super::link::Step;
use super::world::World;
use crate::transport::{Direction, Network, Read, Transport};
use alloc::format;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::task::Poll;
use httplib_proto::buffer::Buffer;
use httplib_proto::error::Phase;
use httplib_proto::headers::Headers;
use httplib_proto::latin1;
use httplib_proto::limits::Limits;
use httplib_proto::literal;
use httplib_proto::response::{Event, HeadParser};
use httplib_proto::tunnel;

/// Where the header fields of the proxy's answer are kept: they outlive the
/// connection that the proxy refused.
pub type ProxyHeaders = Rc<RefCell<Option<Headers>>>;

/// What a tunnel needs to be opened.
pub struct Opening {
    /// The CONNECT request.
    pub request: Vec<u8>,
    /// The limits of the answer.
    pub limits: Limits,
    /// Whether the exchange is printed.
    pub debug: bool,
    /// Where the answer's fields go.
    pub headers: ProxyHeaders,
}

/// A tunnel that is being opened.
pub struct Tunneling {
    opening: Opening,
    sent: usize,
    parser: HeadParser,
    ended: bool,
}

impl Tunneling {
    /// Begins the exchange.
    pub fn new<N: Network>(world: &World<N>, opening: Opening) -> Self {
        if opening.debug {
            let line = format!("send: {}\n", literal::bytes(&opening.request));
            world.network.print(line);
        }
        Self {
            opening,
            sent: 0,
            parser: HeadParser::of_proxy(),
            ended: false,
        }
    }

    /// Goes on; ready when the proxy opened the tunnel. What it sent after its
    /// answer stays in `input`. Pending: the direction to wait for.
    ///
    /// # Errors
    /// `os-error` if the proxy refused, what [`HeadParser::parse`] returns, and
    /// network errors.
    pub fn advance<N: Network>(
        &mut self,
        world: &World<N>,
        socket: &mut N::Socket,
        input: &mut Buffer,
    ) -> Step<()> {
        self.step(world, socket, input)
            .map_err(|error| error.in_phase(Phase::Tunnel))
    }

    fn step<N: Network>(
        &mut self,
        world: &World<N>,
        socket: &mut N::Socket,
        input: &mut Buffer,
    ) -> Step<()> {
        while self.sent < self.opening.request.len() {
            match socket.write(&self.opening.request[self.sent..])? {
                0 => return Ok(Poll::Pending),
                count => self.sent += count,
            }
        }
        loop {
            let limits = &self.opening.limits;
            match self.parser.parse(input, self.ended, true, limits)? {
                Event::StatusLine(_) | Event::Interim(..) => {}
                Event::Final(head) => {
                    self.print_headers(world);
                    *self.opening.headers.borrow_mut() = Some(head.headers.clone());
                    tunnel::check(&head)?;
                    return Ok(Poll::Ready(()));
                }
                Event::NeedMore => match socket.read(usize::from(u16::MAX))? {
                    Read::Data(bytes) => input.push(bytes)?,
                    Read::Blocked => return Ok(Poll::Pending),
                    Read::End { .. } => self.ended = true,
                },
            }
        }
    }

    /// Each line with its line end, the blank one too, as the reference prints
    /// them.
    fn print_headers<N: Network>(&mut self, world: &World<N>) {
        if !self.opening.debug {
            return;
        }
        for line in self
            .parser
            .take_raw()
            .split_inclusive(|&byte| byte == b'\n')
        {
            let line = latin1::decode(line);
            world.network.print(format!("header: {line}\n"));
        }
    }

    /// What the exchange waits for.
    pub fn direction(&self) -> Direction {
        if self.sent < self.opening.request.len() {
            Direction::Write
        } else {
            Direction::Read
        }
    }
}
