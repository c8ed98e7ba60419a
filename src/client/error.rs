//! What can go wrong with a connection: HTTP itself, the order of calls, the
//! network, time, TLS; and where it happened.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use httplib_proto as proto;
use httplib_proto::memory::OutOfMemory;
use httplib_tls as tls;

/// An error with where it happened. One of short memory takes no memory.
#[derive(Clone, Debug)]
pub struct Error(Kind);

#[derive(Clone, Debug)]
enum Kind {
    Memory {
        /// The call had queued what it sends.
        queued: bool,
    },
    Other(Box<Details>),
}

const MEMORY: Error = Error(Kind::Memory { queued: false });

#[derive(Clone, Debug)]
struct Details {
    cause: Cause,
    phase: Option<Phase>,
    host: Option<String>,
    partial: Option<Rc<Vec<u8>>>,
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A value that cannot be sent.
    Caller(proto::error::Caller),
    /// A call in the wrong state.
    Call(Call),
    /// What the peer sent is not HTTP, or not all of it.
    Peer(proto::error::Peer),
    /// Memory could not be had; nothing was changed or lost.
    Memory,
    /// A socket operation failed.
    Socket(Code),
    /// The stream of the body failed; what it says.
    Stream(String),
    /// The proxy did not open the tunnel; status and reason.
    Refused(u16, String),
    /// A time limit passed: the one of the phase, or that of the whole request.
    TimedOut {
        /// The whole request's.
        total: bool,
    },
    /// The call would have to wait, and its time limit is zero.
    WouldBlock,
    /// TLS failed.
    Tls(tls::Error),
}

/// A call in the wrong state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// A request was begun while another is under way; the state by name.
    CannotSendRequest(&'static str),
    /// A header outside of `put-request` … `end-headers`.
    CannotSendHeader,
    /// There is no response to get in this state, by name.
    ResponseNotReady(&'static str),
    /// There is no connection, and none may be opened.
    NotConnected,
    /// The call is not possible any more; why.
    Runtime(&'static str),
    /// The response does not support this operation.
    Unsupported(&'static str),
}

/// Where an operation was when it failed or its time ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Resolving the host name.
    Resolve,
    /// Opening the TCP connection.
    Connect,
    /// Waiting for the proxy's answer to CONNECT.
    Tunnel,
    /// The TLS handshake.
    Tls,
    /// Sending.
    Send,
    /// Waiting for a 100 (Continue), which has a time of its own. In errors this is
    /// a wait for the first byte.
    Continue,
    /// Waiting for the first byte of the response.
    FirstByte,
    /// Inside the head of the response.
    Head,
    /// Inside its body or trailers.
    Body,
    /// Anything else.
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
            Self::Continue | Self::FirstByte => "waiting for the response",
            Self::Head => "receiving the response head",
            Self::Body => "receiving the response body",
            Self::Other => "working",
        }
    }
}

/// The error codes of `wasi:sockets`, and one for a stream that the peer closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the names say it; WASI describes them
pub enum Code {
    Unknown,
    AccessDenied,
    NotSupported,
    InvalidArgument,
    OutOfMemory,
    Timeout,
    ConcurrencyConflict,
    NotInProgress,
    WouldBlock,
    InvalidState,
    NewSocketLimit,
    AddressNotBindable,
    AddressInUse,
    RemoteUnreachable,
    ConnectionRefused,
    ConnectionReset,
    ConnectionAborted,
    /// The peer closed a stream that was written to.
    ConnectionBroken,
    DatagramTooLarge,
    NameUnresolvable,
    TemporaryResolverFailure,
    PermanentResolverFailure,
    /// The source address is of another family than the peer's.
    SourceOfOtherFamily,
}

