//! A connection to one server (`HTTPConnection`): Python's states over a lane.

use crate::block::Call;
use crate::error::{Call as Misuse, Cause, Error, Phase, Result};
use crate::instance::Instance;
use crate::lane::Lane;
use crate::network::{Block, Network, Side};
use crate::progress::Stepped;
use crate::response::Response;
use crate::select::Watched;
use crate::settings::Settings;
use crate::state::State;
use crate::step;
use crate::tls_layer::Secured;
use crate::tunnel_layer::{ProxyHeaders, Tunnel};
use crate::turn::TurnId;
use crate::wire::{Hop, Target};
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::rc::{Rc, Weak};
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::net::SocketAddr;
use httplib_proto::framing::Traits;
use httplib_proto::headers::Headers;
use httplib_proto::host::{Authority, to_ascii};
use httplib_proto::latin1;
use httplib_proto::memory;
use httplib_proto::request::RequestHead;
use httplib_proto::status::{HTTP_PORT, HTTPS_PORT};
use httplib_proto::tunnel::{self, Connect};
use httplib_tls as tls;

/// How much memory is to be there before another connection is made or opened, in
/// bytes, so that those that there are can still send and receive.
const ROOM_TO_OPEN: usize = 16 * memory::HEADROOM;

/// A TLS context that connections share.
pub type SharedContext = Rc<RefCell<tls::Context>>;

/// A connection to one server.
pub struct Connection<N: Network> {
    instance: Rc<Instance<N>>,
    /// What can be set; responses share it.
    pub settings: Rc<RefCell<Settings>>,
    /// The server, or the proxy if there is a tunnel.
    authority: Authority,
    default_port: u16,
    security: Option<SharedContext>,
    tunnel: Option<tunnel::Tunnel>,
    proxy_headers: ProxyHeaders,
    pub(crate) state: State,
    /// The head that is being written, while started.
    pub(crate) head: Option<RequestHead>,
    /// The target of the request as the caller gave it.
    pub(crate) target: String,
    pub(crate) traits: Traits,
    /// When the request began, if its whole time is limited.
    pub(crate) started: Option<u64>,
    lane: Option<Rc<Watched<N>>>,
    /// The turn of the request, while sent.
    pub(crate) turn: Option<TurnId>,
    /// The last response: it has the lane, or shares it.
    latest: Weak<RefCell<Response<N>>>,
}

impl<N: Network> Connection<N> {
    /// `HTTPConnection(host, port)`.
    ///
    /// # Errors
    /// `invalid-url`.
    pub fn http(instance: &Rc<Instance<N>>, host: &str, port: Option<u16>) -> Result<Self> {
        Self::new(instance, host, port, HTTP_PORT, None)
    }

    /// `HTTPSConnection(host, port, context=context)`.
    ///
    /// # Errors
    /// `invalid-url`.
    pub fn https(
        instance: &Rc<Instance<N>>,
        host: &str,
        port: Option<u16>,
        context: SharedContext,
    ) -> Result<Self> {
        Self::new(instance, host, port, HTTPS_PORT, Some(context))
    }

    fn new(
        instance: &Rc<Instance<N>>,
        host: &str,
        port: Option<u16>,
        default_port: u16,
        security: Option<SharedContext>,
    ) -> Result<Self> {
        memory::ensure(ROOM_TO_OPEN)?;
        Ok(Self {
            instance: Rc::clone(instance),
            settings: Rc::default(),
            authority: Authority::parse(host, port, default_port)?,
            default_port,
            security,
            tunnel: None,
            proxy_headers: ProxyHeaders::default(),
            state: State::Idle,
            head: None,
            target: String::new(),
            traits: Traits::default(),
            started: None,
            lane: None,
            turn: None,
            latest: Weak::new(),
        })
    }

