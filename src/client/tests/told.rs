//! Errors as the tests name them: one word for each class.

use crate::error::{Call, Cause, Code, Error, Phase};
use httplib_proto::error::{Caller, Peer};

/// The class of an error, as the contract names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    BadStatusLine,
    BrokenPipe,
    CannotSendHeader,
    CannotSendRequest,
    ConnectionRefused,
    ConnectionReset,
    HttpException,
    IncompleteRead,
    InvalidUrl,
    LineTooLong,
    MemoryError,
    NameResolution,
    NotConnected,
    OsError,
    RemoteDisconnected,
    ResponseNotReady,
    RuntimeError,
    TimedOut,
    Tls,
    UnicodeEncodeError,
    UnknownProtocol,
    UnknownTransferEncoding,
    UnsupportedOperation,
    ValueError,
    WouldBlock,
}

/// What a test asks of an error.
pub(super) trait Told {
    fn kind(&self) -> Kind;
    fn details(&self) -> Details;
}

/// The details that tests look at.
#[derive(Debug)]
pub(super) struct Details {
    pub(super) phase: Option<Phase>,
    pub(super) host: Option<String>,
    pub(super) socket_code: Option<&'static str>,
    pub(super) state: Option<&'static str>,
    pub(super) partial: Option<Vec<u8>>,
    pub(super) expected: Option<u64>,
    pub(super) line: Option<Vec<u8>>,
}

impl Told for Error {
    fn kind(&self) -> Kind {
        match self.cause() {
            Cause::Caller(Caller::Port(_) | Caller::Url(_)) => Kind::InvalidUrl,
            Cause::Caller(Caller::Value(_)) => Kind::ValueError,
            Cause::Caller(Caller::Encode(_)) => Kind::UnicodeEncodeError,
            Cause::Call(Call::CannotSendRequest(_)) => Kind::CannotSendRequest,
            Cause::Call(Call::CannotSendHeader) => Kind::CannotSendHeader,
            Cause::Call(Call::ResponseNotReady(_)) => Kind::ResponseNotReady,
            Cause::Call(Call::NotConnected) => Kind::NotConnected,
            Cause::Call(Call::Runtime(_)) => Kind::RuntimeError,
            Cause::Call(Call::Unsupported(_)) => Kind::UnsupportedOperation,
            Cause::Peer(Peer::BadStatusLine(_)) => Kind::BadStatusLine,
            Cause::Peer(Peer::RemoteDisconnected) => Kind::RemoteDisconnected,
            Cause::Peer(Peer::UnknownProtocol(_)) => Kind::UnknownProtocol,
            Cause::Peer(Peer::LineTooLong { .. }) => Kind::LineTooLong,
            Cause::Peer(Peer::UnknownTransferEncoding(_)) => Kind::UnknownTransferEncoding,
            Cause::Peer(Peer::IncompleteRead { .. }) => Kind::IncompleteRead,
            Cause::Peer(Peer::TooMany { .. } | Peer::TooMuchBody { .. } | Peer::Malformed(_)) => {
                Kind::HttpException
            }
            Cause::Memory => Kind::MemoryError,
            Cause::Socket(Code::ConnectionRefused) => Kind::ConnectionRefused,
            Cause::Socket(Code::ConnectionReset) => Kind::ConnectionReset,
            Cause::Socket(Code::ConnectionBroken) => Kind::BrokenPipe,
            Cause::Socket(Code::NameUnresolvable) => Kind::NameResolution,
            Cause::Socket(_) | Cause::Stream(_) | Cause::Refused(..) => Kind::OsError,
            Cause::TimedOut { .. } => Kind::TimedOut,
            Cause::WouldBlock => Kind::WouldBlock,
            Cause::Tls(_) => Kind::Tls,
        }
    }

    fn details(&self) -> Details {
        let (mut expected, mut line) = (None, None);
        match self.cause() {
            Cause::Peer(Peer::IncompleteRead { expected: more, .. }) => expected = *more,
            Cause::Peer(Peer::BadStatusLine(bad)) => line = Some(bad.to_vec()),
            _ => {}
        }
        Details {
            phase: self.phase(),
            host: self.host().map(Into::into),
            socket_code: match self.cause() {
                Cause::Socket(code) => Some(code.name()),
                _ => None,
            },
            state: match self.cause() {
                Cause::Call(Call::CannotSendRequest(state) | Call::ResponseNotReady(state)) => {
                    Some(state)
                }
                _ => None,
            },
            partial: self.partial().map(Into::into),
            expected,
            line,
        }
    }
}
