//! What a person reads and what a script sees when something fails.

use httplib_host_tests::{ErrorKind, HttpError, Phase};

/// Why `fetch` ends unsuccessfully.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The exit status, as curl's.
    pub(crate) code: u8,
    /// One line; none if there is nobody to read it.
    pub(crate) message: Option<String>,
}

impl Failure {
    pub(crate) const UNSUPPORTED_SCHEME: u8 = 1;
    pub(crate) const USAGE: u8 = 2;
    pub(crate) const BAD_URL: u8 = 3;
    const NOT_RESOLVED: u8 = 6;
    const NOT_CONNECTED: u8 = 7;
    const WEIRD_ANSWER: u8 = 8;
    pub(crate) const PARTIAL: u8 = 18;
    pub(crate) const WRITE: u8 = 23;
    pub(crate) const READ: u8 = 26;
    const TIMED_OUT: u8 = 28;
    const TLS: u8 = 35;
    const EMPTY_ANSWER: u8 = 52;
    const SEND: u8 = 55;
    pub(crate) const RECEIVE: u8 = 56;
    const CERTIFICATE: u8 = 60;
    const INTERNAL: u8 = 70;
    pub(crate) const CA_FILE: u8 = 77;

    pub(crate) fn new(code: u8, message: impl Into<String>) -> Self {
        Self {
            code,
            message: Some(one_line(&message.into())),
        }
    }

    /// Ends without a word, because the reader of the output has gone.
    pub(crate) fn quiet(code: u8) -> Self {
        Self {
            code,
            message: None,
        }
    }

    /// The component or Wasmtime failed, which is nobody's fault outside.
    pub(crate) fn internal(error: &wasmtime::Error) -> Self {
        Self::new(
            Self::INTERNAL,
            format!("internal error: {}", error.root_cause()),
        )
    }

    /// An error of the component, on the way to `host`.
    pub(crate) fn of(error: &HttpError, host: &str) -> Self {
        let host = error
            .host
            .as_deref()
            .filter(|name| !host.contains(name))
            .unwrap_or(host);
        Self::new(
            code(error),
            format!("{}: {}", task(error, host), reason(error)),
        )
    }
}

/// What was being done.
fn task(error: &HttpError, host: &str) -> String {
    if error.kind == ErrorKind::Certificate {
        return format!("{host} could not prove who it is in the TLS handshake");
    }
    match error.phase {
        Some(Phase::Resolve) => format!("could not resolve {host}"),
        Some(Phase::Connect) => format!("could not connect to {host}"),
        Some(Phase::Tunnel) => format!("could not get through the proxy to {host}"),
        Some(Phase::Tls) => format!("TLS handshake with {host} failed"),
        Some(Phase::Send) => format!("could not send the request to {host}"),
        Some(Phase::FirstByte) => format!("no response from {host}"),
        Some(Phase::Head) => format!("no complete response head from {host}"),
        Some(Phase::Body) => format!("no complete response body from {host}"),
        Some(Phase::Other) | None => match error.kind {
            ErrorKind::IncompleteRead => format!("no complete response body from {host}"),
            ErrorKind::RemoteDisconnected => format!("no response from {host}"),
            kind if is_bad_answer(kind) => format!("no valid HTTP response from {host}"),
            _ => host.to_owned(),
        },
    }
}

fn reason(error: &HttpError) -> String {
    let mut reason = error.message.clone();
    match error.kind {
        ErrorKind::TimedOut => reason = "timed out".to_owned(),
        ErrorKind::BadStatusLine => {
            let line = error.line.as_deref().unwrap_or_default();
            let begin: String = line.chars().take(80).collect();
            reason = format!("it begins with {:?}", begin.trim_end());
        }
        ErrorKind::IncompleteRead => {
            reason = "the connection ended too early".to_owned();
            if let Some(expected) = error.expected {
                reason.push_str(&format!(", {expected} more bytes were expected"));
            }
        }
        _ => {}
    }
    let detail = match error.kind {
        ErrorKind::NameResolution => None,
        ErrorKind::Certificate => error.certificate_reason.as_deref(),
        _ => error.socket_code.as_deref(),
    };
    // Only where the sentence does not say it anyway.
    let said = |detail: &str| {
        reason
            .to_lowercase()
            .replace([' ', '_'], "-")
            .contains(detail)
    };
    if let Some(detail) = detail.filter(|detail| !said(detail)) {
        reason.push_str(&format!(" ({detail})"));
    }
    reason
}

fn code(error: &HttpError) -> u8 {
    match error.kind {
        ErrorKind::TimedOut | ErrorKind::WouldBlock => Failure::TIMED_OUT,
        ErrorKind::InvalidUrl => Failure::BAD_URL,
        ErrorKind::NameResolution => Failure::NOT_RESOLVED,
        ErrorKind::ConnectionRefused => Failure::NOT_CONNECTED,
        ErrorKind::Certificate => Failure::CERTIFICATE,
        ErrorKind::RemoteDisconnected => Failure::EMPTY_ANSWER,
        ErrorKind::IncompleteRead => Failure::PARTIAL,
        ErrorKind::BrokenPipe => Failure::SEND,
        ErrorKind::ValueError | ErrorKind::UnicodeEncodeError => Failure::USAGE,
        kind if is_bad_answer(kind) => Failure::WEIRD_ANSWER,
        kind => match error.phase {
            Some(Phase::Resolve) => Failure::NOT_RESOLVED,
            Some(Phase::Connect | Phase::Tunnel) => Failure::NOT_CONNECTED,
            Some(Phase::Tls) => Failure::TLS,
            Some(Phase::Send) => Failure::SEND,
            None if kind == ErrorKind::Tls => Failure::TLS,
            _ => Failure::RECEIVE,
        },
    }
}

fn is_bad_answer(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::HttpException
            | ErrorKind::UnknownProtocol
            | ErrorKind::UnknownTransferEncoding
            | ErrorKind::BadStatusLine
            | ErrorKind::LineTooLong
    )
}

/// Whatever a peer put into a message, it stays one line and harmless to a
/// terminal.
fn one_line(text: &str) -> String {
    text.split(|character: char| character.is_control())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}