    /// The host and the port that the connection was made for.
    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    pub(crate) fn default_port(&self) -> u16 {
        self.default_port
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
            let text = "Can't set up tunnel for established connection";
            return Err(Misuse::Runtime(text).into());
        }
        self.tunnel = Some(tunnel::Tunnel::new(host, port, self.default_port, headers)?);
        Ok(())
    }

    /// `get_proxy_response_headers`: those of the last answer to CONNECT.
    pub fn proxy_headers<T>(&self, view: impl FnOnce(&Headers) -> T) -> Option<T> {
        self.proxy_headers.borrow().as_ref().map(view)
    }

    /// The limit of the whole request. Set while one is under way, it counts from
    /// now unless there was one before.
    pub fn set_total_timeout(&mut self, timeout: Option<u64>) {
        self.settings.borrow_mut().timeouts.total = timeout;
        if timeout.is_none() {
            return;
        }
        let now = self.instance.network().now();
        if self.state != State::Idle || self.lane.is_some() {
            self.started.get_or_insert(now);
        }
        let response = self.latest.upgrade();
        let response = response
            .as_ref()
            .and_then(|response| response.try_borrow().ok());
        let owned = response.as_ref().and_then(|response| response.watched());
        for watched in self.lane.iter().chain(owned) {
            for turn in watched.lane_mut().turns_mut() {
                turn.started.get_or_insert(now);
            }
        }
    }

    /// `close`: transport, unread response and unfinished request.
    pub fn close(&mut self) {
        if let Some(watched) = self.lane.take() {
            // The response may already have let go of it.
            if let Some(response) = self.latest.upgrade()
                && let Ok(mut response) = response.try_borrow_mut()
                && response
                    .watched()
                    .is_some_and(|of| Rc::ptr_eq(of, &watched))
            {
                response.close();
            }
            watched.lane_mut().wire.close();
        }
        self.latest = Weak::new();
        self.forget_request();
    }

    /// Ends the connection without a word to the peer, and the response that has
    /// taken its transport over.
    pub fn abort(&mut self) {
        if let Some(watched) = &self.lane {
            watched.lane_mut().wire.abort();
        }
        if let Some(response) = self.latest.upgrade()
            && let Ok(mut response) = response.try_borrow_mut()
        {
            response.abort();
        }
        self.close();
    }

    pub(crate) fn forget_request(&mut self) {
        self.state = State::Idle;
        self.head = None;
        self.turn = None;
        self.started = None;
        self.traits = Traits::default();
    }

    pub(crate) fn start_request(&mut self) -> Result<()> {
        self.state.start()?;
        self.forget_request();
        self.state = State::Started;
        self.started = self.start_clock();
        Ok(())
    }

    /// The address of this side, or the peer's: with a tunnel, the proxy's.
    pub fn address(&self, side: Side) -> Option<SocketAddr> {
        self.lane.as_ref()?.lane().wire.address(side)
    }

    /// What the TLS handshake agreed on.
    pub fn tls_info(&self) -> Option<tls::Info> {
        self.lane.as_ref()?.lane().wire.tls_info()
    }

    /// The number for `select`.
    ///
    /// # Errors
    /// `not-connected`.
    pub fn fileno(&self) -> Result<u64> {
        match &self.lane {
            Some(watched) if !watched.lane().wire.is_closed() => Ok(watched.number()),
            _ => Err(Misuse::NotConnected.into()),
        }
    }

    /// Whether an earlier response is still to be read.
    pub(crate) fn has_unread(&self) -> bool {
        let unread = |watched: &Rc<Watched<N>>| watched.lane().has_unread();
        self.lane.as_ref().is_some_and(unread)
    }

    fn start_clock(&self) -> Option<u64> {
        let limited = self.settings.borrow().timeouts.total.is_some();
        limited.then(|| self.instance.network().now())
    }

    /// Prints a line of debug output.
    pub(crate) fn print(&self, line: &str) {
        self.instance.network().print(line);
    }

    /// The lane for bytes as they are: the one there is, or a new one. Not one in
    /// the middle of a body.
    pub(crate) fn lane_to_send_on(&mut self) -> Result<Rc<Watched<N>>> {
        let watched = self.usable_lane()?;
        if watched.lane().is_sending_body() {
            return Err(crate::error::value(
                "the body of the request is still being sent: call flush first",
            ));
        }
        Ok(watched)
    }

    /// The lane for a request: the kept one if it takes another.
    pub(crate) fn lane_for_request(&mut self) -> Result<Rc<Watched<N>>> {
        let reconnect_stale = self.settings.borrow().reconnect_stale;
        if let Some(watched) = self.lane.clone() {
            let mut lane = watched.lane_mut();
            if !lane.accepts(reconnect_stale)? {
                // The response that is still to be read keeps it.
                if !lane.has_unread() {
                    lane.wire.close();
                }
                self.lane = None;
            }
        }
        self.usable_lane()
    }

    fn usable_lane(&mut self) -> Result<Rc<Watched<N>>> {
        match &self.lane {
            Some(watched) if !watched.lane().wire.is_closed() => Ok(Rc::clone(watched)),
            _ if self.settings.borrow().auto_open => self.open_lane(),
            _ => Err(Misuse::NotConnected.into()),
        }
    }

    /// Begins to open a lane. It has nothing of an earlier one: a request that was
    /// sent there is one that nothing here announces.
    fn open_lane(&mut self) -> Result<Rc<Watched<N>>> {
        // What is open already is to have room to go on.
        memory::ensure(ROOM_TO_OPEN)?;
        self.lane = None;
        let host = &self.authority.host;
        let mut hops = VecDeque::new();
        if let Some(tunnel) = &self.tunnel {
            *self.proxy_headers.borrow_mut() = None;
            hops.push_back(Hop::Tunnel(Box::new(self.tunnel_hop(tunnel)?)));
        }
        if let Some(context) = &self.security {
            let secured = secure(&context.borrow(), &self.origin().host)?;
            hops.push_back(Hop::Tls(Box::new(secured)));
        }
        let target = Target {
            host: to_ascii(host)?.into_owned(),
            port: self.authority.port,
            source: self.settings.borrow().source,
            hops,
        };
        let network = self.instance.shared_network();
        let lane = Lane::open(network, target).map_err(|error| error.with_host(host))?;
        let watched = Watched::new(self.instance.registry(), lane);
        if self.state == State::Sent && self.turn.take().is_some() {
            let traits = self.traits.clone();
            let id = watched.lane_mut().begin_stray(traits, self.started);
            self.turn = Some(id);
        }
        self.lane = Some(Rc::clone(&watched));
        Ok(watched)
    }

    fn tunnel_hop(&self, tunnel: &tunnel::Tunnel) -> Result<Tunnel> {
        let settings = self.settings.borrow();
        let connect = Connect::new(tunnel.request(settings.http_version)?);
        let headers = Rc::clone(&self.proxy_headers);
        Ok(Tunnel::new(
            connect,
            settings.limits.clone(),
            settings.debug_level > 0,
            headers,
        ))
    }

    /// The server that requests are for: behind the proxy, if there is a tunnel.
    pub(crate) fn origin(&self) -> &Authority {
        match &self.tunnel {
            Some(tunnel) => &tunnel.authority,
            None => &self.authority,
        }
    }

    /// The URL of a request (RFC 9110, section 7.1).
    fn url_of(&self, target: &str) -> Result<String> {
        let scheme = match self.security {
            Some(_) => "https://",
            None => "http://",
        };
        let path = match target {
            "" => "/",
            "*" => "",
            path if path.starts_with('/') => path,
            other => return Ok(memory::copy_text(other)?),
        };
        let field = self.origin().field(self.default_port).unwrap_or_default();
        let authority = latin1::decode(&field);
        Ok(memory::concat(&[scheme, &authority, path])?)
    }

    /// What could not be opened is given up; what was open can still be read.
    fn after_failure(&mut self, error: Error) -> Error {
        let is_open = |watched: &Rc<Watched<N>>| watched.lane().wire.is_open();
        if !error.is_resumable() && !self.lane.as_ref().is_some_and(is_open) {
            self.lane = None;
        }
        if matches!(error.cause(), Cause::Refused(..)) {
            self.close();
        }
        match error.phase() {
            Some(Phase::Tls) => error.with_host(&self.origin().host),
            _ if error.is_of_network() || error.phase().is_some() => {
                error.with_host(&self.authority.host)
            }
            _ => error,
        }
    }

    /// The reference's states after an error: a lost connection leaves an idle
    /// one, nonsense leaves one that has to be closed.
    fn after_bad_head(&mut self, error: Error) -> Error {
        let is_open = |watched: &Rc<Watched<N>>| watched.lane().wire.is_open();
        let open = self.lane.as_ref().is_some_and(is_open);
        if open && error.is_of_connection() {
            self.close();
        }
        match error.is_of_network() {
            true => self.after_failure(error),
            false => error,
        }
    }
}

