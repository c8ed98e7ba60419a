//! Writing and sending a request: its head, its body, and bytes as they are.

use crate::connection::Connection;
use crate::debug;
use crate::error::{Call as Misuse, Error, Phase, Result, value};
use crate::network::{Block, ByteStream, Network};
use crate::source::Outgoing;
use crate::state::State;
use crate::step;
use alloc::string::String;
use alloc::vec::Vec;
use httplib_proto::exchange::Exchange;
use httplib_proto::request::{Body, Declared, Form, HttpVersion, RequestHead, has_field};
use httplib_proto::{encode, host, memory};

/// The body of a request, wherever it comes from.
pub enum Source<S> {
    /// The caller has it.
    Here(Body),
    /// A stream has it: this many bytes, or as many as it will have.
    Stream(S, Option<u64>),
}

impl<S: ByteStream> Source<S> {
    fn form(&self) -> Form {
        match self {
            Self::Here(body) => body.form(),
            Self::Stream(_, Some(length)) => Form::Sized(*length),
            Self::Stream(_, None) => Form::Unsized,
        }
    }

    fn outgoing(self, block: usize, shown: bool) -> Result<Outgoing<S>> {
        let items = match self {
            Self::Here(Body::Bytes(bytes)) => [bytes].into(),
            Self::Here(Body::Text(text)) => [encode::latin1(&text)?].into(),
            Self::Here(Body::Chunks(items)) => items,
            Self::Stream(stream, length) => {
                return Ok(Outgoing::stream(stream, length, block, shown));
            }
        };
        Ok(Outgoing::items(items, shown))
    }
}

impl<N: Block> Connection<N> {
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
        let requested = self.whole_request(method, url, body, headers, encode_chunked);
        self.undo_start(requested)
    }

    fn whole_request(
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
        let debugs = self.debugs();
        let head = self.head.as_mut().ok_or(Misuse::CannotSendHeader)?;
        let chunked = head.put_framing(method, headers, form, encode_chunked)?;
        if head.declared == Declared::Coded && debugs {
            let line = match &body {
                Some(Source::Here(Body::Chunks(items))) => debug::unsized_items(items),
                _ => Some(debug::unsized_body(debug::STREAM)),
            };
            if let Some(line) = line {
                self.print(&line);
            }
        }
        for (name, value) in headers {
            self.put_header(name, core::slice::from_ref(value))?;
        }
        self.end_headers(body, chunked)
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
        self.queue_request(body, encode_chunked)?;
        self.send_queued().map_err(Error::after_queuing)
    }

    /// `send`: bytes as they are, in any state.
    ///
    /// # Errors
    /// See the WIT.
    pub fn send(&mut self, mut data: Vec<u8>) -> Result<()> {
        let watched = self.lane_to_send_on()?;
        watched.lane_mut().send_bytes(&mut data, self.debugs())?;
        self.drive(Phase::Send, step::send)
            .map_err(Error::after_queuing)
    }

    /// `send` of a file object: a stream to its end.
    ///
    /// # Errors
    /// See the WIT.
    pub fn send_stream(&mut self, stream: N::Stream) -> Result<()> {
        let watched = self.lane_to_send_on()?;
        let block = self.settings.borrow().block_size;
        {
            let mut lane = watched.lane_mut();
            lane.print(self.debugs().then(debug::sending_stream));
            lane.send_stream(Outgoing::stream(stream, None, block, false));
        }
        self.drive(Phase::Send, step::send)
            .map_err(Error::after_queuing)
    }
}

impl<N: Network> Connection<N> {
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
        self.start_request()?;
        let started = self.write_start(method, url, skip_host, skip_accept_encoding);
        self.undo_start(started)
    }

    /// What short memory ended before it was queued was never begun.
    fn undo_start(&mut self, result: Result<()>) -> Result<()> {
        if let Err(error) = &result
            && error.is_memory()
            && self.state == State::Started
        {
            self.forget_request();
        }
        result
    }

    fn write_start(
        &mut self,
        method: &str,
        url: &str,
        skip_host: bool,
        skip_accept_encoding: bool,
    ) -> Result<()> {
        let version = self.settings.borrow().http_version;
        let mut head = RequestHead::new(method, url, version)?;
        self.target = memory::copy_text(url)?;
        // HTTP/1.0 knows neither.
        if version == HttpVersion::Http11 {
            if !skip_host {
                let host = match host::of_absolute_url(url.as_bytes())? {
                    Some(host) => host,
                    None => self.origin().field(self.default_port())?,
                };
                head.put_checked(b"Host", &host)?;
            }
            if !skip_accept_encoding {
                head.put_checked(b"Accept-Encoding", b"identity")?;
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
        self.started_head()?.put(name, values)?;
        Ok(())
    }

    /// A field that follows a chunked body.
    ///
    /// # Errors
    /// See the WIT.
    pub fn put_trailer(&mut self, name: &str, values: &[String]) -> Result<()> {
        self.started_head()?.put_trailer(name, values)?;
        Ok(())
    }

    fn started_head(&mut self) -> Result<&mut RequestHead> {
        self.state.check_header()?;
        self.head.as_mut().ok_or(Misuse::CannotSendHeader.into())
    }

    fn queue_request(
        &mut self,
        body: Option<Source<N::Stream>>,
        encode_chunked: bool,
    ) -> Result<()> {
        let shown = self.debugs();
        let chunked = encode_chunked && body.is_some();
        let head = self.started_head()?;
        if chunked {
            head.check_chunks()?;
        } else if !head.trailers.is_empty() {
            return Err(value("trailers need a body that is sent in chunks"));
        }
        let length = head.length();
        let block = self.settings.borrow().block_size;
        let is_stream = matches!(body, Some(Source::Stream(..)));
        let mut outgoing = body.map(|body| body.outgoing(block, shown)).transpose()?;
        let held = self.waits_for_continue();
        let watched = self.lane_for_request().and_then(|watched| {
            watched.lane_mut().wire.output.reserve(length)?;
            Ok(watched)
        });
        // Short memory comes before the request changes.
        if let Err(error) = &watched
            && error.is_memory()
        {
            return Err(error.clone());
        }
        let Some(mut head) = self.head.take() else {
            return Err(Misuse::CannotSendHeader.into());
        };
        self.state.end_headers()?;
        self.traits = head.traits.clone();
        if let Some(outgoing) = &mut outgoing {
            outgoing.trailers = core::mem::take(&mut head.trailers);
        }
        let exchange = Exchange::new(head.traits.clone(), head.declared, chunked, held);
        let mut head = head.finish();
        let watched = watched?;
        let mut lane = watched.lane_mut();
        let started = self.started;
        let id = lane.begin(exchange, &mut head, outgoing, started, shown)?;
        lane.print((is_stream && shown && !held).then(debug::reading_stream));
        self.turn = Some(id);
        Ok(())
    }

    /// Whether the body of the request is held back at first. Not while an earlier
    /// response is unread: its body comes before any answer.
    fn waits_for_continue(&self) -> bool {
        let head = self.head.as_ref();
        head.is_some_and(|head| head.traits.expects_continue)
            && self.settings.borrow().continue_timeout != Some(0)
            && !self.has_unread()
    }

    /// Whether what is sent and received is printed.
    pub(crate) fn debugs(&self) -> bool {
        self.settings.borrow().debug_level > 0
    }
}
