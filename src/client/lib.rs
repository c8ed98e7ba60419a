//! A connection and its requests (`HTTPConnection`): drives `proto` over
//! `transport`, one function for each step, and keeps all progress in its state.

#![cfg_attr(target_family = "wasm", no_std)]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::panic))]

extern crate alloc;

mod continuing;
mod debug;
mod exchange;
mod feed;
mod lines;
mod link;
mod output;
mod raw;
mod response;
mod select;
mod sending;
mod settings;
pub mod transport;
mod tunnel;
mod wait;
mod world;

#[cfg(test)]
mod tests;

pub use response::Response;
pub use select::select;
pub use sending::Source;
pub use settings::{Settings, Timeouts};
pub use world::World;

use crate::transport::tls::{Secured, convert};
use crate::transport::{Network, Side};
use alloc::format;
use alloc::rc::{Rc, Weak};
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::net::SocketAddr;
use exchange::Exchange;
use httplib_proto::error::{Error, Kind, Phase, Result, caller};
use httplib_proto::headers::Headers;
use httplib_proto::host::{Authority, to_ascii};
use httplib_proto::latin1;
use httplib_proto::request::RequestHead;
use httplib_proto::state::State;
use httplib_proto::status::{HTTP_PORT, HTTPS_PORT};
use httplib_proto::tunnel::Tunnel;
use httplib_tls as tls;
use link::{Link, Step, Target};
use sending::Outgoing;
use tunnel::{Opening, ProxyHeaders};
use wait::{Started, Waiter};

/// A TLS context that connections share.
pub type SharedContext = Rc<RefCell<tls::Context>>;

/// A connection to one server.
pub struct Connection<N: Network> {
    world: Rc<World<N>>,
    /// What can be set; responses share it.
    pub settings: Rc<RefCell<Settings>>,
    /// The server, or the proxy if there is a tunnel.
    authority: Authority,
    default_port: u16,
    security: Option<SharedContext>,
    tunnel: Option<Tunnel>,
    proxy_headers: ProxyHeaders,
    state: State,
    /// The head that is being written, while started.
    head: Option<RequestHead>,
    exchange: Exchange,
    /// A body that waits for a 100 (Continue).
    held: Option<Outgoing<N::Stream>>,
    link: Option<Rc<RefCell<Link<N>>>>,
    /// The response that has the link, while it is kept.
    unread: Weak<RefCell<Response<N>>>,
    /// The last response, which has the link if that ends with it.
    latest: Weak<RefCell<Response<N>>>,
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
            tunnel: None,
            proxy_headers: ProxyHeaders::default(),
            state: State::Idle,
            head: None,
            exchange: Exchange::default(),
            held: None,
            link: None,
            unread: Weak::new(),
            latest: Weak::new(),
        })
    }

    /// The host and the port that the connection was made for.
    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    /// `set_tunnel`: the next connection goes through a CONNECT to this host.
    ///
    /// # Errors
    /// See the WIT.
    pub fn set_tunnel(
        &mut self,
        host: &str,
        port: Option<u16>,
        headers: Vec<(String, String)>,
    ) -> Result<()> {
        if self.fileno().is_ok() {
            return Err(caller::runtime(
                "Can't set up tunnel for established connection",
            ));
        }
        self.tunnel = Some(Tunnel::new(host, port, self.default_port, headers)?);
        Ok(())
    }

    /// `get_proxy_response_headers`: those of the last answer to CONNECT.
    pub fn proxy_headers(&self) -> Option<Headers> {
        self.proxy_headers.borrow().clone()
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

    /// `flush`: on with what an earlier call began.
    ///
    /// # Errors
    /// See the WIT.
    pub fn flush(&mut self) -> Result<()> {
        match (&self.link, self.state) {
            (None, State::Sent) => Err(caller::not_connected()),
            (None, _) => Ok(()),
            (Some(_), _) => self.send_queued(),
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
        self.reset_exchange();
    }

    /// Ends the connection without a word to the peer, and the response that has
    /// taken its transport over.
    pub fn abort(&mut self) {
        if let Some(link) = &self.link {
            link.borrow_mut().abort();
        }
        if let Some(response) = self.latest.upgrade() {
            response.borrow_mut().abort();
        }
        self.close();
    }

    /// Forgets the request under way.
    fn reset_exchange(&mut self) {
        self.head = None;
        self.held = None;
        self.exchange = Exchange::default();
    }

    /// The address of this side, or the peer's: with a tunnel, the proxy's.
    pub fn address(&self, side: Side) -> Option<SocketAddr> {
        self.link.as_ref()?.borrow().address(side)
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
        let refused = error.kind() == Kind::OsError
            && error.details().phase == Some(Phase::Tunnel)
            && error.details().socket_code.is_none();
        if refused {
            self.close();
        }
        match error.details().phase {
            Some(Phase::Tls) => error.with_host(&self.origin().host),
            _ => error.with_host(&self.authority.host),
        }
    }

    /// The transport for raw bytes: the one there is, or a new one.
    fn usable_link(&mut self) -> Result<Rc<RefCell<Link<N>>>> {
        match &self.link {
            Some(link) if !link.borrow().is_closed() => Ok(Rc::clone(link)),
            _ if self.settings.borrow().auto_open => self.open_link(),
            _ => Err(caller::not_connected()),
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
            Some(context) => Some(secure(&context.borrow(), &self.origin().host)?),
            None => None,
        };
        let tunnel = match &self.tunnel {
            Some(tunnel) => Some(self.opening(tunnel)?),
            None => None,
        };
        let target = Target {
            host: to_ascii(host)?.into_owned(),
            port: self.authority.port,
            source: self.settings.borrow().source,
            tunnel,
            session,
        };
        let link = Link::open(&self.world, target).map_err(|error| error.with_host(host))?;
        self.link = Some(Rc::clone(&link));
        Ok(link)
    }

    fn opening(&self, tunnel: &Tunnel) -> Result<Opening> {
        let settings = self.settings.borrow();
        *self.proxy_headers.borrow_mut() = None;
        Ok(Opening {
            request: tunnel.request(settings.http_version)?,
            limits: settings.limits.clone(),
            debug: settings.debug_level > 0,
            headers: Rc::clone(&self.proxy_headers),
        })
    }

    /// The server that requests are for: behind the proxy, if there is a tunnel.
    fn origin(&self) -> &Authority {
        match &self.tunnel {
            Some(tunnel) => &tunnel.authority,
            None => &self.authority,
        }
    }

    /// The URL of a request (RFC 9110, section 7.1).
    fn url_of(&self, target: &str) -> String {
        let scheme = if self.security.is_some() {
            "https"
        } else {
            "http"
        };
        let origin = self.origin();
        let field = origin.field(self.default_port).unwrap_or_default();
        let authority = latin1::decode(&field);
        match target {
            "" => format!("{scheme}://{authority}/"),
            "*" => format!("{scheme}://{authority}"),
            path if path.starts_with('/') => format!("{scheme}://{authority}{path}"),
            other => other.into(),
        }
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

    /// Whether what is sent and received is printed.
    fn debugs(&self) -> bool {
        self.settings.borrow().debug_level > 0
    }
}

/// The TLS half of a transport to `host`.
fn secure(context: &tls::Context, host: &str) -> Result<Secured> {
    let session = tls::Session::new(context, &to_ascii(host)?);
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