impl<N: Block> Connection<N> {
    /// `connect`: a new transport, or on with the one that is being opened.
    ///
    /// # Errors
    /// See the WIT.
    pub fn connect(&mut self) -> Result<()> {
        let is_opening = |watched: &Rc<Watched<N>>| watched.lane().wire.is_opening();
        if !self.lane.as_ref().is_some_and(is_opening) {
            if let Some(watched) = self.lane.take() {
                watched.lane_mut().wire.close();
            }
            if self.state == State::Idle {
                self.started = self.start_clock();
            }
            self.open_lane()?;
        }
        self.drive(Phase::Connect, step::open)
    }

    /// `flush`: on with what an earlier call began.
    ///
    /// # Errors
    /// See the WIT.
    pub fn flush(&mut self) -> Result<()> {
        match (&self.lane, self.state) {
            (None, State::Sent) => Err(Misuse::NotConnected.into()),
            (None, _) => Ok(()),
            (Some(_), _) => self.send_queued(),
        }
    }

    /// Sends what is queued; a body that is held back when its time has come.
    pub(crate) fn send_queued(&mut self) -> Result<()> {
        let settings = Rc::clone(&self.settings);
        self.drive(Phase::Send, |lane| step::send_all(lane, &settings.borrow()))
    }

    /// Waits for a 100 (Continue) until its time is over, and sends or gives up
    /// the body that is held back. Whether the server has not answered otherwise.
    ///
    /// # Errors
    /// See the WIT.
    pub fn wait_for_continue(&mut self) -> Result<bool> {
        self.state.check_response(self.has_unread())?;
        let Some(id) = self.turn else {
            return Err(Misuse::NotConnected.into());
        };
        let settings = Rc::clone(&self.settings);
        self.drive(Phase::Continue, |lane| {
            step::wait_for_continue(lane, id, &settings.borrow())
        })
    }

