//! The `error` resource as a plain value.

use std::fmt;

use wasmtime::Store;
use wasmtime::component::ResourceAny;

use crate::bindings::exports::httplib::http::client::{ErrorKind, GuestError, Phase};
use crate::instance::{Owned, State};

/// An error of the component, taken out of its resource: a field for each getter
/// of `error`.
#[derive(Clone, Debug)]
pub struct HttpError {
    /// The class.
    pub kind: ErrorKind,
    /// One sentence for a person.
    pub message: String,
    /// `bad-status-line`: the line as received.
    pub line: Option<String>,
    /// `unknown-protocol`: the version as received.
    pub version: Option<String>,
    /// `incomplete-read`: the bytes that had arrived.
    pub partial: Option<Vec<u8>>,
    /// `incomplete-read`: how many more bytes were expected.
    pub expected: Option<u64>,
    /// Errors of a wrong state: the state of the connection.
    pub state: Option<String>,
    /// Where the operation was.
    pub phase: Option<Phase>,
    /// Errors of the network: the `error-code` of `wasi:sockets`.
    pub socket_code: Option<String>,
    /// The TLS alert that the component sent.
    pub tls_alert_sent: Option<u8>,
    /// The TLS alert that the peer sent.
    pub tls_alert_received: Option<u8>,
    /// `certificate`: why it was not accepted.
    pub certificate_reason: Option<String>,
    /// Errors of the network and of TLS: the host that was to be reached.
    pub host: Option<String>,
    classes: Vec<ErrorKind>,
}

impl HttpError {
    /// `error.is-instance`: whether the error is of this class or of one derived
    /// from it.
    #[must_use]
    pub fn is_instance(&self, kind: ErrorKind) -> bool {
        self.classes.contains(&kind)
    }

    /// Reads everything from the resource and drops it.
    pub(crate) fn take(error: Owned) -> Self {
        let handle = error.handle;
        error
            .host
            .infallible(|client, store| Self::read(client.error(), store, handle))
    }

    fn read(
        error: GuestError<'_>,
        store: &mut Store<State>,
        handle: ResourceAny,
    ) -> wasmtime::Result<Self> {
        let mut classes = Vec::new();
        for kind in ALL_KINDS {
            if error.call_is_instance(&mut *store, handle, kind)? {
                classes.push(kind);
            }
        }
        Ok(Self {
            kind: error.call_kind(&mut *store, handle)?,
            message: error.call_message(&mut *store, handle)?,
            line: error.call_line(&mut *store, handle)?,
            version: error.call_version(&mut *store, handle)?,
            partial: error.call_partial(&mut *store, handle)?,
            expected: error.call_expected(&mut *store, handle)?,
            state: error.call_state(&mut *store, handle)?,
            phase: error.call_phase(&mut *store, handle)?,
            socket_code: error.call_socket_code(&mut *store, handle)?,
            tls_alert_sent: error.call_tls_alert_sent(&mut *store, handle)?,
            tls_alert_received: error.call_tls_alert_received(&mut *store, handle)?,
            certificate_reason: error.call_certificate_reason(&mut *store, handle)?,
            host: error.call_host(&mut *store, handle)?,
            classes,
        })
    }
}

impl fmt::Display for HttpError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:?}: {}", self.kind, self.message)
    }
}

impl std::error::Error for HttpError {}

const ALL_KINDS: [ErrorKind; 32] = [
    ErrorKind::HttpException,
    ErrorKind::NotConnected,
    ErrorKind::InvalidUrl,
    ErrorKind::UnknownProtocol,
    ErrorKind::UnknownTransferEncoding,
    ErrorKind::UnimplementedFileMode,
    ErrorKind::IncompleteRead,
    ErrorKind::ImproperConnectionState,
    ErrorKind::CannotSendRequest,
    ErrorKind::CannotSendHeader,
    ErrorKind::ResponseNotReady,
    ErrorKind::BadStatusLine,
    ErrorKind::RemoteDisconnected,
    ErrorKind::LineTooLong,
    ErrorKind::ValueError,
    ErrorKind::UnicodeEncodeError,
    ErrorKind::TypeError,
    ErrorKind::RuntimeError,
    ErrorKind::MemoryError,
    ErrorKind::OsError,
    ErrorKind::ConnectionError,
    ErrorKind::ConnectionRefused,
    ErrorKind::ConnectionReset,
    ErrorKind::ConnectionAborted,
    ErrorKind::BrokenPipe,
    ErrorKind::TimedOut,
    ErrorKind::WouldBlock,
    ErrorKind::NameResolution,
    ErrorKind::Tls,
    ErrorKind::Certificate,
    ErrorKind::UnsupportedOperation,
    ErrorKind::Other,
];
