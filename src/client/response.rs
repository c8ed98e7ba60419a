//! A response whose head is there: reading its body (`HTTPResponse`).

use super::link::{Link, Step};
use super::raw;
use super::settings::Settings;
use super::wait::{Started, Waiter};
use super::world::World;
use crate::transport::{Network, Side};
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::net::SocketAddr;
use core::task::Poll;
use httplib_proto::body::{Body, Event};
use httplib_proto::buffer::Buffer;
use httplib_proto::error::{Error, Kind, Phase, Result, caller, peer, transport};
use httplib_proto::framing::Decision;
use httplib_proto::headers::Headers;
use httplib_proto::response::Head;

/// A response.
pub struct Response<N: Network> {
    pub(super) world: Rc<World<N>>,
    pub(super) settings: Rc<RefCell<Settings>>,
    pub(super) started: Started,
    head: Head,
    interim: Vec<Head>,
    url: String,
    will_close: bool,
    pub(super) answers_head: bool,
    body: Body,
    /// Bytes of the body that were received and not returned yet.
    pub(super) gathered: Buffer,
    /// `None` once the response has ended.
    pub(super) link: Option<Rc<RefCell<Link<N>>>>,
    /// Whether the connection can be used again after the end of the body.
    spoiled: bool,
    /// The ways of a raw byte stream that are still open.
    pub(super) raw: Option<raw::Ways>,
    /// `close` was called.
    closed: bool,
}

/// What the connection knows of the request that is answered.
pub struct Exchange {
    /// When the request began, if its time is limited.
    pub started: Started,
    /// The request was `HEAD`.
    pub head: bool,
    /// The request was not framed as it said, so that the server may still be
    /// waiting, or take the rest for the next request.
    pub spoiled: bool,
    /// Its URL.
    pub url: String,
}

impl<N: Network> Response<N> {
    /// A response at the beginning of its body.
    pub fn new(
        world: &Rc<World<N>>,
        settings: &Rc<RefCell<Settings>>,
        link: Rc<RefCell<Link<N>>>,
        exchange: Exchange,
        (interim, head): (Vec<Head>, Head),
        decision: Decision,
    ) -> Self {
        let response = Self {
            world: Rc::clone(world),
            settings: Rc::clone(settings),
            started: exchange.started,
            head,
            interim,
            url: exchange.url,
            will_close: decision.will_close,
            answers_head: exchange.head,
            body: Body::new(decision.framing),
            gathered: Buffer::default(),
            link: Some(link),
            spoiled: exchange.spoiled,
            raw: decision.raw.then(raw::Ways::default),
            closed: false,
        };
        response.note_readable();
        response
    }

    /// The status line and the header fields.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The interim responses that came before.
    pub fn interim(&self) -> &[Head] {
        &self.interim
    }

    /// The trailers of a chunked body that was read to its end.
    pub fn trailers(&self) -> Option<&Headers> {
        self.body.trailers()
    }

    /// The URL that was asked for (RFC 9110, section 7.1).
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether the connection ends with this response.
    pub fn will_close(&self) -> bool {
        self.will_close
    }

    /// Whether the body comes in the chunked coding.
    pub fn is_chunked(&self) -> bool {
        matches!(self.body, Body::Chunked(_))
    }

    /// How many bytes of the body were not returned yet, where the framing tells.
    pub fn length(&self) -> Option<u64> {
        let left = self.body.left()?;
        Some(left + self.gathered.len() as u64)
    }

    /// Whether `close` was called, as against `is_closed`.
    pub fn was_closed(&self) -> bool {
        self.closed
    }

    /// The address of this side, or the peer's.
    pub fn address(&self, side: Side) -> Option<SocketAddr> {
        self.link.as_ref()?.borrow().address(side)
    }

    /// Whether the body was read to its end or the response was closed.
    pub fn is_closed(&self) -> bool {
        self.link.is_none() || self.raw.is_some_and(|ways| !ways.reading)
    }

    /// What the TLS handshake of its connection agreed on.
    pub fn tls_info(&self) -> Option<httplib_tls::Info> {
        self.link.as_ref()?.borrow().tls_info()
    }

    /// The number for `select`.
    ///
    /// # Errors
    /// `value-error` once the response has ended.
    pub fn fileno(&self) -> Result<u64> {
        match &self.link {
            Some(link) => Ok(link.borrow().number()),
            None => Err(caller::value("I/O operation on closed response")),
        }
    }

