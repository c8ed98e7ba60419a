//! Errors of the network, of time, and of TLS.

use super::{Error, Kind, Phase};
use alloc::format;
use alloc::string::String;

/// A socket operation failed. `code` is the `error-code` of `wasi:sockets`.
pub fn socket(code: &'static str, detail: &str) -> Error {
    let (kind, text) = match code {
        "connection-refused" => (Kind::ConnectionRefused, "Connection refused"),
        "connection-reset" => (Kind::ConnectionReset, "Connection reset by peer"),
        "connection-aborted" => (Kind::ConnectionAborted, "Software caused connection abort"),
        "connection-broken" => (Kind::BrokenPipe, "Broken pipe"),
        "name-unresolvable" => (Kind::NameResolution, "Name or service not known"),
        "temporary-resolver-failure" => {
            (Kind::NameResolution, "Temporary failure in name resolution")
        }
        "permanent-resolver-failure" => (
            Kind::NameResolution,
            "Non-recoverable failure in name resolution",
        ),
        "remote-unreachable" => (Kind::OsError, "Network is unreachable"),
        "timeout" => (Kind::OsError, "Connection timed out"),
        "access-denied" => (
            Kind::OsError,
            "Permission denied: the host does not allow this",
        ),
        "address-in-use" => (Kind::OsError, "Address already in use"),
        "address-not-bindable" => (Kind::OsError, "Cannot assign requested address"),
        "new-socket-limit" => (Kind::OsError, "Too many open sockets"),
        "out-of-memory" => (Kind::OsError, "Cannot allocate memory"),
        other => (Kind::OsError, other),
    };
    let message = if detail.is_empty() {
        String::from(text)
    } else {
        format!("{text}: {detail}")
    };
    let mut error = Error::new(kind, message);
    error.0.socket_code = Some(code);
    error
}

/// A time limit passed. `total` tells whether it was the limit on the whole
/// request.
pub fn timed_out(phase: Phase, total: bool) -> Error {
    let what = if total {
        "total time limit"
    } else {
        "timed out"
    };
    let message = format!("{what} while {}", phase.describe());
    Error::new(
        Kind::TimedOut,
        if total {
            format!("timed out: {message}")
        } else {
            message
        },
    )
    .in_phase(phase)
}

/// The call would have to wait, and its time limit is zero.
pub fn would_block(phase: Phase) -> Error {
    Error::new(
        Kind::WouldBlock,
        format!("operation would block while {}", phase.describe()),
    )
    .in_phase(phase)
}

/// Memory for received data could not be had.
pub fn out_of_memory() -> Error {
    Error::new(Kind::MemoryError, "out of memory for received data")
}

/// The TLS layer failed; `certificate_reason` makes it a certificate error.
pub fn tls(
    message: String,
    alert_sent: Option<u8>,
    alert_received: Option<u8>,
    certificate_reason: Option<&'static str>,
) -> Error {
    let kind = if certificate_reason.is_some() {
        Kind::Certificate
    } else {
        Kind::Tls
    };
    let mut error = Error::new(kind, message);
    error.0.tls_alert_sent = alert_sent;
    error.0.tls_alert_received = alert_received;
    error.0.certificate_reason = certificate_reason;
    error
}
