//! Sending a request: its head and its body.

use super::feed::{Coding, Feed};
use super::link::Link;
use super::{Connection, debug};
use crate::transport::Network;
use alloc::rc::{Rc, Weak};
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;
use httplib_proto::error::{Result, caller};
use httplib_proto::host;
use httplib_proto::latin1;
use httplib_proto::request::{Body, Declared, Form, HttpVersion, RequestHead, has_field};

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

/// A body on its way out.
pub(super) struct Outgoing<S> {
    items: Items<S>,
    coding: Coding,
}

enum Items<S> {
    Here(Vec<Vec<u8>>),
    Stream(S, Option<u64>),
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
        let has = |name| has_field(headers, name);
        self.put_request(method, url, has("host"), has("accept-encoding"))?;
        let form = body.as_ref().map(Source::form);
        let head = self.head.as_mut().ok_or_else(caller::cannot_send_header)?;
        let chunked = head.put_framing(method, headers, form, encode_chunked)?;
        if head.declared == Declared::Coded && self.debugs() {
            self.world.network.print(match &body {
                Some(Source::Here(Body::Chunks(items))) => debug::unsized_items(items),
                _ => debug::unsized_body(debug::STREAM),
            });
        }
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
        if let Some(head) = &self.head {
            if chunked {
                head.check_chunks()?;
            } else if !head.trailers.is_empty() {
                return Err(caller::value("trailers need a body that is sent in chunks"));
            }
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
        let Some(mut head) = self.head.take() else {
            return Err(caller::cannot_send_header());
        };
        self.state.end_headers()?;
        self.exchange.traits = head.traits.clone();
        self.exchange.declared = Some(head.declared);
        let coding = Coding {
            chunked,
            trailers: core::mem::take(&mut head.trailers),
        };
        let head = head.finish();
        let link = self.link_for_request()?;
        link.borrow_mut().queue(head, self.debugs());
        if let Some(items) = items {
            let body = Outgoing { items, coding };
            if self.waits_for_continue() {
                self.held = Some(body);
            } else {
                self.queue_body(&mut link.borrow_mut(), body);
            }
        }
        self.send_queued()
    }

    pub(super) fn queue_body(&mut self, link: &mut Link<N>, body: Outgoing<N::Stream>) {
        let shown = self.debugs();
        let Outgoing { items, coding } = body;
        match items {
            Items::Here(items) => {
                for item in items {
                    if !item.is_empty() {
                        self.exchange.body_sent += item.len() as u64;
                        link.queue_piece(item, coding.chunked, shown);
                    } else if shown {
                        link.print(debug::empty_item());
                    }
                }
                link.queue_end(&coding, shown);
            }
            Items::Stream(stream, length) => {
                if shown {
                    link.print(debug::reading_stream());
                }
                let block = self.settings.borrow().block_size;
                link.queue_stream(Feed::new(stream, length, coding, block, shown));
            }
        }
    }

    /// `send`: bytes as they are, in any state.
    ///
    /// # Errors
    /// See the WIT.
    pub fn send(&mut self, data: Vec<u8>) -> Result<()> {
        let link = self.link_to_send_on()?;
        self.exchange.body_sent += data.len() as u64;
        link.borrow_mut().queue(data, self.debugs());
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
        let feed = Feed::new(stream, None, Coding::default(), block, false);
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
}