    /// `read`: the whole rest without `amount`, else so many bytes.
    ///
    /// # Errors
    /// See the WIT.
    pub fn read(&mut self, amount: Option<u64>) -> Result<Vec<u8>> {
        if self.link.is_none() {
            return Ok(Vec::new());
        }
        if self.answers_head {
            self.end();
            return Ok(Vec::new());
        }
        let result = match amount {
            None => self.read_all(),
            Some(amount) => self.read_amount(usize::try_from(amount).unwrap_or(usize::MAX)),
        };
        self.note_readable();
        result
    }

    fn read_all(&mut self) -> Result<Vec<u8>> {
        let cap = self.settings.borrow().limits.body;
        loop {
            if self.gathered.len() as u64 > cap {
                return Err(peer::too_many(
                    cap,
                    "bytes of body; read it in pieces or raise the limit",
                ));
            }
            match self.gather(usize::MAX) {
                Ok(Gathered::More | Gathered::Enough) => {}
                Ok(Gathered::End) => break,
                Ok(Gathered::Truncated(missing)) => {
                    self.end();
                    let partial = self.gathered.take(usize::MAX)?;
                    return Err(peer::incomplete_read(partial, Some(missing)));
                }
                Ok(Gathered::Incomplete(after)) => return Err(self.incomplete(after)),
                Err(error) if error.is_resumable() => return Err(error),
                Err(error) => return Err(self.with_partial(error)),
            }
        }
        self.end();
        self.gathered.take(usize::MAX)
    }

    fn read_amount(&mut self, amount: usize) -> Result<Vec<u8>> {
        let mut over = false;
        while !over && (self.gathered.len() < amount || amount == 0) {
            match self.gather(amount - self.gathered.len().min(amount)) {
                Ok(Gathered::More) => {}
                Ok(Gathered::Enough) => break,
                Ok(Gathered::End | Gathered::Truncated(_)) => over = true,
                Ok(Gathered::Incomplete(after)) => return Err(self.incomplete(after)),
                Err(error) if error.is_resumable() => return Err(error),
                // The next call reports it.
                Err(_) if !self.gathered.is_empty() => break,
                Err(error) => return Err(self.with_partial(error)),
            }
        }
        self.take_gathered(amount, over)
    }

    /// What was gathered, up to `amount` bytes; `over` tells that no more comes.
    pub(super) fn take_gathered(&mut self, amount: usize, over: bool) -> Result<Vec<u8>> {
        let bytes = self.gathered.take(amount)?;
        // The end of a connection that is also the end of the body, or comes
        // too early, is only seen by a read that returns nothing.
        if over && bytes.is_empty() {
            self.end();
        }
        self.end_if_complete();
        Ok(bytes)
    }

    /// `read1`: what one receive brings, at most `amount` bytes.
    ///
    /// # Errors
    /// See the WIT.
    pub fn read1(&mut self, amount: Option<u64>) -> Result<Vec<u8>> {
        if self.link.is_none() || self.answers_head {
            return Ok(Vec::new());
        }
        let amount = amount.map_or(usize::MAX, |n| usize::try_from(n).unwrap_or(usize::MAX));
        if self.gathered.is_empty() {
            match self.gather(amount) {
                Ok(Gathered::More | Gathered::Enough) => {}
                Ok(Gathered::End | Gathered::Truncated(_)) => self.end(),
                Ok(Gathered::Incomplete(after)) => return Err(self.incomplete(after)),
                Err(error) if error.is_resumable() => return Err(error),
                Err(error) => return Err(self.with_partial(error)),
            }
        }
        let bytes = self.gathered.take(amount)?;
        self.end_if_complete();
        self.note_readable();
        Ok(bytes)
    }

