//! One request and its response, without I/O: what may be sent next, what was
//! received, and in the end whether the connection can be used again.
//!
//! Two halves, each with one table of transitions ([`sending`], [`receiving`]), and
//! a verdict over both ([`verdict`]).
//!
//! ```text
//! sending                                           receiving
//! Done ◀── no body, or an empty one                 Head ── no body ───────▶ Done
//! Body ── its end ──────────────▶ Done               │ ▲└─ 1xx ┐
//!  │ ├─── too many bytes ───────▶ Over               │ └───────┘
//!  │ ├─── its end too early ────▶ Short              ├── 101, 2xx to CONNECT ▶ Raw
//!  │ └─── stream or write fails ▶ Failed             └── final ▶ Body ── end ▶ Done
//! Held ── 100, or its time ─────▶ Body              Head, Body, Raw
//!  └───── final answer ─────────▶ Withheld           └── cut, lost, malformed ▶ Broken
//! ```
//!
//! ```
//! use httplib_proto::body::End;
//! use httplib_proto::buffer::Buffer;
//! use httplib_proto::exchange::{Decoded, Exchange, Received, Verdict};
//! use httplib_proto::limits::Limits;
//! use httplib_proto::request::{HttpVersion, RequestHead};
//!
//! let limits = Limits::default();
//! let mut head = RequestHead::new("PUT", "/", HttpVersion::Http11)?;
//! head.put("Content-Length", &["3".into()])?;
//! let mut exchange = Exchange::new(head.traits.clone(), head.declared, false, false);
//! // … send head.finish(), then:
//! exchange.send_piece(3);
//!
//! let mut input = Buffer::default();
//! input.push(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".into()).unwrap();
//! let head = loop {
//!     match exchange.receive(&mut input, None, true, &limits)? {
//!         Received::Final(head) => break head,
//!         Received::NeedMore => panic!("it is all there"),
//!         _ => {}
//!     }
//! };
//! assert_eq!(head.status, 200);
//! let mut body = Buffer::default();
//! let decoded = exchange.decode(&mut input, None::<End>, 100, &limits, &mut body)?;
//! assert_eq!((decoded, body.bytes()), (Decoded::Data, &b"ok"[..]));
//! assert_eq!(exchange.verdict(!input.is_empty(), false), Verdict::Keep);
//! # Ok::<(), httplib_proto::error::Error>(())
//! ```

pub mod receiving;
pub mod sending;
pub mod verdict;

use crate::body::{self, Body, End};
use crate::buffer::Buffer;
use crate::error::{Error, Peer, Result, peer};
use crate::framing::{Framing, Traits, is_raw};
use crate::headers::Headers;
use crate::limits::Limits;
use crate::request::Declared;
use crate::response::{Event as HeadEvent, Head, HeadParser};
use alloc::vec::Vec;

pub use body::Event as Decoded;
pub use receiving::{Break, Receiving};
pub use sending::{Blame, Coding, Sending};
pub use verdict::{Close, Verdict};

/// One request and its response.
#[derive(Debug)]
pub struct Exchange {
    traits: Traits,
    sending: Sending,
    receiving: Receiving,
    parser: HeadParser,
    /// That of the final head; of no use before.
    body: Body,
    /// What the final head says of the connection's end.
    at_head: Option<Close>,
}

/// What was received next.
#[derive(Debug)]
pub enum Received {
    /// More bytes are needed.
    NeedMore,
    /// A status line as it was received.
    StatusLine(Vec<u8>),
    /// An interim response, and its header lines as they were received.
    Interim(Head, Vec<u8>),
    /// The head of the response.
    Final(Head),
}

/// How a piece of a body is put on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// As it is.
    Plain,
    /// As a chunk (RFC 9112, section 7.1).
    Chunk,
}

impl Exchange {
    /// An exchange whose request head is complete. `chunks`: the body is sent in
    /// chunks made here; `held`: it waits for a 100 (Continue).
    pub fn new(traits: Traits, declared: Declared, chunks: bool, held: bool) -> Self {
        let coding = match declared {
            _ if chunks => Some(Coding::Chunks),
            Declared::Nothing | Declared::Length(0) => None,
            Declared::Length(length) => Some(Coding::Length(length)),
            Declared::Coded => Some(Coding::Own),
            // Nobody can tell where such a body ends.
            Declared::Nonsense => return Self::with(traits, Sending::Over),
        };
        let sending = match coding {
            None => Sending::Done,
            Some(coding) if held => Sending::Held(coding),
            Some(coding) => Sending::Body(coding),
        };
        Self::with(traits, sending)
    }

    /// The exchange of a request that was not sent here, or not first on its
    /// connection: what is sent belongs to nothing that was announced.
    pub fn stray(traits: Traits) -> Self {
        Self::with(traits, Sending::Stray)
    }

