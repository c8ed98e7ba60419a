//! What the server sent is not HTTP, or not all of it.

use super::Error;
use crate::latin1;
use crate::literal;
use crate::memory;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Bytes of the peer's that an error carries, shared by its copies.
pub type Bytes = Rc<Vec<u8>>;

/// What was wrong with what the peer sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Peer {
    /// The status line, with its line end, cannot be understood.
    BadStatusLine(Bytes),
    /// The connection ended before the first byte of the response.
    RemoteDisconnected,
    /// The response is of this HTTP version, which is none of 1.x.
    UnknownProtocol(Bytes),
    /// A line is longer than the limit.
    LineTooLong {
        /// The most bytes that it may have.
        limit: usize,
        /// The reference's name of the line.
        what: &'static str,
    },
    /// There is more of something than the limit.
    TooMany {
        /// The limit.
        limit: u64,
        /// Of what, as the end of the sentence "got more than 100 …".
        what: &'static str,
    },
    /// The body has more bytes than one call may return.
    TooMuchBody {
        /// The limit.
        limit: u64,
    },
    /// A head or a framing that must not be guessed at; the sentence says why.
    Malformed(String),
    /// A transfer coding that this client cannot undo.
    UnknownTransferEncoding(String),
    /// The head or the body is not all there.
    IncompleteRead {
        /// What had arrived.
        partial: Bytes,
        /// How many more bytes were expected, if that is known.
        expected: Option<u64>,
    },
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadStatusLine(line) => f.write_str(&literal::excerpt(line, latin1::decode)),
            Self::RemoteDisconnected => {
                f.write_str("Remote end closed connection without response")
            }
            Self::UnknownProtocol(version) => {
                f.write_str(&literal::excerpt(version, latin1::decode))
            }
            Self::LineTooLong { limit, what } => {
                write!(f, "got more than {limit} bytes when reading {what}")
            }
            Self::TooMany { limit, what } => write!(f, "got more than {limit} {what}"),
            Self::TooMuchBody { limit } => write!(
                f,
                "got more than {limit} bytes of body; read it in pieces or raise the limit"
            ),
            Self::Malformed(text) => f.write_str(text),
            Self::UnknownTransferEncoding(name) => write!(f, "unknown transfer encoding: {name}"),
            Self::IncompleteRead { partial, expected } => {
                let read = partial.len();
                match expected {
                    Some(expected) => write!(
                        f,
                        "IncompleteRead({read} bytes read, {expected} more expected)"
                    ),
                    None => write!(f, "IncompleteRead({read} bytes read)"),
                }
            }
        }
    }
}

/// The status line cannot be understood; `line` includes its line end.
pub fn bad_status_line(line: &[u8]) -> Error {
    let line = if line.is_empty() { b"''" } else { line };
    carrying(line, Peer::BadStatusLine)
}

/// The connection ended before the first byte of the response.
pub fn remote_disconnected() -> Error {
    Peer::RemoteDisconnected.into()
}

/// The response is of an HTTP version other than 1.x.
pub fn unknown_protocol(version: &[u8]) -> Error {
    carrying(version, Peer::UnknownProtocol)
}

/// A line longer than the limit; `what` is the reference's name of the line.
pub fn line_too_long(limit: usize, what: &'static str) -> Error {
    Peer::LineTooLong { limit, what }.into()
}

/// More of something than the limit.
pub fn too_many(limit: u64, what: &'static str) -> Error {
    Peer::TooMany { limit, what }.into()
}

/// A head or a framing that must not be guessed at.
pub fn malformed(message: impl Into<String>) -> Error {
    Peer::Malformed(message.into()).into()
}

/// A transfer coding that this client cannot undo.
pub fn unknown_transfer_encoding(value: &[u8]) -> Error {
    let name = literal::excerpt(value, latin1::decode).to_ascii_lowercase();
    Peer::UnknownTransferEncoding(name).into()
}

/// The head or the body is not all there.
pub fn incomplete_read(partial: Vec<u8>, expected: Option<u64>) -> Error {
    Peer::IncompleteRead {
        partial: Rc::new(partial),
        expected,
    }
    .into()
}

/// An error with a copy of these bytes, and room for what its getter returns.
fn carrying(bytes: &[u8], error: impl FnOnce(Bytes) -> Peer) -> Error {
    let room = memory::ensure(2 * bytes.len());
    match room.and_then(|()| memory::copy(bytes)) {
        Ok(copy) => error(Rc::new(copy)).into(),
        Err(_) => Error::Memory,
    }
}