    /// Waits for at most `max` more bytes of the body and gathers them.
    pub(super) fn gather(&mut self, max: usize) -> Result<Gathered> {
        let Some(link) = self.link.clone() else {
            return Ok(Gathered::End);
        };
        let settings = self.settings.borrow().clone();
        let mut waiter = Waiter::new(&self.world, &settings.timeouts, self.started);
        let body = &mut self.body;
        let event = waiter
            .run(&link, |link| decode_step(body, link, max, &settings))
            .map_err(|error| naming_host(error, &link.borrow()))?;
        match event {
            Event::Data(bytes) => {
                self.gathered.push_towards(bytes, self.body.left())?;
                Ok(Gathered::More)
            }
            Event::Inside | Event::NeedMore => Ok(Gathered::Enough),
            Event::End => Ok(Gathered::End),
            Event::Truncated(Some(missing)) => Ok(Gathered::Truncated(missing)),
            // As in the reference, a body that was cut off inside a chunk is
            // not ended, and one that was cut off elsewhere, or whose coding is
            // broken, is.
            Event::Truncated(None) if self.body.is_inside_chunk() => {
                Ok(Gathered::Incomplete(After::Open))
            }
            Event::Truncated(None) | Event::Broken => Ok(Gathered::Incomplete(After::Ended)),
        }
    }

    /// The error of an incomplete body, with what was gathered.
    pub(super) fn incomplete(&mut self, after: After) -> Error {
        let Ok(partial) = self.gathered.take(usize::MAX) else {
            return transport::out_of_memory();
        };
        if after == After::Ended {
            self.end();
        }
        peer::incomplete_read(partial, None)
    }

    /// The error with what was gathered, which the caller so gets after all.
    pub(super) fn with_partial(&mut self, error: Error) -> Error {
        let Ok(partial) = self.gathered.take(usize::MAX) else {
            return transport::out_of_memory();
        };
        if partial.is_empty() {
            return error;
        }
        error.with_partial(partial)
    }

    fn end_if_complete(&mut self) {
        if self.gathered.is_empty() && self.body.is_complete() {
            self.end();
        }
    }

    /// Tells `select` whether a read would return at once.
    pub(super) fn note_readable(&self) {
        if let Some(link) = &self.link {
            let readable =
                self.answers_head || !self.gathered.is_empty() || self.body.is_complete();
            link.borrow_mut().set_readable(readable);
        }
    }

    /// The body is over; the connection is kept only in a known state. A raw
    /// stream can still be written to.
    fn end(&mut self) {
        if let Some(ways) = &mut self.raw {
            ways.reading = false;
            if ways.writing {
                return;
            }
        }
        self.release();
    }

    pub(super) fn release(&mut self) {
        let Some(link) = self.link.take() else { return };
        let mut link = link.borrow_mut();
        link.set_readable(false);
        let complete = self.answers_head || self.body.is_complete();
        let clean = link.input.is_empty() && link.is_flushed();
        if self.will_close || self.spoiled || !complete || !clean {
            link.close();
        }
    }

    /// Closes the response.
    pub fn close(&mut self) {
        self.closed = true;
        self.release();
    }

    /// Ends the transport without a word to the peer.
    pub fn abort(&mut self) {
        if let Some(link) = &self.link {
            link.borrow_mut().abort();
        }
        self.close();
    }
}

pub(super) enum Gathered {
    /// Bytes were added.
    More,
    /// Nothing was asked for, and nothing more is known.
    Enough,
    /// The body is over.
    End,
    /// The connection is over, and so many bytes are missing.
    Truncated(u64),
    /// The connection is over or the coding broken; nobody knows what is missing.
    /// Whoever reports it goes by this.
    Incomplete(After),
}

/// What an incomplete body leaves of its response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum After {
    /// It has ended.
    Ended,
    /// It has not; the next read reports the same.
    Open,
}

fn decode_step<N: Network>(
    body: &mut Body,
    link: &mut Link<N>,
    max: usize,
    settings: &Settings,
) -> Step<Event> {
    loop {
        let end = link.end();
        match body.decode(&mut link.input, end, max, &settings.limits)? {
            Event::NeedMore => {
                if link.advance_receive(Phase::Body)?.is_pending() {
                    return Ok(Poll::Pending);
                }
            }
            event => return Ok(Poll::Ready(event)),
        }
    }
}

/// An error of the network names the host.
pub(super) fn naming_host<N: Network>(error: Error, link: &Link<N>) -> Error {
    match error.is_instance(Kind::OsError) {
        true => error.with_host(link.host()),
        false => error,
    }
}

impl<N: Network> Drop for Response<N> {
    fn drop(&mut self) {
        self.release();
    }
}

impl<N: Network> core::fmt::Debug for Response<N> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.head.status)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}