    fn with(traits: Traits, sending: Sending) -> Self {
        Self {
            traits,
            sending,
            receiving: Receiving::default(),
            parser: HeadParser::default(),
            body: Body::Length(0),
            at_head: None,
        }
    }

    /// Where the sending is.
    pub fn sending(&self) -> Sending {
        self.sending
    }

    /// Where the receiving is.
    pub fn receiving(&self) -> Receiving {
        self.receiving
    }

    /// What of the request decides how its response is read.
    pub fn traits(&self) -> &Traits {
        &self.traits
    }

    /// Whether nothing of the current head was received yet.
    pub fn is_before_head(&self) -> bool {
        self.parser.at_start()
    }

    /// Whether the body waits for a 100 (Continue).
    pub fn is_held(&self) -> bool {
        matches!(self.sending, Sending::Held(_))
    }

    /// The body may go out: 100 (Continue) came, or is not waited for any longer.
    pub fn release(&mut self) {
        self.sending = self.sending.after(sending::Event::Go);
    }

    /// How the pieces of the body are put on the wire; the end of one in chunks
    /// takes a last chunk.
    pub fn frame(&self) -> Frame {
        match self.sending {
            Sending::Body(Coding::Chunks) => Frame::Chunk,
            _ => Frame::Plain,
        }
    }

    /// So many bytes of the body are sent, at least one.
    pub fn send_piece(&mut self, bytes: u64) {
        self.sending = self.sending.after(sending::Event::Piece(bytes));
    }

    /// The body has ended.
    pub fn send_end(&mut self) {
        self.sending = self.sending.after(sending::Event::End);
    }

    /// The stream of the body failed, or was shorter than was said.
    pub fn source_failed(&mut self) {
        self.sending = self.sending.after(sending::Event::SourceFailed);
    }

    /// Writing failed. What the peer sent before can still be received.
    pub fn write_broke(&mut self) {
        self.sending = self.sending.after(sending::Event::WriteBroke);
    }

    /// This side of a raw stream has ended.
    pub fn shut(&mut self) {
        self.sending = self.sending.after(sending::Event::Shutdown);
    }

    /// Takes the next line or head from `input`; nothing after the final head, or once
    /// the response is broken.
    ///
    /// # Errors
    /// Those of [`HeadParser::parse`] and of [`Framing::of`]; a 101 that was not
    /// asked for, or that comes before the request was sent. After an error other
    /// than out of memory the response is broken.
    pub fn receive(
        &mut self,
        input: &mut Buffer,
        end: Option<End>,
        strict: bool,
        limits: &Limits,
    ) -> Result<Received> {
        if self.receiving != Receiving::Head {
            return Ok(Received::NeedMore);
        }
        let received = self
            .parser
            .parse(input, end.is_some(), strict, limits)
            .and_then(|event| self.take(event));
        if let Err(error) = &received
            && *error != Error::Memory
        {
            self.broke(match error {
                Error::Peer(Peer::RemoteDisconnected) => Break::Disconnected,
                Error::Peer(Peer::IncompleteRead { .. }) => Break::Cut,
                _ => Break::Malformed,
            });
            self.sending = self.sending.after(sending::Event::FinalHead);
        }
        received
    }

    fn take(&mut self, event: HeadEvent) -> Result<Received> {
        Ok(match event {
            HeadEvent::NeedMore => Received::NeedMore,
            HeadEvent::StatusLine(line) => Received::StatusLine(line),
            HeadEvent::Interim(head, raw) => {
                if head.status == 100 {
                    self.release();
                }
                Received::Interim(head, raw)
            }
            HeadEvent::Final(head) => {
                self.take_final(&head)?;
                Received::Final(head)
            }
        })
    }

    fn take_final(&mut self, head: &Head) -> Result<()> {
        let raw = is_raw(head, &self.traits);
        if head.status == 101 && !self.traits.upgrade {
            return Err(peer::malformed(
                "101 Switching Protocols, but the request had no Upgrade header",
            ));
        }
        let framing = Framing::of(head, &self.traits)?;
        self.sending = self.sending.after(sending::Event::FinalHead);
        if raw {
            self.sending = self.sending.after(sending::Event::Switch);
            if self.sending != Sending::Raw && head.status == 101 {
                return Err(peer::malformed(
                    "101 Switching Protocols before the request was sent",
                ));
            }
        }
        self.at_head = Close::at_head(head, &self.traits, framing, raw);
        self.body = Body::new(framing);
        self.receiving = self.receiving.after(match framing {
            _ if raw => receiving::Event::HeadOfRaw,
            Framing::Length(0) => receiving::Event::HeadAlone,
            _ => receiving::Event::HeadWithBody,
        });
        Ok(())
    }

