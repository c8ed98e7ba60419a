//! Values of a caller that cannot be sent.

use super::Error;
use crate::latin1;
use crate::literal;
use crate::memory;
use alloc::format;
use alloc::string::String;
use core::fmt;

/// A value that cannot be used, with the sentence that says why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// The port is no number from 0 to 65535.
    Port(String),
    /// A URL or a host with a control character or a space.
    Url(String),
    /// Any other value that is impossible.
    Value(String),
    /// Text with characters that its encoding does not have.
    Encode(String),
}

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Port(text) | Self::Url(text) | Self::Value(text) | Self::Encode(text)) = self;
        f.write_str(text)
    }
}

/// An error whose text shows `size` bytes of a caller's. Each of them may take four
/// characters, and a text grows by doubling and copying.
fn showing(size: usize, error: impl FnOnce() -> Caller) -> Error {
    match memory::section(size.saturating_mul(24).saturating_add(1024), error) {
        Ok(error) => error.into(),
        Err(short) => short.into(),
    }
}

/// `host:port` where the port is no number from 0 to 65535.
pub fn nonnumeric_port(port: &str) -> Error {
    showing(port.len(), || {
        Caller::Port(format!("nonnumeric port: '{port}'"))
    })
}

/// A URL (or `what`) with a control character or a space.
pub fn control_characters(what: &str, text: &[u8], found: u8) -> Error {
    showing(text.len(), || {
        Caller::Url(format!(
            "{what} can't contain control characters. {} (found at least {})",
            literal::text(text),
            literal::text(&[found])
        ))
    })
}

/// A method that is no token.
pub fn invalid_method(method: &[u8], found: Option<u8>) -> Error {
    showing(method.len(), || Caller::Value(method_text(method, found)))
}

fn method_text(method: &[u8], found: Option<u8>) -> String {
    let method = literal::text(method);
    match found {
        Some(byte) if byte < 0x20 => format!(
            "method can't contain control characters. {method} (found at least {})",
            literal::text(&[byte])
        ),
        Some(byte) => format!(
            "method is not a token: {method} (found at least {})",
            literal::text(&[byte])
        ),
        None => "method is not a token: ''".into(),
    }
}

/// A header name that cannot be sent.
pub fn invalid_header_name(name: &[u8]) -> Error {
    showing(name.len(), || {
        Caller::Value(format!("Invalid header name {}", literal::bytes(name)))
    })
}

/// A header value that cannot be sent.
pub fn invalid_header_value(value: &[u8]) -> Error {
    showing(value.len(), || {
        Caller::Value(format!("Invalid header value {}", literal::bytes(value)))
    })
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
    Caller::Encode(format!(
        "'{encoding}' codec can't encode {what}: ordinal not in range({limit})"
    ))
    .into()
}

/// A host name that the domain name system cannot have.
pub fn invalid_name(host: &str, reason: &str) -> Error {
    showing(host.len(), || {
        let host = literal::text(&latin1::encode_lossy(host));
        Caller::Encode(format!(
            "encoding the host name {host} with 'idna' codec failed ({reason})"
        ))
    })
}

/// The host of a tunnel with a control character or a space.
pub fn tunnel_host(host: &str) -> Error {
    showing(host.len(), || {
        let host = literal::text(&latin1::encode_lossy(host));
        Caller::Value(format!(
            "Tunnel host can't contain control characters {host}"
        ))
    })
}

/// An argument with an impossible value.
pub fn value(message: impl Into<String>) -> Error {
    Caller::Value(message.into()).into()
}
