//! Errors of a caller: wrong state, wrong value.

use super::{Error, Kind};
use crate::latin1;
use crate::literal;
use alloc::format;

/// A request was begun while another is under way.
pub fn cannot_send_request(state: &'static str) -> Error {
    with_state(Kind::CannotSendRequest, state)
}

/// A header outside of `put-request` … `end-headers`.
pub fn cannot_send_header() -> Error {
    Error::new(Kind::CannotSendHeader, "")
}

/// There is no response to get in this state.
pub fn response_not_ready(state: &'static str) -> Error {
    with_state(Kind::ResponseNotReady, state)
}

fn with_state(kind: Kind, state: &'static str) -> Error {
    let mut error = Error::new(kind, state);
    error.0.state = Some(state);
    error
}

/// There is no connection, and none may be opened.
pub fn not_connected() -> Error {
    Error::new(Kind::NotConnected, "")
}

/// `host:port` where the port is no number from 0 to 65535.
pub fn nonnumeric_port(port: &str) -> Error {
    Error::new(Kind::InvalidUrl, format!("nonnumeric port: '{port}'"))
}

/// A URL (or `what`) with a control character or a space.
pub fn control_characters(what: &str, text: &[u8], found: u8) -> Error {
    Error::new(
        Kind::InvalidUrl,
        format!(
            "{what} can't contain control characters. {} (found at least {})",
            literal::text(text),
            literal::text(&[found])
        ),
    )
}

/// A method that is no token.
pub fn invalid_method(method: &[u8], found: Option<u8>) -> Error {
    let method = literal::text(method);
    let message = match found {
        Some(byte) if byte < 0x20 => format!(
            "method can't contain control characters. {method} (found at least {})",
            literal::text(&[byte])
        ),
        Some(byte) => format!(
            "method is not a token: {method} (found at least {})",
            literal::text(&[byte])
        ),
        None => "method is not a token: ''".into(),
    };
    Error::new(Kind::ValueError, message)
}

/// A header name that cannot be sent.
pub fn invalid_header_name(name: &[u8]) -> Error {
    Error::new(
        Kind::ValueError,
        format!("Invalid header name {}", literal::bytes(name)),
    )
}

/// A header value that cannot be sent.
pub fn invalid_header_value(value: &[u8]) -> Error {
    Error::new(
        Kind::ValueError,
        format!("Invalid header value {}", literal::bytes(value)),
    )
}

/// Text with characters that the encoding does not have: it ends at `limit`.
pub fn unencodable(encoding: &str, text: &str, limit: u32) -> Error {
    let has = |char: &char| u32::from(*char) < limit;
    let start = text.chars().take_while(has).count();
    let mut rest = text.chars().skip(start).take_while(|char| !has(char));
    let first = rest.next().map_or(0, u32::from);
    let what = match (rest.count(), first) {
        (0, 0..=0xFF) => format!("character '\\x{first:02x}' in position {start}"),
        (0, 0..=0xFFFF) => format!("character '\\u{first:04x}' in position {start}"),
        (0, _) => format!("character '\\U{first:08x}' in position {start}"),
        (more, _) => format!("characters in position {start}-{}", start + more),
    };
    Error::new(
        Kind::UnicodeEncodeError,
        format!("'{encoding}' codec can't encode {what}: ordinal not in range({limit})"),
    )
}

/// A host name that the domain name system cannot have.
pub fn invalid_name(host: &str, reason: &str) -> Error {
    let host = literal::text(&latin1::encode_lossy(host));
    Error::new(
        Kind::UnicodeEncodeError,
        format!("encoding the host name {host} with 'idna' codec failed ({reason})"),
    )
}

/// The host of a tunnel with a control character or a space.
pub fn tunnel_host(host: &str) -> Error {
    let host = literal::text(&latin1::encode_lossy(host));
    let message = format!("Tunnel host can't contain control characters {host}");
    Error::new(Kind::ValueError, message)
}

/// The call is not possible any more.
pub fn runtime(message: &'static str) -> Error {
    Error::new(Kind::RuntimeError, message)
}

/// The response does not support the operation.
pub fn unsupported(operation: &str) -> Error {
    Error::new(Kind::UnsupportedOperation, operation)
}

/// An argument with an impossible value.
pub fn value(message: impl Into<alloc::string::String>) -> Error {
    Error::new(Kind::ValueError, message)
}