    /// Moves at most `max` bytes of the body, or of the raw stream, from `input` to
    /// the end of `out`. With `max` 0 only framing is consumed.
    ///
    /// # Errors
    /// Those of [`Body::decode`].
    pub fn decode(
        &mut self,
        input: &mut Buffer,
        end: Option<End>,
        max: usize,
        limits: &Limits,
        out: &mut Buffer,
    ) -> Result<Decoded> {
        match self.receiving {
            Receiving::Done => return Ok(Decoded::End),
            Receiving::Broken(Break::Cut) if max > 0 => {
                return Ok(Decoded::Truncated(self.body.left()));
            }
            Receiving::Broken(Break::Coding) => return Ok(Decoded::Broken),
            _ => {}
        }
        let decoded = self.body.decode(input, end, max, limits, out);
        match &decoded {
            Ok(Decoded::End) => self.received_all(),
            Ok(Decoded::Data) if self.body.is_complete() => self.received_all(),
            Ok(Decoded::Truncated(_)) => self.broke(Break::Cut),
            Ok(Decoded::Broken) => self.broke(Break::Coding),
            Ok(_) | Err(Error::Memory) => {}
            Err(_) => self.broke(Break::Malformed),
        }
        decoded
    }

    fn received_all(&mut self) {
        self.receiving = self.receiving.after(receiving::Event::End);
    }

    /// Receiving cannot go on, or is not to.
    pub fn broke(&mut self, what: Break) {
        self.receiving = self.receiving.after(receiving::Event::Broke(what));
    }

    /// Whether the body comes in the chunked coding.
    pub fn is_chunked(&self) -> bool {
        matches!(self.body, Body::Chunked(_))
    }

    /// Whether a chunk has begun and its end was not seen.
    pub fn is_inside_chunk(&self) -> bool {
        self.body.is_inside_chunk()
    }

    /// How many bytes of the body were not decoded yet, where the framing tells.
    pub fn left(&self) -> Option<u64> {
        self.body.left()
    }

    /// The trailers of a chunked body that is complete.
    pub fn trailers(&self) -> Option<&Headers> {
        self.body.trailers()
    }

    /// Why the connection ends with this response, as far as the heads tell.
    pub fn close_at_head(&self) -> Option<Close> {
        self.at_head
    }

    /// Whether the connection can be used again. `surplus`: bytes are left that
    /// nobody asked for; `unsent`: bytes of the request are.
    pub fn verdict(&self, surplus: bool, unsent: bool) -> Verdict {
        let raw = self.at_head.filter(|close| *close == Close::Switched);
        let close = raw
            .or_else(|| Close::of_receiving(self.receiving))
            .or(self.at_head)
            .or_else(|| Close::of_sending(self.sending))
            .or_else(|| unsent.then_some(Close::BodyUnfinished))
            .or_else(|| surplus.then_some(Close::Surplus));
        close.map_or(Verdict::Keep, Verdict::Close)
    }
}

#[cfg(test)]
mod tests {
    use super::{Close, Exchange, Received, Verdict};
    use crate::buffer::Buffer;
    use crate::framing::Traits;
    use crate::limits::Limits;
    use crate::request::Declared;

    #[test]
    fn head_behind_the_final_one_is_not_taken() {
        let mut exchange = Exchange::new(Traits::default(), Declared::Nothing, false, false);
        let mut input = Buffer::default();
        let second = b"HTTP/1.1 204 No Content\r\n\r\n";
        let both = [b"HTTP/1.0 204 No Content\r\n\r\n".as_slice(), second].concat();
        input.push(both).unwrap();
        let mut receive = || {
            exchange
                .receive(&mut input, None, true, &Limits::default())
                .unwrap()
        };
        while !matches!(receive(), Received::Final(_)) {}
        assert!(matches!(receive(), Received::NeedMore));
        assert_eq!(input.bytes(), second);
        assert_ne!(exchange.verdict(false, false), Verdict::Keep);
    }

    #[test]
    fn head_behind_a_broken_one_is_not_taken() {
        let traits = Traits {
            upgrade: true,
            ..Traits::default()
        };
        let mut exchange = Exchange::new(traits, Declared::Nothing, false, false);
        let mut input = Buffer::default();
        let broken = b"no status line\r\n".as_slice();
        let switching = b"HTTP/1.1 101 Switching Protocols\r\n\r\n";
        input.push([broken, switching].concat()).unwrap();
        let mut receive = || exchange.receive(&mut input, None, true, &Limits::default());
        assert!(receive().is_err());
        for _ in 0..3 {
            assert!(matches!(receive(), Ok(Received::NeedMore)));
        }
        let verdict = exchange.verdict(false, false);
        assert_eq!(verdict, Verdict::Close(Close::Broken));
    }
}
