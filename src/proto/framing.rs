//! Where the body of a response ends: decided once, from the head (RFC 9112,
//! section 6.3).

use super::headers::Headers;
use super::response::Head;
use crate::error::{Result, peer};
use crate::literal;
use alloc::format;

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

/// RFC 9112, section 6.1. There may be as many as a head has room for: none is kept.
fn transfer_coding(headers: &Headers) -> Result<Coding> {
    let is = |coding: &[u8], name: &[u8]| coding.eq_ignore_ascii_case(name);
    let known = |coding: &[u8]| {
        let names: [&[u8]; 5] = [b"gzip", b"x-gzip", b"deflate", b"compress", b"x-compress"];
        names.iter().any(|name| is(coding, name))
    };
    let (mut last, mut not_last): (Option<&[u8]>, Option<&[u8]>) = (None, None);
    for coding in headers.elements(b"transfer-encoding") {
        // Intermediaries repeat it; one chunked is what curl and the reference decode.
        let repeated = is(coding, b"chunked") && last.is_some_and(|last| is(last, b"chunked"));
        if coding.is_empty() || is(coding, b"identity") || repeated {
            continue;
        }
        let before = last.replace(coding);
        // Chunked, but not as the last one, is not to be undone either.
        not_last = not_last.or(before.filter(|coding| !known(coding)));
    }
    let last = match last {
        None => return Ok(Coding::None),
        Some(last) if is(last, b"chunked") => Coding::Chunked,
        Some(last) if known(last) => Coding::Other,
        Some(last) => return Err(peer::unknown_transfer_encoding(last)),
    };
    match not_last {
        Some(coding) => Err(peer::unknown_transfer_encoding(coding)),
        None => Ok(last),
    }
}

/// RFC 9110, section 8.6: equal values are one, different ones an error, and so is
/// what is no number: two readers of one message must not differ about its length.
fn content_length(headers: &Headers) -> Result<Option<u64>> {
    let mut lengths = headers.elements(b"content-length").map(parse_length);
    let Some(first) = lengths.next() else {
        return Ok(None);
    };
    if first.is_some() && lengths.all(|other| other == first) {
        return Ok(first);
    }
    let value = headers.joined_excerpt(b"content-length");
    Err(peer::malformed(format!(
        "invalid Content-Length: {}",
        literal::excerpt(&value, literal::text)
    )))
}

/// 1*DIGIT. Beyond 64 bits the body ends early in any case.
pub(crate) fn parse_length(text: &[u8]) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0_u64, |length, byte| {
        let digit = byte.is_ascii_digit().then(|| u64::from(byte - b'0'))?;
        Some(length.saturating_mul(10).saturating_add(digit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, Peer};
    use crate::response::Version;
    use alloc::vec::Vec;

    /// Where the body of a response to GET with these fields ends.
    fn framing(fields: &[(&str, &str)]) -> Result<Framing> {
        let mut headers = Headers::default();
        for (name, value) in fields {
            headers.push(name.as_bytes(), value.as_bytes()).unwrap();
        }
        let head = Head {
            version: Version::Http11,
            status: 200,
            reason: Vec::new(),
            headers,
        };
        Framing::of(&head, &Traits::default())
    }

    #[test]
    fn length_is_digits_alone_or_an_error() {
        for value in ["3", "003", " 3\t", "3, 3", "\r\n 3", "3,\n\t3", "3\r "] {
            let framing = framing(&[("Content-Length", value)]).unwrap();
            assert_eq!(framing, Framing::Length(3), "{value:?}");
        }
        for value in [
            "", " ", "-0", "-3", "-3, -3", "+3", "3,", ",3", ",", "3 3", "3\r\n 3", "0x3", "3, 4",
            "\u{e9}",
        ] {
            let error = framing(&[("Content-Length", value)]).unwrap_err();
            assert!(
                matches!(error, Error::Peer(Peer::Malformed(_))),
                "{value:?}"
            );
        }
        framing(&[("Content-Length", "3"), ("Content-Length", "")]).unwrap_err();
        let error = framing(&[("Content-Length", &"x".repeat(60_000))]).unwrap_err();
        assert!(error.to_string().len() < 300, "{error}");
    }

    #[test]
    fn chunked_again_and_again_is_chunked() {
        let coding = "Transfer-Encoding";
        for fields in [
            &[(coding, "chunked"), ("transfer-encoding", "Chunked")][..],
            &[(coding, "chunked, chunked,\r\n chunked")],
            &[(coding, "gzip"), (coding, "chunked"), (coding, "chunked")],
            &[(coding, "\r\n chunked")],
        ] {
            assert_eq!(framing(fields).unwrap(), Framing::Chunked, "{fields:?}");
        }
        for value in ["chunked, gzip, chunked", "chunked, gzip", "rot13, rot13"] {
            let error = framing(&[(coding, value)]).unwrap_err();
            let peer = matches!(error, Error::Peer(Peer::UnknownTransferEncoding(_)));
            assert!(peer, "{value}");
        }
        let error = framing(&[(coding, &"x".repeat(60_000))]).unwrap_err();
        assert!(error.to_string().len() < 300, "{error}");
    }
}
