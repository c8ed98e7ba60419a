//! The `error` resource.

use super::bindings::exports::httplib::http::client::{self as wit, ErrorKind, GuestError, Phase};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use httplib_proto::error;
use httplib_proto::latin1;

impl From<error::Error> for wit::Error {
    fn from(error: error::Error) -> Self {
        Self::new(error)
    }
}

impl GuestError for error::Error {
    fn kind(&self) -> ErrorKind {
        to_wit(error::Error::kind(self))
    }

    fn is_instance(&self, kind: ErrorKind) -> bool {
        error::Error::is_instance(self, from_wit(kind))
    }

    fn message(&self) -> String {
        self.details().message.clone()
    }

    fn line(&self) -> Option<String> {
        self.details().line.as_deref().map(latin1::decode)
    }

    fn version(&self) -> Option<String> {
        self.details().version.as_deref().map(latin1::decode)
    }

    fn partial(&self) -> Option<Vec<u8>> {
        self.details().partial.clone()
    }

    fn expected(&self) -> Option<u64> {
        self.details().expected
    }

    fn state(&self) -> Option<String> {
        self.details().state.map(ToString::to_string)
    }

    fn phase(&self) -> Option<Phase> {
        self.details().phase.map(phase_to_wit)
    }

    fn socket_code(&self) -> Option<String> {
        self.details().socket_code.map(ToString::to_string)
    }

    fn tls_alert_sent(&self) -> Option<u8> {
        self.details().tls_alert_sent
    }

    fn tls_alert_received(&self) -> Option<u8> {
        self.details().tls_alert_received
    }

    fn certificate_reason(&self) -> Option<String> {
        self.details().certificate_reason.map(ToString::to_string)
    }

    fn host(&self) -> Option<String> {
        self.details().host.clone()
    }
}

/// The two enumerations are the same; one list keeps them so.
macro_rules! same_kinds {
    ($($kind:ident)*) => {
        fn to_wit(kind: error::Kind) -> ErrorKind {
            match kind {
                $(error::Kind::$kind => ErrorKind::$kind,)*
            }
        }

        fn from_wit(kind: ErrorKind) -> error::Kind {
            match kind {
                $(ErrorKind::$kind => error::Kind::$kind,)*
            }
        }
    };
}

same_kinds! {
    HttpException NotConnected InvalidUrl UnknownProtocol UnknownTransferEncoding
    UnimplementedFileMode IncompleteRead ImproperConnectionState CannotSendRequest
    CannotSendHeader ResponseNotReady BadStatusLine RemoteDisconnected LineTooLong ValueError
    UnicodeEncodeError TypeError RuntimeError MemoryError OsError ConnectionError
    ConnectionRefused ConnectionReset ConnectionAborted BrokenPipe TimedOut WouldBlock
    NameResolution Tls Certificate UnsupportedOperation Other
}

fn phase_to_wit(phase: error::Phase) -> Phase {
    match phase {
        error::Phase::Resolve => Phase::Resolve,
        error::Phase::Connect => Phase::Connect,
        error::Phase::Tunnel => Phase::Tunnel,
        error::Phase::Tls => Phase::Tls,
        error::Phase::Send => Phase::Send,
        error::Phase::FirstByte => Phase::FirstByte,
        error::Phase::Head => Phase::Head,
        error::Phase::Body => Phase::Body,
        error::Phase::Other => Phase::Other,
    }
}
