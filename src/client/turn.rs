//! A turn: an exchange on a lane, with what belongs to it.

use crate::error::Error;
use crate::network::Network;
use crate::source::Outgoing;
use alloc::vec::Vec;
use httplib_proto::buffer::Buffer;
use httplib_proto::exchange::Exchange;
use httplib_proto::response::Head;

/// The number of a turn on its lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TurnId(pub(crate) u64);

/// One request and its response.
pub struct Turn<N: Network> {
    pub(crate) id: TurnId,
    /// Where both are.
    pub exchange: Exchange,
    /// The rest of the body.
    pub(crate) outgoing: Option<Outgoing<N::Stream>>,
    /// Why the stream of the body cannot be sent to its end.
    pub(crate) source_error: Option<Error>,
    /// The wait for a 100 (Continue).
    pub(crate) patience: Patience,
    /// When the request began, if its whole time is limited.
    pub started: Option<u64>,
    /// Interim responses that came.
    pub interim: Vec<Head>,
    /// The head of the response, until it is taken.
    pub(crate) head: Option<Head>,
    /// The head was taken: a response reads the rest.
    pub(crate) is_read: bool,
    /// The response cannot be understood, and neither can what follows it.
    pub(crate) failure: Option<Error>,
    /// Bytes of the body that were decoded and not read.
    pub decoded: Buffer,
    /// How much of the wire's input the parser has looked at.
    pub(crate) looked: usize,
    /// How many bytes the wire had received when the turn began.
    pub(crate) begun_at: u64,
}

/// How long a body waits for a 100 (Continue).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Patience {
    /// The wait has not begun.
    Fresh,
    /// Until this time; for ever without one.
    Until(Option<u64>),
    /// It is over: a 100 came, or the time has passed.
    Over,
}

impl<N: Network> Turn<N> {
    /// A turn at the end of its request's head.
    pub(crate) fn new(id: TurnId, exchange: Exchange, started: Option<u64>, begun_at: u64) -> Self {
        Self {
            id,
            exchange,
            outgoing: None,
            source_error: None,
            patience: Patience::Fresh,
            started,
            interim: Vec::new(),
            head: None,
            is_read: false,
            failure: None,
            decoded: Buffer::default(),
            looked: 0,
            begun_at,
        }
    }

    /// Whether its body is here and waits for a 100 (Continue).
    pub(crate) fn holds_body(&self) -> bool {
        self.exchange.is_held() && self.outgoing.is_some()
    }

    /// Whether the next read of the response returns without receiving: bytes are
    /// decoded, or there will be none.
    pub(crate) fn is_readable(&self) -> bool {
        self.is_read && (!self.decoded.is_empty() || self.exchange.receiving().rests())
    }

    /// How many bytes of the body were not read yet, where the framing tells.
    pub fn length(&self) -> Option<u64> {
        Some(self.exchange.left()? + self.decoded.len() as u64)
    }
}
