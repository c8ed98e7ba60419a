//! A response whose head is there (`HTTPResponse`): what it says, and its end.

use crate::block::Call;
use crate::error::{Call as Misuse, Error, Phase, Result, value};
use crate::instance::Instance;
use crate::lane::Lane;
use crate::network::{Block, Network, Side};
use crate::progress::Stepped;
use crate::select::Watched;
use crate::settings::Settings;
use crate::turn::{Turn, TurnId};
use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::{Ref, RefCell};
use core::net::SocketAddr;
use httplib_proto::exchange::{Break, Close, Receiving, Sending, Verdict};
use httplib_proto::headers::Headers;
use httplib_proto::response::Head;
use httplib_tls::Info;

/// A response.
pub struct Response<N: Network> {
    instance: Rc<Instance<N>>,
    pub(crate) settings: Rc<RefCell<Settings>>,
    head: Head,
    interim: Vec<Head>,
    url: String,
    /// The request was `HEAD`.
    pub(crate) answers_head: bool,
    pub(crate) id: TurnId,
    at: Place<N>,
    /// `close` was called.
    closed: bool,
}

/// Where a response's turn is.
enum Place<N: Network> {
    /// On its lane.
    Lane(Rc<Watched<N>>),
    /// It has ended.
    Ended(Option<Box<(Turn<N>, Verdict)>>),
}

impl<N: Network> Response<N> {
    /// A response at the beginning of its body.
    pub(crate) fn new(
        instance: &Rc<Instance<N>>,
        settings: &Rc<RefCell<Settings>>,
        watched: Rc<Watched<N>>,
        id: TurnId,
        head: Head,
        url: String,
    ) -> Self {
        let (interim, answers_head) = match watched.lane_mut().turn_mut(id) {
            Some(turn) => {
                turn.is_read = true;
                let interim = core::mem::take(&mut turn.interim);
                (interim, turn.exchange.traits().head)
            }
            None => (Vec::new(), false),
        };
        Self {
            instance: Rc::clone(instance),
            settings: Rc::clone(settings),
            head,
            interim,
            url,
            answers_head,
            id,
            at: Place::Lane(watched),
            closed: false,
        }
    }

    /// The status line and the header fields.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The interim responses that came before.
    pub fn interim(&self) -> &[Head] {
        &self.interim
    }

    /// The URL that was asked for (RFC 9110, section 7.1).
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its lane, until it has ended.
    pub(crate) fn watched(&self) -> Option<&Rc<Watched<N>>> {
        match &self.at {
            Place::Lane(watched) => Some(watched),
            Place::Ended(_) => None,
        }
    }

    /// Asks the turn, wherever it is.
    pub(crate) fn ask<T>(&self, ask: impl FnOnce(&Turn<N>) -> T) -> Option<T> {
        match &self.at {
            Place::Lane(watched) => watched.lane().turn(self.id).map(ask),
            Place::Ended(ended) => ended.as_ref().map(|ended| ask(&ended.0)),
        }
    }

    /// Changes the turn while it is on its lane.
    pub(crate) fn change<T>(&mut self, change: impl FnOnce(&mut Turn<N>) -> T) -> Option<T> {
        let watched = self.watched()?;
        watched.lane_mut().turn_mut(self.id).map(change)
    }

    /// A copy of the trailers of a chunked body that was read to its end.
    pub fn trailers<T>(&self, view: impl FnOnce(&Headers) -> T) -> Option<T> {
        self.ask(|turn| turn.exchange.trailers().map(view))
            .flatten()
    }

    /// Why the connection is not used again after this response, as far as that is
    /// known.
    pub fn close_reason(&self) -> Option<Close> {
        match &self.at {
            Place::Ended(Some(ended)) => match ended.1 {
                Verdict::Close(close) => Some(close),
                Verdict::Keep => None,
            },
            _ => self.ask(|turn| turn.exchange.close_at_head()).flatten(),
        }
    }

    /// Whether the body comes in the chunked coding.
    pub fn is_chunked(&self) -> bool {
        self.ask(|turn| turn.exchange.is_chunked()).unwrap_or(false)
    }

    /// How many bytes of the body were not returned yet, where the framing tells.
    pub fn length(&self) -> Option<u64> {
        self.ask(Turn::length).flatten()
    }

    /// Whether `close` was called, as against `is_closed`.
    pub fn was_closed(&self) -> bool {
        self.closed
    }

