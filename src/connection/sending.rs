//! Sending a request: its head, its body, and the wait for a 100 (Continue)
//! between them (RFC 9110, section 10.1.1).

use super::feed::{Coding, Feed};
use super::link::Link;
use super::settings::Timeouts;
use super::wait::Waiter;
use super::{Connection, debug};
use crate::error::{Result, caller};
use crate::latin1;
use crate::proto::host;
use crate::proto::request::{Body, Form, HttpVersion, RequestHead, chunk_start, last_chunk};
use crate::proto::response::Event;
use crate::proto::state::State;
use crate::transport::Network;
use alloc::format;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::task::Poll;

/// The body of a request, wherever it comes from.
pub enum Source<S> {
    /// The caller has it.
    Here(Body),
    /// A stream has it: this many bytes, or as many as it will have.
    Stream(S, Option<u64>),
}

impl<S> Source<S> {
    fn form(&self) -> Form {
        match self {
            Self::Here(body) => body.form(),
            Self::Stream(_, Some(length)) => Form::Sized(*length),
            Self::Stream(_, None) => Form::Unsized,
        }
    }
}

/// A body that waits for the server to want it.
pub(super) struct Held<S> {
    items: Items<S>,
    coding: Coding,
}

enum Items<S> {
    Here(Vec<Vec<u8>>),
    Stream(S, Option<u64>),
}

/// How the wait for a 100 (Continue) ended.
enum Answer {
    /// With a 100, or with its time: the body goes out.
    Continue,
    /// With a final answer, or with nonsense: it does not.
    Final,
}

