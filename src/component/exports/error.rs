//! The `error` resource: Python's classes, made of what the client knows.

use super::bindings::exports::httplib::http::client::{self as wit, ErrorKind, GuestError, Phase};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use httplib_client::error::{self, Call, Cause, Code, Error};
use httplib_proto::error::{Caller, Peer};
use httplib_proto::latin1;
use httplib_tls as tls;

impl From<Error> for wit::Error {
    fn from(error: Error) -> Self {
        Self::new(error)
    }
}

impl GuestError for Error {
    fn kind(&self) -> ErrorKind {
        kind_of(self.cause())
    }

    fn is_instance(&self, kind: ErrorKind) -> bool {
        is_derived(kind_of(self.cause()), kind)
    }

    fn message(&self) -> String {
        self.to_string()
    }

    fn line(&self) -> Option<String> {
        match self.cause() {
            Cause::Peer(Peer::BadStatusLine(line)) => Some(latin1::decode(line)),
            Cause::Peer(Peer::RemoteDisconnected) => Some("''".into()),
            _ => None,
        }
    }

    fn version(&self) -> Option<String> {
        match self.cause() {
            Cause::Peer(Peer::UnknownProtocol(version)) => Some(latin1::decode(version)),
            _ => None,
        }
    }

    fn partial(&self) -> Option<Vec<u8>> {
        Error::partial(self).map(Vec::from)
    }

    fn expected(&self) -> Option<u64> {
        match self.cause() {
            Cause::Peer(Peer::IncompleteRead { expected, .. }) => *expected,
            _ => None,
        }
    }

    fn state(&self) -> Option<String> {
        match self.cause() {
            Cause::Call(Call::CannotSendRequest(state) | Call::ResponseNotReady(state)) => {
                Some((*state).into())
            }
            _ => None,
        }
    }

    fn phase(&self) -> Option<Phase> {
        Error::phase(self).map(phase_to_wit)
    }

    fn socket_code(&self) -> Option<String> {
        match self.cause() {
            Cause::Socket(code) => Some(code.name().into()),
            _ => None,
        }
    }

    fn tls_alert_sent(&self) -> Option<u8> {
        tls_error(self)?.alert_sent
    }

    fn tls_alert_received(&self) -> Option<u8> {
        tls_error(self)?.alert_received
    }

    fn certificate_reason(&self) -> Option<String> {
        let reason = tls_error(self)?.certificate_reason.as_ref()?;
        Some(reason_name(reason).into())
    }

    fn host(&self) -> Option<String> {
        Error::host(self).map(Into::into)
    }
}

fn tls_error(error: &Error) -> Option<&tls::Error> {
    match error.cause() {
        Cause::Tls(error) => Some(error),
        _ => None,
    }
}

/// The class that Python raises.
fn kind_of(cause: &Cause) -> ErrorKind {
    use ErrorKind as K;
    match cause {
        Cause::Caller(Caller::Port(_) | Caller::Url(_)) => K::InvalidUrl,
        Cause::Caller(Caller::Value(_)) => K::ValueError,
        Cause::Caller(Caller::Encode(_)) => K::UnicodeEncodeError,
        Cause::Call(Call::CannotSendRequest(_)) => K::CannotSendRequest,
        Cause::Call(Call::CannotSendHeader) => K::CannotSendHeader,
        Cause::Call(Call::ResponseNotReady(_)) => K::ResponseNotReady,
        Cause::Call(Call::NotConnected) => K::NotConnected,
        Cause::Call(Call::Runtime(_)) => K::RuntimeError,
        Cause::Call(Call::Unsupported(_)) => K::UnsupportedOperation,
        Cause::Peer(Peer::BadStatusLine(_)) => K::BadStatusLine,
        Cause::Peer(Peer::RemoteDisconnected) => K::RemoteDisconnected,
        Cause::Peer(Peer::UnknownProtocol(_)) => K::UnknownProtocol,
        Cause::Peer(Peer::LineTooLong { .. }) => K::LineTooLong,
        Cause::Peer(Peer::UnknownTransferEncoding(_)) => K::UnknownTransferEncoding,
        Cause::Peer(Peer::IncompleteRead { .. }) => K::IncompleteRead,
        Cause::Peer(Peer::TooMany { .. } | Peer::TooMuchBody { .. } | Peer::Malformed(_)) => {
            K::HttpException
        }
        Cause::Memory => K::MemoryError,
        Cause::Socket(code) => kind_of_code(*code),
        Cause::Stream(_) | Cause::Refused(..) => K::OsError,
        Cause::TimedOut { .. } => K::TimedOut,
        Cause::WouldBlock => K::WouldBlock,
        Cause::Tls(error) => match error.kind {
            tls::Kind::Tls => K::Tls,
            tls::Kind::Certificate => K::Certificate,
            tls::Kind::Value => K::ValueError,
            tls::Kind::Memory => K::MemoryError,
        },
    }
}