    /// Whether the body was read to its end or the response was closed.
    pub fn is_closed(&self) -> bool {
        self.watched().is_none() || (self.is_raw() && self.is_read_out())
    }

    /// Whether it is the head of a raw byte stream.
    pub(crate) fn is_raw(&self) -> bool {
        self.ask(|turn| turn.exchange.close_at_head() == Some(Close::Switched))
            .unwrap_or(false)
    }

    /// Whether nothing more can be read: receiving rests, and nothing decoded is left.
    pub(crate) fn is_read_out(&self) -> bool {
        self.ask(|turn| turn.decoded.is_empty() && turn.exchange.receiving().rests())
            .unwrap_or(true)
    }

    /// The address of this side, or the peer's.
    pub fn address(&self, side: Side) -> Option<SocketAddr> {
        self.watched()?.lane().wire.address(side)
    }

    /// What the TLS handshake of its connection agreed on.
    pub fn tls_info(&self) -> Option<Info> {
        self.watched()?.lane().wire.tls_info()
    }

    /// The number for `select`.
    ///
    /// # Errors
    /// `value-error` once the response has ended.
    pub fn fileno(&self) -> Result<u64> {
        match self.watched() {
            Some(watched) => Ok(watched.number()),
            None => Err(value("I/O operation on closed response")),
        }
    }

    /// Ends the response if its body was read to its end; a raw stream only if it
    /// cannot be written to either.
    pub(crate) fn end_if_read_out(&mut self) {
        if self.is_read_out() {
            self.end();
        }
    }

    /// The body is over, complete or not. A raw stream can still be written to.
    pub(crate) fn end(&mut self) {
        self.change(|turn| turn.exchange.broke(Break::Cut));
        let writable = self
            .ask(|turn| turn.exchange.sending() == Sending::Raw)
            .unwrap_or(false);
        if !writable {
            self.release();
        }
    }

    /// Lets go of the lane, which is closed unless it can be used again.
    pub(crate) fn release(&mut self) {
        if let Place::Lane(watched) = &self.at {
            let ended = watched.lane_mut().finish(self.id);
            self.at = Place::Ended(ended.map(Box::new));
        }
    }

    /// Closes the response.
    pub fn close(&mut self) {
        self.closed = true;
        self.release();
    }

    /// Ends the transport without a word to the peer.
    pub fn abort(&mut self) {
        if let Some(watched) = self.watched() {
            watched.lane_mut().wire.abort();
        }
        self.close();
    }
}

impl<N: Block> Response<N> {
    /// Runs calls of the lane within the limits of one call of the response.
    pub(crate) fn call<T>(
        &mut self,
        call: impl FnOnce(&mut Self, &mut Calling<'_, N>) -> Result<T>,
    ) -> Result<T> {
        let instance = Rc::clone(&self.instance);
        let settings = Rc::clone(&self.settings);
        let settings: Ref<'_, Settings> = settings.borrow();
        let request = self.ask(|turn| turn.started).flatten();
        let mut calling = Calling {
            settings: &settings,
            call: Call::new(
                instance.network(),
                &settings.timeouts,
                instance.default_timeout(),
                request,
            ),
        };
        call(self, &mut calling)
    }

    /// Drives a step of this response's lane.
    pub(crate) fn drive<T>(
        &self,
        calling: &mut Calling<'_, N>,
        phase: Phase,
        step: impl FnMut(&mut Lane<N>) -> Stepped<T>,
    ) -> Result<T> {
        let Some(watched) = self.watched() else {
            return Err(Misuse::NotConnected.into());
        };
        let result = calling.call.drive(watched, phase, step);
        result.map_err(|error| self.naming_host(error, watched))
    }

    /// An error of the network names the host.
    fn naming_host(&self, error: Error, watched: &Watched<N>) -> Error {
        match error.is_of_network() {
            true => error.with_host(watched.lane().wire.host()),
            false => error,
        }
    }
}

/// A call of a response that is under way.
pub(crate) struct Calling<'a, N: Block> {
    pub(crate) settings: &'a Settings,
    call: Call<'a, N>,
}

impl<N: Network> Drop for Response<N> {
    fn drop(&mut self) {
        self.release();
    }
}

impl<N: Network> core::fmt::Debug for Response<N> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let receiving = self.ask(|turn| turn.exchange.receiving());
        f.debug_struct("Response")
            .field("status", &self.head.status)
            .field("receiving", &receiving.unwrap_or(Receiving::Done))
            .finish_non_exhaustive()
    }
}
