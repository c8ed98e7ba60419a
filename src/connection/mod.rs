//! A connection and its requests (`HTTPConnection`): drives `proto` over
//! `transport`, one function for each step, and keeps all progress in its state.

mod debug;
mod exchange;
mod link;
mod output;
mod response;
mod select;
mod settings;
mod wait;
mod world;

#[cfg(test)]
mod tests;

pub use response::Response;
pub use select::select;
pub use settings::{Settings, Timeouts};
pub use world::World;

use crate::error::{Error, Result, caller};
use crate::proto::host::Authority;
use crate::proto::request::{Declared, RequestHead};
use crate::proto::response::{Head, HeadParser};
use crate::proto::state::State;
use crate::status::{HTTP_PORT, HTTPS_PORT};
use crate::tls;
use crate::transport::Network;
use crate::transport::tls::{Secured, convert};
use alloc::rc::{Rc, Weak};
use alloc::vec::Vec;
use core::cell::RefCell;
use debug::Debug;
use link::{Link, Step, Target};
use wait::{Started, Waiter};

/// A TLS context that connections share.
pub type SharedContext = Rc<RefCell<tls::Context>>;

/// A connection to one server.
pub struct Connection<N: Network> {
    world: Rc<World<N>>,
    /// What can be set; responses share it.
    pub settings: Rc<RefCell<Settings>>,
    authority: Authority,
    default_port: u16,
    security: Option<SharedContext>,
    state: State,
    /// The head that is being written, while started.
    head: Option<RequestHead>,
    exchange: Exchange,
    link: Option<Rc<RefCell<Link<N>>>>,
    /// The response that has the link, while it is kept.
    unread: Weak<RefCell<Response<N>>>,
}

/// The request under way, and what came of its response.
#[derive(Default)]
struct Exchange {
    started: Started,
    traits: crate::proto::framing::RequestTraits,
    declared: Option<Declared>,
    /// Bytes of the body, without their coding.
    body_sent: u64,
    parser: HeadParser,
    interim: Vec<Head>,
    /// The response cannot be understood, and neither can what follows it.
    failure: Option<Error>,
}

impl<N: Network> Connection<N> {
    /// `HTTPConnection(host, port)`.
    ///
    /// # Errors
    /// `invalid-url`.
    pub fn http(world: &Rc<World<N>>, host: &str, port: Option<u16>) -> Result<Self> {
        Self::new(world, host, port, HTTP_PORT, None)
    }

    /// `HTTPSConnection(host, port, context=context)`.
    ///
    /// # Errors
    /// `invalid-url`.
    pub fn https(
        world: &Rc<World<N>>,
        host: &str,
        port: Option<u16>,
        context: SharedContext,
    ) -> Result<Self> {
        Self::new(world, host, port, HTTPS_PORT, Some(context))
    }

    fn new(
        world: &Rc<World<N>>,
        host: &str,
        port: Option<u16>,
        default_port: u16,
        security: Option<SharedContext>,
    ) -> Result<Self> {
        Ok(Self {
            world: Rc::clone(world),
            settings: Rc::default(),
            authority: Authority::parse(host, port, default_port)?,
            default_port,
            security,
            state: State::Idle,
            head: None,
            exchange: Exchange::default(),
            link: None,
            unread: Weak::new(),
        })
    }

    /// `connect`: a new transport, or on with the one that is being opened.
    ///
    /// # Errors
    /// See the WIT.
    pub fn connect(&mut self) -> Result<()> {
        let opening = self
            .link
            .as_ref()
            .is_some_and(|link| link.borrow().is_opening());
        if !opening {
            self.drop_link();
            if self.state == State::Idle {
                self.exchange.started = self.start_clock();
            }
            self.open_link()?;
        }
        self.drive(Link::advance_open)
    }

    /// `send`: bytes as they are, in any state.
    ///
    /// # Errors
    /// See the WIT.
    pub fn send(&mut self, data: Vec<u8>) -> Result<()> {
        self.debug().sent(&data);
        let link = self.usable_link()?;
        self.exchange.body_sent += data.len() as u64;
        link.borrow_mut().queue(data);
        self.drive(Link::advance_send)
    }

