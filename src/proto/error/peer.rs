//! Errors of the server: what it sent is not HTTP, or not all of it.

use super::{Error, Kind};
use crate::latin1;
use crate::literal;
use alloc::format;
use alloc::vec::Vec;

/// The status line cannot be understood; `line` includes its line end.
pub fn bad_status_line(line: &[u8]) -> Error {
    let line = if line.is_empty() { b"''" } else { line };
    let mut error = Error::new(Kind::BadStatusLine, literal::excerpt(line, latin1::decode));
    error.0.line = Some(line.into());
    error
}

/// The connection ended before the first byte of the response.
pub fn remote_disconnected() -> Error {
    let mut error = Error::new(
        Kind::RemoteDisconnected,
        "Remote end closed connection without response",
    );
    error.0.line = Some(b"''".into());
    error
}

/// The response is of an HTTP version other than 1.x.
pub fn unknown_protocol(version: &[u8]) -> Error {
    let mut error = Error::new(
        Kind::UnknownProtocol,
        literal::excerpt(version, latin1::decode),
    );
    error.0.version = Some(version.into());
    error
}

/// A line longer than the limit; `what` is the reference's name of the line.
pub fn line_too_long(limit: usize, what: &str) -> Error {
    Error::new(
        Kind::LineTooLong,
        format!("got more than {limit} bytes when reading {what}"),
    )
}

/// More of something than the limit.
pub fn too_many(limit: u64, what: &str) -> Error {
    Error::new(Kind::HttpException, format!("got more than {limit} {what}"))
}

/// A head or a framing that must not be guessed at.
pub fn malformed(message: impl Into<alloc::string::String>) -> Error {
    Error::new(Kind::HttpException, message)
}

/// A transfer coding that this client cannot undo.
pub fn unknown_transfer_encoding(value: &[u8]) -> Error {
    Error::new(
        Kind::UnknownTransferEncoding,
        format!(
            "unknown transfer encoding: {}",
            literal::excerpt(value, latin1::decode)
        ),
    )
}

/// The body is not all there.
pub fn incomplete_read(partial: Vec<u8>, expected: Option<u64>) -> Error {
    let read = partial.len();
    let message = match expected {
        Some(expected) => {
            format!("IncompleteRead({read} bytes read, {expected} more expected)")
        }
        None => format!("IncompleteRead({read} bytes read)"),
    };
    let mut error = Error::new(Kind::IncompleteRead, message).with_partial(partial);
    error.0.expected = expected;
    error
}