impl Code {
    /// Its name in WASI.
    pub fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::AccessDenied => "access-denied",
            Self::NotSupported => "not-supported",
            Self::InvalidArgument => "invalid-argument",
            Self::OutOfMemory => "out-of-memory",
            Self::Timeout => "timeout",
            Self::ConcurrencyConflict => "concurrency-conflict",
            Self::NotInProgress => "not-in-progress",
            Self::WouldBlock => "would-block",
            Self::InvalidState => "invalid-state",
            Self::NewSocketLimit => "new-socket-limit",
            Self::AddressNotBindable | Self::SourceOfOtherFamily => "address-not-bindable",
            Self::AddressInUse => "address-in-use",
            Self::RemoteUnreachable => "remote-unreachable",
            Self::ConnectionRefused => "connection-refused",
            Self::ConnectionReset => "connection-reset",
            Self::ConnectionAborted => "connection-aborted",
            Self::ConnectionBroken => "connection-broken",
            Self::DatagramTooLarge => "datagram-too-large",
            Self::NameUnresolvable => "name-unresolvable",
            Self::TemporaryResolverFailure => "temporary-resolver-failure",
            Self::PermanentResolverFailure => "permanent-resolver-failure",
        }
    }

    /// What a person reads.
    fn text(self) -> &'static str {
        match self {
            Self::ConnectionRefused => "Connection refused",
            Self::ConnectionReset => "Connection reset by peer",
            Self::ConnectionAborted => "Software caused connection abort",
            Self::ConnectionBroken => "Broken pipe",
            Self::NameUnresolvable => "Name or service not known",
            Self::TemporaryResolverFailure => "Temporary failure in name resolution",
            Self::PermanentResolverFailure => "Non-recoverable failure in name resolution",
            Self::RemoteUnreachable => "Network is unreachable",
            Self::Timeout => "Connection timed out",
            Self::AccessDenied => "Permission denied: the host does not allow this",
            Self::AddressInUse => "Address already in use",
            Self::AddressNotBindable => "Cannot assign requested address",
            Self::SourceOfOtherFamily => {
                "Cannot assign requested address: the source address is of the other address family"
            }
            Self::NewSocketLimit => "Too many open sockets",
            Self::OutOfMemory => "Cannot allocate memory",
            other => other.name(),
        }
    }

    /// Whether the connection itself broke, as against what led to it.
    pub fn is_of_connection(self) -> bool {
        matches!(
            self,
            Self::ConnectionRefused
                | Self::ConnectionReset
                | Self::ConnectionAborted
                | Self::ConnectionBroken
        )
    }
}

/// The result of every operation that can fail.
pub type Result<T> = core::result::Result<T, Error>;

impl Error {
    /// What went wrong.
    pub fn cause(&self) -> &Cause {
        match &self.0 {
            Kind::Other(details) => &details.cause,
            Kind::Memory { .. } => &Cause::Memory,
        }
    }

    /// Where. Of short memory it tells how to go on: sending, what the call was given
    /// is queued, and `flush` goes on; without a phase, the same call does.
    pub fn phase(&self) -> Option<Phase> {
        match &self.0 {
            Kind::Other(details) => details.phase,
            Kind::Memory { queued } => queued.then_some(Phase::Send),
        }
    }

    fn details(&self) -> Option<&Details> {
        match &self.0 {
            Kind::Other(details) => Some(details),
            Kind::Memory { .. } => None,
        }
    }

    fn details_mut(&mut self) -> Option<&mut Details> {
        match &mut self.0 {
            Kind::Other(details) => Some(details),
            Kind::Memory { .. } => None,
        }
    }

    /// The host that was to be reached.
    pub fn host(&self) -> Option<&str> {
        self.details()?.host.as_deref()
    }

    /// The bytes of the body that had arrived.
    pub fn partial(&self) -> Option<&[u8]> {
        let details = self.details()?;
        match (&details.partial, &details.cause) {
            (Some(partial), _) => Some(partial),
            (None, Cause::Peer(proto::error::Peer::IncompleteRead { partial, .. })) => {
                Some(partial)
            }
            _ => None,
        }
    }

    /// Whether the same call, or `flush`, can go on where this error left it.
    pub fn is_resumable(&self) -> bool {
        matches!(
            self.cause(),
            Cause::TimedOut { .. } | Cause::WouldBlock | Cause::Memory
        )
    }

    /// Whether memory was short, and nothing else.
    pub fn is_memory(&self) -> bool {
        *self.cause() == Cause::Memory
    }