impl<N: Network> Connection<N> {
    /// `request`: the whole of one, framed for its body.
    ///
    /// # Errors
    /// See the WIT.
    pub fn request(
        &mut self,
        method: &str,
        url: &str,
        body: Option<Source<N::Stream>>,
        headers: &[(String, String)],
        encode_chunked: bool,
    ) -> Result<()> {
        let has = |name: &str| {
            headers
                .iter()
                .any(|field| field.0.eq_ignore_ascii_case(name))
        };
        self.put_request(method, url, has("host"), has("accept-encoding"))?;
        let form = body.as_ref().map(Source::form);
        let framed = has("content-length") || has("transfer-encoding");
        if self.debugs() && !framed && form == Some(Form::Unsized) {
            self.world.network.print(match &body {
                Some(Source::Here(Body::Chunks(items))) => debug::unsized_items(items),
                _ => debug::unsized_body(debug::STREAM),
            });
        }
        let head = self.head.as_mut().ok_or_else(caller::cannot_send_header)?;
        let chunked = head.put_framing(method, headers, form, encode_chunked);
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
            self.unread = alloc::rc::Weak::new();
        }
        self.state.start()?;
        self.reset_exchange();
        self.exchange.started = self.start_clock();
        let version = self.settings.borrow().http_version;
        let mut head = RequestHead::new(method, url, version)?;
        self.exchange.target = url.into();
        // HTTP/1.0 knows neither.
        if version == HttpVersion::Http11 {
            if !skip_host {
                let host = match host::of_absolute_url(url.as_bytes()) {
                    Some(host) => host,
                    None => self.origin().field(self.default_port)?,
                };
                head.put_checked(b"Host", &host);
            }
            if !skip_accept_encoding {
                head.put_checked(b"Accept-Encoding", b"identity");
            }
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

    /// A field that follows a chunked body.
    ///
    /// # Errors
    /// See the WIT.
    pub fn put_trailer(&mut self, name: &str, values: &[String]) -> Result<()> {
        self.state.check_header()?;
        match &mut self.head {
            Some(head) => head.put_trailer(name, values),
            None => Err(caller::cannot_send_header()),
        }
    }

    /// `endheaders`: sends the head, and the body if there is one.
    ///
    /// # Errors
    /// See the WIT.
    pub fn end_headers(
        &mut self,
        body: Option<Source<N::Stream>>,
        encode_chunked: bool,
    ) -> Result<()> {
        self.state.check_header()?;
        let chunked = encode_chunked && body.is_some();
        if let Some(head) = &self.head
            && !head.trailers.is_empty()
            && !(chunked && head.version == HttpVersion::Http11)
        {
            return Err(caller::value("trailers need a body that is sent in chunks"));
        }
        let items = match body {
            None => None,
            Some(Source::Here(Body::Bytes(bytes))) => Some(Items::Here([bytes].into())),
            Some(Source::Here(Body::Text(text))) => {
                Some(Items::Here([latin1::encode(&text)?].into()))
            }
            Some(Source::Here(Body::Chunks(items))) => Some(Items::Here(items)),
            Some(Source::Stream(stream, length)) => Some(Items::Stream(stream, length)),
        };
        let Some(head) = self.head.take() else {
            return Err(caller::cannot_send_header());
        };
        self.state.end_headers()?;
        // Chunks are of HTTP/1.1; without them the body's end cannot be told.
        self.exchange.unfinished = chunked && head.version == HttpVersion::Http10;
        self.exchange.traits = head.traits.clone();
        self.exchange.declared = Some(head.declared);
        let coding = Coding {
            chunked: chunked && head.version == HttpVersion::Http11,
            trailers: head.trailers.clone(),
        };
        let head = head.finish();
        let link = self.link_for_request()?;
        self.queue(&mut link.borrow_mut(), head);
        if let Some(items) = items {
            let held = Held { items, coding };
            if self.exchange.traits.expects_continue && self.waits_for_continue() {
                self.held = Some(held);
            } else {
                self.queue_body(&mut link.borrow_mut(), held);
            }
        }
        self.send_queued()
    }

    fn waits_for_continue(&self) -> bool {
        self.settings.borrow().continue_timeout != Some(0)
    }

    /// Sends what is queued and, if a body is held back, waits for the word to
    /// send it.
    pub(super) fn send_queued(&mut self) -> Result<()> {
        self.drive(Link::advance_send)?;
        if self.held.is_some() {
            self.await_continue()?;
            self.drive(Link::advance_send)?;
        }
        Ok(())
    }

    /// Waits for a 100 (Continue) until its time is over, and queues or gives up
    /// the body that is held back. Whether the server has not answered otherwise.
    ///
    /// # Errors
    /// See the WIT.
    pub fn wait_for_continue(&mut self) -> Result<bool> {
        if self.state != State::Sent {
            return Err(caller::response_not_ready(self.state.name()));
        }
        self.await_continue()
    }

    fn await_continue(&mut self) -> Result<bool> {
        let Some(link) = self.link.clone() else {
            return Err(caller::not_connected());
        };
        let answer = self.answer_or_time(&link);
        let answer = answer.map_err(|error| self.after_failure(error))?;
        link.borrow_mut().wake = None;
        self.exchange.continue_until = None;
        let held = self.held.take();
        match answer {
            Answer::Continue => {
                if let Some(held) = held {
                    self.queue_body(&mut link.borrow_mut(), held);
                }
                Ok(true)
            }
            Answer::Final => {
                self.exchange.unfinished = true;
                Ok(false)
            }
        }
    }

    fn answer_or_time(&mut self, link: &Rc<RefCell<Link<N>>>) -> Result<Answer> {
        let settings = self.settings.borrow().clone();
        // This wait has a limit of its own, which is no error.
        let nonblocking = settings
            .timeouts
            .is_nonblocking(self.world.default_timeout.get());
        let timeouts = Timeouts {
            each: Some(nonblocking.then_some(0)),
            total: settings.timeouts.total,
            ..Timeouts::default()
        };
        let world = Rc::clone(&self.world);
        let mut waiter = Waiter::new(&world, &timeouts, self.exchange.started);
        let exchange = &mut self.exchange;
        waiter.run(link, |link| {
            if exchange.early.is_some() || exchange.failure.is_some() {
                return Ok(Poll::Ready(Answer::Final));
            }
            if link.advance_send()?.is_pending() {
                return Ok(Poll::Pending);
            }
            let now = world.network.now();
            let until = exchange.continue_until.get_or_insert_with(|| {
                settings
                    .continue_timeout
                    .map(|time| now.saturating_add(time))
            });
            link.wake = Some(*until);
            let over = until.is_some_and(|until| now >= until);
            loop {
                match exchange.receive(&world, link, &settings) {
                    Ok(Event::Interim(head, _)) => {
                        let go = head.status == 100;
                        exchange.interim.push(head);
                        if go {
                            return Ok(Poll::Ready(Answer::Continue));
                        }
                    }
                    Ok(Event::Final(head)) => {
                        exchange.early = Some(head);
                        return Ok(Poll::Ready(Answer::Final));
                    }
                    Ok(Event::StatusLine(_)) => {}
                    Ok(Event::NeedMore) if over => return Ok(Poll::Ready(Answer::Continue)),
                    Ok(Event::NeedMore) => {
                        let phase = crate::error::Phase::FirstByte;
                        if link.advance_receive(phase)?.is_pending() {
                            return Ok(Poll::Pending);
                        }
                    }
                    // `get-response` reports it.
                    Err(error) => {
                        exchange.failure = Some(error);
                        return Ok(Poll::Ready(Answer::Final));
                    }
                }
            }
        })
    }

    /// Queues bytes, and the line of debug output that shows them.
    pub(super) fn queue(&self, link: &mut Link<N>, bytes: Vec<u8>) {
        if self.debugs() {
            link.print(debug::sent(&bytes));
        }
        link.queue(bytes);
    }

    fn queue_body(&mut self, link: &mut Link<N>, held: Held<N::Stream>) {
        let Held { items, coding } = held;
        match items {
            Items::Here(items) => self.queue_items(link, items, &coding),
            Items::Stream(stream, length) => {
                link.prints_sent = self.debugs();
                if link.prints_sent {
                    link.print(debug::reading_stream());
                }
                let block = self.settings.borrow().block_size;
                link.queue_stream(Feed::new(stream, length, coding, block));
            }
        }
    }

    fn queue_items(&mut self, link: &mut Link<N>, items: Vec<Vec<u8>>, coding: &Coding) {
        for item in items {
            if item.is_empty() {
                if self.debugs() {
                    link.print(debug::empty_item());
                }
                continue;
            }
            self.exchange.body_sent += item.len() as u64;
            if !coding.chunked {
                self.queue(link, item);
                continue;
            }
            let start = chunk_start(item.len());
            if self.debugs() {
                link.print(debug::sent(&[&start, item.as_slice(), b"\r\n"].concat()));
            }
            link.queue(start);
            link.queue(item);
            link.queue(b"\r\n".into());
        }
        if coding.chunked {
            self.queue(link, last_chunk(&coding.trailers));
        }
    }

    /// `send`: bytes as they are, in any state.
    ///
    /// # Errors
    /// See the WIT.
    pub fn send(&mut self, data: Vec<u8>) -> Result<()> {
        let link = self.link_to_send_on()?;
        self.exchange.body_sent += data.len() as u64;
        self.queue(&mut link.borrow_mut(), data);
        self.drive(Link::advance_send)
    }

    /// `send` of a file object: a stream to its end.
    ///
    /// # Errors
    /// See the WIT.
    pub fn send_stream(&mut self, stream: N::Stream) -> Result<()> {
        let link = self.link_to_send_on()?;
        if self.debugs() {
            link.borrow_mut().print(debug::sending_stream());
        }
        let block = self.settings.borrow().block_size;
        let feed = Feed::new(stream, None, Coding::default(), block);
        link.borrow_mut().prints_sent = false;
        link.borrow_mut().queue_stream(feed);
        self.drive(Link::advance_send)
    }

    /// A link that takes bytes: not one in the middle of a stream.
    fn link_to_send_on(&mut self) -> Result<Rc<RefCell<Link<N>>>> {
        let link = self.usable_link()?;
        if link.borrow().is_feeding() || self.held.is_some() {
            return Err(caller::value(
                "the body of the request is still being sent: call flush first",
            ));
        }
        Ok(link)
    }

    /// The server that requests are for: behind the proxy, if there is a tunnel.
    pub(super) fn origin(&self) -> &host::Authority {
        match &self.tunnel {
            Some(tunnel) => &tunnel.authority,
            None => &self.authority,
        }
    }

    /// The URL of a request (RFC 9110, section 7.1).
    pub(super) fn url_of(&self, target: &str) -> String {
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
}
