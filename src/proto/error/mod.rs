//! What can go wrong, in one type.
//!
//! The constructors are split by blame: [`caller`] for calls that were wrong,
//! [`peer`] for what the server sent, [`transport`] for the network and TLS.

pub mod caller;
pub mod peer;
pub mod transport;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// The class of an error: the exceptions of `http.client`, and the built-in and
/// `ssl` classes that Python raises from the same calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // each is described in the WIT
pub enum Kind {
    HttpException,
    NotConnected,
    InvalidUrl,
    UnknownProtocol,
    UnknownTransferEncoding,
    UnimplementedFileMode,
    IncompleteRead,
    ImproperConnectionState,
    CannotSendRequest,
    CannotSendHeader,
    ResponseNotReady,
    BadStatusLine,
    RemoteDisconnected,
    LineTooLong,
    ValueError,
    UnicodeEncodeError,
    TypeError,
    RuntimeError,
    MemoryError,
    OsError,
    ConnectionError,
    ConnectionRefused,
    ConnectionReset,
    ConnectionAborted,
    BrokenPipe,
    TimedOut,
    WouldBlock,
    NameResolution,
    Tls,
    Certificate,
    UnsupportedOperation,
    Other,
}

impl Kind {
    /// The classes that this one is derived from directly.
    fn bases(self) -> &'static [Self] {
        match self {
            Self::NotConnected
            | Self::InvalidUrl
            | Self::UnknownProtocol
            | Self::UnknownTransferEncoding
            | Self::UnimplementedFileMode
            | Self::IncompleteRead
            | Self::ImproperConnectionState
            | Self::BadStatusLine
            | Self::LineTooLong => &[Self::HttpException],
            Self::CannotSendRequest | Self::CannotSendHeader | Self::ResponseNotReady => {
                &[Self::ImproperConnectionState]
            }
            Self::RemoteDisconnected => &[Self::ConnectionReset, Self::BadStatusLine],
            Self::UnicodeEncodeError => &[Self::ValueError],
            Self::ConnectionError
            | Self::TimedOut
            | Self::WouldBlock
            | Self::NameResolution
            | Self::Tls => &[Self::OsError],
            Self::ConnectionRefused
            | Self::ConnectionReset
            | Self::ConnectionAborted
            | Self::BrokenPipe => &[Self::ConnectionError],
            Self::Certificate => &[Self::Tls, Self::ValueError],
            Self::UnsupportedOperation => &[Self::OsError, Self::ValueError],
            Self::HttpException
            | Self::ValueError
            | Self::TypeError
            | Self::RuntimeError
            | Self::MemoryError
            | Self::OsError
            | Self::Other => &[],
        }
    }

    /// `issubclass(self, class)`.
    pub fn is_instance(self, class: Self) -> bool {
        self == class || self.bases().iter().any(|base| base.is_instance(class))
    }
}

/// Where an operation was when it failed or its time ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // each is described in the WIT
pub enum Phase {
    Resolve,
    Connect,
    Tunnel,
    Tls,
    Send,
    FirstByte,
    Head,
    Body,
    Other,
}

impl Phase {
    /// The phase as the end of a sentence: "timed out while …".
    pub fn describe(self) -> &'static str {
        match self {
            Self::Resolve => "resolving the host name",
            Self::Connect => "connecting",
            Self::Tunnel => "waiting for the proxy's answer",
            Self::Tls => "making the TLS handshake",
            Self::Send => "sending",
            Self::FirstByte => "waiting for the response",
            Self::Head => "receiving the response head",
            Self::Body => "receiving the response body",
            Self::Other => "working",
        }
    }
}

/// An error with its details; which are set depends on the kind.
#[derive(Clone, Debug)]
pub struct Error(Box<Details>);

/// What an [`Error`] knows. The WIT says which kinds set which detail.
#[derive(Clone, Debug)]
#[allow(missing_docs)] // each is described in the WIT
pub struct Details {
    pub kind: Kind,
    pub message: String,
    pub line: Option<Vec<u8>>,
    pub version: Option<Vec<u8>>,
    pub partial: Option<Vec<u8>>,
    pub expected: Option<u64>,
    pub state: Option<&'static str>,
    pub phase: Option<Phase>,
    pub socket_code: Option<&'static str>,
    pub tls_alert_sent: Option<u8>,
    pub tls_alert_received: Option<u8>,
    pub certificate_reason: Option<&'static str>,
    pub host: Option<String>,
}

/// The result of every operation that can fail.
pub type Result<T> = core::result::Result<T, Error>;

impl Error {
    /// An error of this kind that says only this.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self(Box::new(Details {
            kind,
            message: message.into(),
            line: None,
            version: None,
            partial: None,
            expected: None,
            state: None,
            phase: None,
            socket_code: None,
            tls_alert_sent: None,
            tls_alert_received: None,
            certificate_reason: None,
            host: None,
        }))
    }

    /// The class of the error.
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// Everything that is known.
    pub fn details(&self) -> &Details {
        &self.0
    }

    /// `isinstance(self, class)`.
    pub fn is_instance(&self, class: Kind) -> bool {
        self.0.kind.is_instance(class)
    }

    /// Whether the same call, or `flush`, can go on where this error left it.
    pub fn is_resumable(&self) -> bool {
        matches!(self.0.kind, Kind::TimedOut | Kind::WouldBlock)
    }

    /// The same error, having happened in this phase if it names none yet.
    #[must_use]
    pub fn in_phase(mut self, phase: Phase) -> Self {
        self.0.phase.get_or_insert(phase);
        self
    }

    /// The same error, naming the host that was to be reached.
    #[must_use]
    pub fn with_host(mut self, host: &str) -> Self {
        self.0.host.get_or_insert_with(|| host.into());
        self
    }

    /// The same error, carrying the bytes of the body that had arrived.
    #[must_use]
    pub fn with_partial(mut self, partial: Vec<u8>) -> Self {
        self.0.partial = Some(partial);
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl core::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remote_disconnected_has_two_parents() {
        for class in [
            Kind::RemoteDisconnected,
            Kind::BadStatusLine,
            Kind::HttpException,
            Kind::ConnectionReset,
            Kind::ConnectionError,
            Kind::OsError,
        ] {
            assert!(Kind::RemoteDisconnected.is_instance(class), "{class:?}");
        }
        assert!(!Kind::RemoteDisconnected.is_instance(Kind::ValueError));
        assert!(!Kind::HttpException.is_instance(Kind::RemoteDisconnected));
    }

    #[test]
    fn certificate_is_tls_os_and_value_error() {
        for class in [Kind::Tls, Kind::OsError, Kind::ValueError] {
            assert!(Kind::Certificate.is_instance(class), "{class:?}");
        }
        assert!(!Kind::Tls.is_instance(Kind::Certificate));
    }
}