fn kind_of_code(code: Code) -> ErrorKind {
    match code {
        Code::ConnectionRefused => ErrorKind::ConnectionRefused,
        Code::ConnectionReset => ErrorKind::ConnectionReset,
        Code::ConnectionAborted => ErrorKind::ConnectionAborted,
        Code::ConnectionBroken => ErrorKind::BrokenPipe,
        Code::NameUnresolvable
        | Code::TemporaryResolverFailure
        | Code::PermanentResolverFailure => ErrorKind::NameResolution,
        _ => ErrorKind::OsError,
    }
}

/// `issubclass(kind, of)`.
fn is_derived(kind: ErrorKind, of: ErrorKind) -> bool {
    kind == of || bases(kind).iter().any(|base| is_derived(*base, of))
}

/// The classes that a class is derived from directly.
fn bases(kind: ErrorKind) -> &'static [ErrorKind] {
    use ErrorKind as K;
    match kind {
        K::NotConnected
        | K::InvalidUrl
        | K::UnknownProtocol
        | K::UnknownTransferEncoding
        | K::UnimplementedFileMode
        | K::IncompleteRead
        | K::ImproperConnectionState
        | K::BadStatusLine
        | K::LineTooLong => &[K::HttpException],
        K::CannotSendRequest | K::CannotSendHeader | K::ResponseNotReady => {
            &[K::ImproperConnectionState]
        }
        K::RemoteDisconnected => &[K::ConnectionReset, K::BadStatusLine],
        K::UnicodeEncodeError => &[K::ValueError],
        K::ConnectionError | K::TimedOut | K::WouldBlock | K::NameResolution | K::Tls => {
            &[K::OsError]
        }
        K::ConnectionRefused | K::ConnectionReset | K::ConnectionAborted | K::BrokenPipe => {
            &[K::ConnectionError]
        }
        K::Certificate => &[K::Tls, K::ValueError],
        K::UnsupportedOperation => &[K::OsError, K::ValueError],
        K::HttpException
        | K::ValueError
        | K::TypeError
        | K::RuntimeError
        | K::MemoryError
        | K::OsError
        | K::Other => &[],
    }
}

fn phase_to_wit(phase: error::Phase) -> Phase {
    match phase {
        error::Phase::Resolve => Phase::Resolve,
        error::Phase::Connect => Phase::Connect,
        error::Phase::Tunnel => Phase::Tunnel,
        error::Phase::Tls => Phase::Tls,
        error::Phase::Send => Phase::Send,
        error::Phase::Continue | error::Phase::FirstByte => Phase::FirstByte,
        error::Phase::Head => Phase::Head,
        error::Phase::Body => Phase::Body,
        error::Phase::Other => Phase::Other,
    }
}

/// The name that the contract gives a reason.
fn reason_name(reason: &tls::CertificateReason) -> &'static str {
    use tls::CertificateReason as Reason;
    match reason {
        Reason::Expired => "expired",
        Reason::NotYetValid => "not-yet-valid",
        Reason::NameMismatch => "name-mismatch",
        Reason::UnknownIssuer => "unknown-issuer",
        Reason::BadSignature => "bad-signature",
        Reason::NotForServers => "not-for-servers",
        Reason::WeakAlgorithm => "weak-algorithm",
        Reason::ConstraintViolated => "constraint-violated",
        Reason::ClockNotSet => "clock-not-set",
        Reason::Revoked => "revoked",
        Reason::Other => "other",
    }
}