    /// Whether the network, time or TLS is to blame: what Python calls `OSError`.
    pub fn is_of_network(&self) -> bool {
        matches!(
            self.cause(),
            Cause::Socket(_)
                | Cause::Stream(_)
                | Cause::Refused(..)
                | Cause::TimedOut { .. }
                | Cause::WouldBlock
                | Cause::Peer(proto::error::Peer::RemoteDisconnected)
        ) || matches!(self.cause(), Cause::Tls(error) if error.kind != tls::Kind::Value)
    }

    /// Whether the connection was lost: what Python calls `ConnectionError`.
    pub fn is_of_connection(&self) -> bool {
        match self.cause() {
            Cause::Socket(code) => code.is_of_connection(),
            Cause::Peer(proto::error::Peer::RemoteDisconnected) => true,
            _ => false,
        }
    }

    /// The same error, having happened in this phase if it names none yet.
    #[must_use]
    pub fn in_phase(mut self, phase: Phase) -> Self {
        if let Some(details) = self.details_mut() {
            details.phase.get_or_insert(phase);
        }
        self
    }

    /// The same error of a call that had queued what it sends.
    #[must_use]
    pub fn after_queuing(mut self) -> Self {
        if let Kind::Memory { queued } = &mut self.0 {
            *queued = true;
        }
        self
    }

    /// The same error, naming the host that was to be reached.
    #[must_use]
    pub fn with_host(mut self, host: &str) -> Self {
        if let Some(details) = self.details_mut() {
            details.host.get_or_insert_with(|| host.into());
        }
        self
    }

    /// The same error, carrying the bytes of the body that had arrived.
    #[must_use]
    pub fn with_partial(mut self, partial: Vec<u8>) -> Self {
        if let Some(details) = self.details_mut() {
            details.partial = Some(Rc::new(partial));
        }
        self
    }
}

impl From<Cause> for Error {
    fn from(cause: Cause) -> Self {
        if cause == Cause::Memory {
            return MEMORY;
        }
        Self(Kind::Other(Box::new(Details {
            cause,
            phase: None,
            host: None,
            partial: None,
        })))
    }
}

impl From<OutOfMemory> for Error {
    fn from(_: OutOfMemory) -> Self {
        MEMORY
    }
}

impl From<proto::error::Error> for Error {
    fn from(error: proto::error::Error) -> Self {
        match error {
            proto::error::Error::Caller(error) => Cause::Caller(error).into(),
            proto::error::Error::Peer(error) => Cause::Peer(error).into(),
            proto::error::Error::Memory => MEMORY,
        }
    }
}

impl From<Call> for Error {
    fn from(call: Call) -> Self {
        Cause::Call(call).into()
    }
}

impl From<Code> for Error {
    fn from(code: Code) -> Self {
        Cause::Socket(code).into()
    }
}

impl From<tls::Error> for Error {
    fn from(error: tls::Error) -> Self {
        match error.kind {
            tls::Kind::Memory => MEMORY,
            _ => Cause::Tls(error).into(),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let phase = self.phase().unwrap_or(Phase::Other).describe();
        match self.cause() {
            Cause::Caller(error) => error.fmt(f),
            Cause::Call(call) => call.fmt(f),
            Cause::Peer(error) => error.fmt(f),
            Cause::Memory => f.write_str("out of memory"),
            Cause::Socket(code) => f.write_str(code.text()),
            Cause::Stream(text) => write!(f, "the stream of the body failed: {text}"),
            Cause::Refused(status, reason) => {
                write!(f, "Tunnel connection failed: {status} {reason}")
            }
            Cause::TimedOut { total: false } => write!(f, "timed out while {phase}"),
            Cause::TimedOut { total: true } => {
                write!(f, "timed out: total time limit while {phase}")
            }
            Cause::WouldBlock => write!(f, "operation would block while {phase}"),
            Cause::Tls(error) => error.fmt(f),
        }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CannotSendHeader | Self::NotConnected => "",
            Self::CannotSendRequest(text)
            | Self::ResponseNotReady(text)
            | Self::Runtime(text)
            | Self::Unsupported(text) => text,
        })
    }
}

impl core::error::Error for Error {}

/// An argument with an impossible value.
pub fn value(message: impl Into<String>) -> Error {
    proto::error::caller::value(message).into()
}
