//! One request and the head of its response.

use super::link::Link;
use super::response::{self, Response};
use super::wait::Waiter;
use super::{Connection, Exchange};
use crate::error::{Error, Kind, Phase, Result, caller};
use crate::latin1;
use crate::proto::framing::Decision;
use crate::proto::request::{Body, Declared, LAST_CHUNK, RequestHead, chunk_start};
use crate::proto::response::{Event, Head};
use crate::proto::state::State;
use crate::proto::{host, limits};
use crate::transport::Network;
use alloc::rc::{Rc, Weak};
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::task::Poll;

impl<N: Network> Connection<N> {
    /// `request`: the whole of one, framed for its body.
    ///
    /// # Errors
    /// See the WIT.
    pub fn request(
        &mut self,
        method: &str,
        url: &str,
        body: Option<Body>,
        headers: &[(String, String)],
        encode_chunked: bool,
    ) -> Result<()> {
        let has = |name: &str| {
            headers
                .iter()
                .any(|field| field.0.eq_ignore_ascii_case(name))
        };
        self.put_request(method, url, has("host"), has("accept-encoding"))?;
        let head = self.head.as_mut().ok_or_else(caller::cannot_send_header)?;
        let chunked = head.put_framing(method, headers, body.as_ref(), encode_chunked);
        for (name, value) in headers {
            self.put_header(name, core::slice::from_ref(value))?;
        }
        self.end_headers(body, chunked)
    }

    /// `putrequest`: the request line, `Host` and `Accept-Encoding`.
    ///
    /// # Errors
    /// See the WIT.
    pub fn put_request(
        &mut self,
        method: &str,
        url: &str,
        skip_host: bool,
        skip_accept_encoding: bool,
    ) -> Result<()> {
        if !self.has_unread() {
            self.unread = Weak::new();
        }
        self.state.start()?;
        self.head = None;
        self.exchange = Exchange {
            started: self.start_clock(),
            ..Exchange::default()
        };
        let mut head = RequestHead::new(method, url)?;
        if !skip_host {
            let host = match host::of_absolute_url(url.as_bytes()) {
                Some(host) => host,
                None => self.authority.field(self.default_port)?,
            };
            head.put_checked(b"Host", &host);
        }
        if !skip_accept_encoding {
            head.put_checked(b"Accept-Encoding", b"identity");
        }
        self.head = Some(head);
        Ok(())
    }

    /// `putheader`.
    ///
    /// # Errors
    /// See the WIT.
    pub fn put_header(&mut self, name: &str, values: &[String]) -> Result<()> {
        self.state.check_header()?;
        match &mut self.head {
            Some(head) => head.put(name, values),
            None => Err(caller::cannot_send_header()),
        }
    }

    /// `endheaders`: sends the head, and the body if there is one.
    ///
    /// # Errors
    /// See the WIT.
    pub fn end_headers(&mut self, body: Option<Body>, encode_chunked: bool) -> Result<()> {
        self.state.check_header()?;
        let items = match body {
            None => None,
            Some(Body::Bytes(bytes)) => Some([bytes].into()),
            Some(Body::Text(text)) => Some([latin1::encode(&text)?].into()),
            Some(Body::Chunks(items)) => Some(items),
        };
        let Some(head) = self.head.take() else {
            return Err(caller::cannot_send_header());
        };
        self.state.end_headers()?;
        self.exchange.traits = head.traits.clone();
        self.exchange.declared = Some(head.declared);
        let head = head.finish();
        self.debug().sent(&head);
        let link = self.link_for_request()?;
        link.borrow_mut().queue(head);
        if let Some(items) = items {
            self.queue_items(&mut link.borrow_mut(), items, encode_chunked);
        }
        self.drive(Link::advance_send)
    }

