//! Where the body of a response ends: decided once, from the head (RFC 9112,
//! section 6.3).

use super::headers::Headers;
use super::response::Head;
use crate::error::{Result, peer};
use crate::literal;
use alloc::format;
use alloc::vec::Vec;

/// What of the request decides how its response is read.
#[derive(Clone, Debug, Default)]
pub struct Traits {
    /// `HEAD`: the response has no body.
    pub head: bool,
    /// `CONNECT`: a 2xx answer makes the connection a tunnel.
    pub connect: bool,
    /// The request had an `Upgrade` header.
    pub upgrade: bool,
    /// The request had `Expect: 100-continue`.
    pub expects_continue: bool,
    /// The request had `Connection: close`: nothing may follow it (RFC 9112,
    /// section 9.6).
    pub close: bool,
}

/// How the end of a body is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// After this many bytes.
    Length(u64),
    /// At the end of the chunked coding.
    Chunked,
    /// At the end of the connection.
    UntilClose,
}

impl Framing {
    /// How the end of the response's body is found.
    ///
    /// # Errors
    /// A `Content-Length` that is contradictory or cannot be read; a transfer coding
    /// that is not known.
    pub fn of(head: &Head, request: &Traits) -> Result<Self> {
        if is_raw(head, request) {
            return Ok(Self::UntilClose);
        }
        if request.head || matches!(head.status, 204 | 304) {
            return Ok(Self::Length(0));
        }
        Ok(match transfer_coding(&head.headers)? {
            Coding::Chunked => Self::Chunked,
            Coding::Other => Self::UntilClose,
            Coding::None => match content_length(&head.headers)? {
                Some(length) => Self::Length(length),
                None => Self::UntilClose,
            },
        })
    }
}

/// Whether the bytes of the connection are raw from here on, both ways (RFC 9110,
/// sections 7.8 and 9.3.6).
pub fn is_raw(head: &Head, request: &Traits) -> bool {
    head.status == 101 || (request.connect && (200..300).contains(&head.status))
}

enum Coding {
    None,
    Chunked,
    /// Codings that are delivered as they are; the body ends with the
    /// connection.
    Other,
}

/// RFC 9112, section 6.1.
fn transfer_coding(headers: &Headers) -> Result<Coding> {
    let mut codings = headers
        .elements(b"transfer-encoding")
        .map(<[u8]>::to_ascii_lowercase)
        .filter(|coding| !coding.is_empty() && coding != b"identity")
        .collect::<Vec<_>>();
    let last = codings.pop();
    let known = |coding: &Vec<u8>| {
        matches!(
            coding.as_slice(),
            b"gzip" | b"x-gzip" | b"deflate" | b"compress" | b"x-compress"
        )
    };
    let last = match last {
        None => return Ok(Coding::None),
        Some(last) if last == b"chunked" => Coding::Chunked,
        Some(last) if known(&last) => Coding::Other,
        Some(last) => return Err(peer::unknown_transfer_encoding(&last)),
    };
    match codings.iter().find(|coding| !known(coding)) {
        // Chunked twice, or not as the last one, is not to be undone either.
        Some(coding) => Err(peer::unknown_transfer_encoding(coding)),
        None => Ok(last),
    }
}

/// RFC 9110, section 8.6: equal values are one, different ones an error. Empty
/// and negative ones are ignored, as in the reference.
fn content_length(headers: &Headers) -> Result<Option<u64>> {
    let mut lengths = headers.elements(b"content-length").map(parse_length);
    let first = lengths.next().unwrap_or(Some(None));
    match first {
        Some(length) if lengths.all(|other| other == first) => Ok(length),
        _ => {
            let value = headers.joined(b"content-length").unwrap_or_default();
            Err(peer::malformed(format!(
                "invalid Content-Length: {}",
                literal::text(&value)
            )))
        }
    }
}

/// `None`: not a number. `Some(None)`: to be ignored.
fn parse_length(text: &[u8]) -> Option<Option<u64>> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    if !digits.iter().all(u8::is_ascii_digit) || (digits.is_empty() && !text.is_empty()) {
        None
    } else if digits.len() < text.len() || text.is_empty() {
        Some(None)
    } else {
        // Beyond 64 bits the body ends early in any case.
        Some(Some(digits.iter().fold(0_u64, |length, digit| {
            length
                .saturating_mul(10)
                .saturating_add(u64::from(digit - b'0'))
        })))
    }
}