    /// `getresponse`.
    ///
    /// # Errors
    /// See the WIT.
    pub fn get_response(&mut self) -> Result<Rc<RefCell<Response<N>>>> {
        self.state.check_response(self.has_unread())?;
        let (Some(id), Some(watched)) = (self.turn, self.lane.clone()) else {
            return Err(Misuse::NotConnected.into());
        };
        let settings = Rc::clone(&self.settings);
        let url = self.url_of(&self.target)?;
        let head = self
            .run(Phase::FirstByte, |lane| {
                step::head(lane, id, &settings.borrow())
            })
            .map_err(|error| match error.is_resumable() {
                true => error.with_host(&self.authority.host),
                false => self.after_bad_head(error),
            })?;
        self.forget_request();
        let response = Response::new(&self.instance, &self.settings, watched, id, head, url);
        if response.close_reason().is_some() {
            self.lane = None;
        }
        let response = Rc::new(RefCell::new(response));
        self.latest = Rc::downgrade(&response);
        Ok(response)
    }

    /// Runs a step of the lane to its end, within the time limits.
    pub(crate) fn drive<T>(
        &mut self,
        phase: Phase,
        step: impl FnMut(&mut Lane<N>) -> Stepped<T>,
    ) -> Result<T> {
        self.run(phase, step)
            .map_err(|error| self.after_failure(error))
    }

    fn run<T>(&self, phase: Phase, step: impl FnMut(&mut Lane<N>) -> Stepped<T>) -> Result<T> {
        let Some(watched) = &self.lane else {
            return Err(Misuse::NotConnected.into());
        };
        let settings = self.settings.borrow();
        let network = self.instance.network();
        let default = self.instance.default_timeout();
        Call::new(network, &settings.timeouts, default, self.started).drive(watched, phase, step)
    }
}

/// The TLS half of a transport to `host`.
fn secure(context: &tls::Context, host: &str) -> Result<Secured> {
    let name = to_ascii(host)?;
    let session = memory::section(context.reserve(), || tls::Session::new(context, &name))?;
    Ok(Secured {
        session: session.map_err(|error| Error::from(error).with_host(host))?,
        suppress_ragged_eofs: context.suppress_ragged_eofs(),
    })
}

impl<N: Network> Drop for Connection<N> {
    fn drop(&mut self) {
        self.close();
    }
}
