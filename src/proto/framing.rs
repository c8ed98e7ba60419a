//! Where the body of a response ends, and whether its connection can be used
//! again: decided once, from the head (RFC 9112, sections 6.3 and 9.3).

use super::headers::Headers;
use super::response::{Head, Version};
use crate::error::{Result, peer};
use crate::literal;
use alloc::format;
use alloc::vec::Vec;

/// What of the request decides how its response is read.
#[derive(Clone, Debug, Default)]
pub struct RequestTraits {
    /// `HEAD`: the response has no body.
    pub head: bool,
    /// `CONNECT`: a 2xx answer makes the connection a tunnel.
    pub connect: bool,
    /// The request had an `Upgrade` header.
    pub upgrade: bool,
    /// The request had `Expect: 100-continue`.
    pub expects_continue: bool,
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

/// The decision about a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// How the end of the body is found.
    pub framing: Framing,
    /// Whether the connection ends with this response.
    pub will_close: bool,
    /// Whether the connection is a raw byte stream from here on, both ways.
    pub raw: bool,
}

impl Decision {
    /// Decides from the final head.
    ///
    /// # Errors
    /// `http-exception` for a 101 that was not asked for and for contradictory
    /// or unreadable `Content-Length`; `unknown-transfer-encoding`.
    pub fn of(head: &Head, request: &RequestTraits) -> Result<Self> {
        if head.status == 101 && !request.upgrade {
            return Err(peer::malformed(
                "101 Switching Protocols, but the request had no Upgrade header",
            ));
        }
        let tunnel = request.connect && (200..300).contains(&head.status);
        if head.status == 101 || tunnel {
            // The raw bytes of the connection (RFC 9110, sections 7.8, 9.3.6).
            return Ok(Self {
                framing: Framing::UntilClose,
                will_close: true,
                raw: true,
            });
        }
        let mut will_close = will_close(head);
        if request.head || matches!(head.status, 204 | 304) {
            return Ok(Self {
                framing: Framing::Length(0),
                will_close,
                raw: false,
            });
        }
        let framing = match transfer_coding(&head.headers)? {
            Coding::Chunked => {
                // Neither may be trusted afterwards (RFC 9112, 6.1 and 6.3).
                will_close |= head.version < Version::Http11
                    || head.headers.get_all(b"content-length").next().is_some();
                Framing::Chunked
            }
            Coding::Other => Framing::UntilClose,
            Coding::None => match content_length(&head.headers)? {
                Some(length) => Framing::Length(length),
                None => Framing::UntilClose,
            },
        };
        Ok(Self {
            framing,
            will_close: will_close || framing == Framing::UntilClose,
            raw: false,
        })
    }
}

fn will_close(head: &Head) -> bool {
    let headers = &head.headers;
    // A substring is enough, as in the reference: the safe side.
    let says_close = headers
        .get_all(b"connection")
        .any(|value| contains_ignore_case(value, b"close"));
    let keeps = match head.version {
        Version::Http11 => true,
        Version::Http10 => {
            headers
                .get_all(b"keep-alive")
                .any(|value| !value.is_empty())
                || has_token(headers, b"connection", b"keep-alive")
                || has_token(headers, b"proxy-connection", b"keep-alive")
        }
        Version::Http09 => false,
    };
    says_close || !keeps
}

fn has_token(headers: &Headers, name: &[u8], token: &[u8]) -> bool {
    headers
        .elements(name)
        .any(|element| element.eq_ignore_ascii_case(token))
}

fn contains_ignore_case(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len())
        .any(|window| window.eq_ignore_ascii_case(part))
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