    /// `flush`: on with what an earlier call began.
    ///
    /// # Errors
    /// See the WIT.
    pub fn flush(&mut self) -> Result<()> {
        match (&self.link, self.state) {
            (None, State::Sent) => Err(caller::not_connected()),
            (None, _) => Ok(()),
            (Some(_), _) => self.drive(Link::advance_send),
        }
    }

    /// `close`: transport, unread response and unfinished request.
    pub fn close(&mut self) {
        self.drop_link();
        if let Some(response) = self.unread.upgrade() {
            response.borrow_mut().close();
        }
        self.unread = Weak::new();
        self.state = State::Idle;
        self.head = None;
        self.exchange = Exchange::default();
    }

    /// What the TLS handshake agreed on.
    pub fn tls_info(&self) -> Option<tls::Info> {
        self.link.as_ref()?.borrow().tls_info()
    }

    /// The number for `select`.
    ///
    /// # Errors
    /// `not-connected`.
    pub fn fileno(&self) -> Result<u64> {
        match &self.link {
            Some(link) if !link.borrow().is_closed() => Ok(link.borrow().number()),
            _ => Err(caller::not_connected()),
        }
    }

    /// Runs a step of the link to its end, within the time limits.
    fn drive(&mut self, step: fn(&mut Link<N>) -> Step<()>) -> Result<()> {
        let Some(link) = self.link.clone() else {
            return Err(caller::not_connected());
        };
        let timeouts = self.settings.borrow().timeouts.clone();
        let mut waiter = Waiter::new(&self.world, &timeouts, self.exchange.started);
        let result = waiter.run(&link, step);
        result.map_err(|error| self.after_failure(error))
    }

    /// What could not be opened is given up; what was open can still be read.
    fn after_failure(&mut self, error: Error) -> Error {
        if !error.is_resumable()
            && self
                .link
                .as_ref()
                .is_some_and(|link| !link.borrow().is_open())
        {
            self.drop_link();
        }
        error.with_host(&self.authority.host)
    }

    /// The transport for raw bytes: the one there is, or a new one.
    fn usable_link(&mut self) -> Result<Rc<RefCell<Link<N>>>> {
        match &self.link {
            Some(link) if !link.borrow().is_closed() => Ok(Rc::clone(link)),
            _ => self.open_link(),
        }
    }

    /// The transport for a request: the kept one if it is as it was left.
    fn link_for_request(&mut self) -> Result<Rc<RefCell<Link<N>>>> {
        if let Some(link) = &self.link {
            let reconnect_stale = self.settings.borrow().reconnect_stale;
            let mut link = link.borrow_mut();
            let fresh = link.is_opening() || self.has_unread();
            if !fresh && !link.is_reusable(reconnect_stale) {
                link.close();
            }
        }
        self.usable_link()
    }

    fn open_link(&mut self) -> Result<Rc<RefCell<Link<N>>>> {
        self.link = None;
        let host = &self.authority.host;
        let session = match &self.security {
            Some(context) => Some(secure(&context.borrow(), host)?),
            None => None,
        };
        let target = Target {
            host: host.clone(),
            port: self.authority.port,
            source: self.settings.borrow().source,
            session,
        };
        let link = Link::open(&self.world, target).map_err(|error| error.with_host(host))?;
        self.link = Some(Rc::clone(&link));
        Ok(link)
    }

    fn drop_link(&mut self) {
        if let Some(link) = self.link.take() {
            link.borrow_mut().close();
        }
    }

    /// Whether an earlier response is still to be read.
    fn has_unread(&self) -> bool {
        self.unread
            .upgrade()
            .is_some_and(|response| !response.borrow().is_closed())
    }

    fn start_clock(&self) -> Started {
        let limited = self.settings.borrow().timeouts.total.is_some();
        limited.then(|| self.world.network.now())
    }

    fn debug(&self) -> Debug<'_, N> {
        Debug::new(&self.world, self.settings.borrow().debug_level)
    }
}

/// The TLS half of a transport to `host`.
fn secure(context: &tls::Context, host: &str) -> Result<Secured> {
    let session = tls::Session::new(context, host);
    Ok(Secured {
        session: session.map_err(|error| convert(error).with_host(host))?,
        suppress_ragged_eofs: context.suppress_ragged_eofs(),
    })
}

impl<N: Network> Drop for Connection<N> {
    fn drop(&mut self) {
        self.close();
    }
}
