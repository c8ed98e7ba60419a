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
    // Intermediaries repeat it; one chunked is what curl and the reference decode.
    codings.dedup_by(|next, coding| coding == b"chunked" && next == coding);
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
        // Chunked, but not as the last one, is not to be undone either.
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
    let value = headers.joined(b"content-length").unwrap_or_default();
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
    use crate::error::Kind;

    /// The decision about a response to GET with these fields.
    fn decide(fields: &[(&str, &str)]) -> Result<Decision> {
        let mut headers = Headers::default();
        for (name, value) in fields {
            headers.push(name.as_bytes(), value.as_bytes());
        }
        let head = Head {
            version: Version::Http11,
            status: 200,
            reason: Vec::new(),
            headers,
        };
        Decision::of(&head, &RequestTraits::default())
    }

    #[test]
    fn length_is_digits_alone_or_an_error() {
        for value in ["3", "003", " 3\t", "3, 3", "\r\n 3", "3,\n\t3", "3\r "] {
            let decision = decide(&[("Content-Length", value)]).unwrap();
            assert_eq!(decision.framing, Framing::Length(3), "{value:?}");
        }
        for value in [
            "", " ", "-0", "-3", "-3, -3", "+3", "3,", ",3", ",", "3 3", "3\r\n 3", "0x3", "3, 4",
            "\u{e9}",
        ] {
            let error = decide(&[("Content-Length", value)]).unwrap_err();
            assert_eq!(error.kind(), Kind::HttpException, "{value:?}");
        }
        decide(&[("Content-Length", "3"), ("Content-Length", "")]).unwrap_err();
        let error = decide(&[("Content-Length", &"x".repeat(60_000))]).unwrap_err();
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
            let decision = decide(fields).unwrap();
            assert_eq!(decision.framing, Framing::Chunked, "{fields:?}");
            assert!(!decision.will_close);
        }
        for value in ["chunked, gzip, chunked", "chunked, gzip", "rot13, rot13"] {
            let error = decide(&[(coding, value)]).unwrap_err();
            assert_eq!(error.kind(), Kind::UnknownTransferEncoding, "{value}");
        }
        let error = decide(&[(coding, &"x".repeat(60_000))]).unwrap_err();
        assert!(error.to_string().len() < 300, "{error}");
    }

    #[test]
    fn fold_before_a_token_is_a_space() {
        let length = ("Content-Length", "3");
        let decision = decide(&[length, ("Connection", "a,\r\n close")]).unwrap();
        assert!(decision.will_close);
    }
}