    fn queue_items(&mut self, link: &mut Link<N>, items: Vec<Vec<u8>>, chunked: bool) {
        for item in items {
            if item.is_empty() {
                self.debug().empty_item();
                continue;
            }
            self.exchange.body_sent += item.len() as u64;
            if !chunked {
                self.debug().sent(&item);
                link.queue(item);
                continue;
            }
            let start = chunk_start(item.len());
            if self.debug().is_on() {
                self.debug()
                    .sent(&[&start, item.as_slice(), b"\r\n"].concat());
            }
            link.queue(start);
            link.queue(item);
            link.queue(b"\r\n".into());
        }
        if chunked {
            self.debug().sent(LAST_CHUNK);
            link.queue(LAST_CHUNK.into());
        }
    }

    /// `getresponse`.
    ///
    /// # Errors
    /// See the WIT.
    pub fn get_response(&mut self) -> Result<Rc<RefCell<Response<N>>>> {
        let unread = self.has_unread();
        self.state.check_response(unread)?;
        if let Some(error) = &self.exchange.failure {
            return Err(error.clone());
        }
        let decided = self.receive_head().and_then(|head| {
            let decision = Decision::of(&head, &self.exchange.traits)?;
            Ok((head, decision))
        });
        let (head, decision) = decided.map_err(|error| self.after_bad_head(error))?;
        self.state = State::Idle;
        let kept = self.link.clone().filter(|_| !decision.will_close);
        let link = core::mem::replace(&mut self.link, kept);
        let Some(link) = link else {
            return Err(caller::not_connected());
        };
        let exchange = core::mem::take(&mut self.exchange);
        let response = Rc::new(RefCell::new(Response::new(
            &self.world,
            &self.settings,
            link,
            &response::Exchange {
                started: exchange.started,
                head: exchange.traits.head,
                spoiled: exchange.is_spoiled(),
            },
            (exchange.interim, head),
            decision,
        )));
        if !decision.will_close {
            self.unread = Rc::downgrade(&response);
        }
        Ok(response)
    }

    fn receive_head(&mut self) -> Result<Head> {
        let Some(link) = self.link.clone() else {
            return Err(caller::not_connected());
        };
        let settings = self.settings.borrow().clone();
        let mut waiter = Waiter::new(&self.world, &settings.timeouts, self.exchange.started);
        let debug = super::Debug::new(&self.world, settings.debug_level);
        let exchange = &mut self.exchange;
        let head = waiter.run(&link, |link| {
            loop {
                match exchange.parse(link, settings.strict, &settings.limits)? {
                    Event::NeedMore => {
                        let begun = !exchange.parser.at_start() || !link.input.is_empty();
                        let phase = if begun { Phase::Head } else { Phase::FirstByte };
                        if link.advance_receive(phase)?.is_pending() {
                            return Ok(Poll::Pending);
                        }
                    }
                    Event::StatusLine(line) => debug.reply(&line),
                    Event::Interim(head) => {
                        debug.interim(&head);
                        exchange.interim.push(head);
                    }
                    Event::Final(head) => return Ok(Poll::Ready(head)),
                }
            }
        });
        if let Ok(head) = &head {
            debug.headers(head);
        }
        head
    }

    /// The reference's states after an error: a lost connection leaves an idle
    /// one, nonsense leaves one that has to be closed.
    fn after_bad_head(&mut self, error: Error) -> Error {
        if error.is_resumable() {
            return error.with_host(&self.authority.host);
        }
        let open = self
            .link
            .as_ref()
            .is_some_and(|link| link.borrow().is_open());
        if open && error.is_instance(Kind::ConnectionError) {
            self.close();
        } else if open {
            self.exchange.failure = Some(error.clone());
        }
        if error.is_instance(Kind::OsError) {
            self.after_failure(error)
        } else {
            error
        }
    }
}

impl Exchange {
    fn parse<N: Network>(
        &mut self,
        link: &mut Link<N>,
        strict: bool,
        limits: &limits::Limits,
    ) -> Result<Event> {
        let ended = link.end().is_some();
        self.parser.parse(&mut link.input, ended, strict, limits)
    }

    /// Whether the body was not as long as the head said.
    fn is_spoiled(&self) -> bool {
        match self.declared {
            Some(Declared::Length(length)) => length != self.body_sent,
            Some(Declared::Nothing) => self.body_sent > 0,
            Some(Declared::Coded) => false,
            Some(Declared::Nonsense) | None => true,
        }
    }
}
