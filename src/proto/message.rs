//! What a header says beside its text: content type, parameters, file name, date
//! (Python's `email.message.Message`, which `HTTPMessage` is; RFC 9110, sections
//! 5.6.6 and 8.3; RFC 2231).

use super::date;
use super::fields::{FieldLines, Malformed};
use super::headers::Headers;
use super::limits::Limits;
use super::line::split_end;
use crate::error::{Result, peer};
use crate::latin1;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// The type of a message that does not say one, or not so that it can be read.
const DEFAULT_TYPE: &str = "text/plain";

/// `parse_headers`: a block of header lines up to a blank line or the end.
///
/// # Errors
/// `line-too-long`, and `http-exception` as in the head of a response.
pub fn parse(data: &[u8], limits: &Limits) -> Result<Headers> {
    let mut fields = FieldLines::default();
    let lines = data.split_inclusive(|&byte| byte == b'\n');
    for (count, line) in lines.enumerate() {
        if line.len() > limits.line {
            return Err(peer::line_too_long(limits.line, "header line"));
        }
        if split_end(line).0.is_empty() {
            break;
        }
        if count >= limits.headers {
            return Err(peer::too_many(limits.headers as u64, "headers"));
        }
        fields.push(line, Malformed::Skip)?;
    }
    Ok(fields.finish())
}

/// `str(message)`: a line for each field, LF at their ends, and an empty line.
pub fn to_text(headers: &Headers) -> String {
    let mut text = String::new();
    for (name, value) in headers.iter() {
        let value = latin1::decode(value).replace("\r\n", "\n");
        text.push_str(&format!("{}: {value}\n", latin1::decode(name)));
    }
    text.push('\n');
    text
}

/// The media type in lower case, without parameters.
pub fn content_type(headers: &Headers) -> String {
    let Some(value) = headers.get_all(b"content-type").next() else {
        return DEFAULT_TYPE.to_string();
    };
    let value = latin1::decode(value);
    let media_type = value.split(';').next().unwrap_or_default();
    let media_type = media_type.trim().to_ascii_lowercase();
    match media_type.split('/').count() {
        2 => media_type,
        _ => DEFAULT_TYPE.to_string(),
    }
}

/// The value of a parameter, as RFC 2231 decodes it.
pub fn parameter(headers: &Headers, header: &[u8], name: &str) -> Option<String> {
    let mut found = parameters(headers, header)?.into_iter();
    found
        .find(|parameter| parameter.0.eq_ignore_ascii_case(name))
        .map(|parameter| parameter.1)
}

/// The value of a header and its parameters, in their order: the first pair is
/// the value itself with nothing. `None` if there is no such header.
pub fn parameters(headers: &Headers, header: &[u8]) -> Option<Vec<(String, String)>> {
    let value = latin1::decode(headers.get_all(header).next()?);
    let mut plain = Vec::new();
    let mut pieces: Vec<Piece> = Vec::new();
    for (index, part) in split(&value).into_iter().enumerate() {
        let (name, value) = match part.split_once('=') {
            Some((name, value)) => (name.trim().to_ascii_lowercase(), value.trim()),
            None => (part.trim().to_string(), ""),
        };
        match Piece::parse(&name, value) {
            Some(piece) if index > 0 => {
                // In order; pieces of one number stay as they came.
                let place = pieces.partition_point(|other| other.order() <= piece.order());
                pieces.insert(place, piece);
            }
            _ => plain.push((name, unquote(value))),
        }
    }
    plain.extend(join(pieces));
    Some(plain)
}

/// The name that the sender proposes for the content: `filename` of
/// `Content-Disposition`, else `name` of `Content-Type`.
pub fn filename(headers: &Headers) -> Option<String> {
    parameter(headers, b"content-disposition", "filename")
        .or_else(|| parameter(headers, b"content-type", "name"))
        .map(|name| name.trim().to_string())
}

/// Splits at the semicolons that are not inside of quotes.
fn split(value: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut quoted, mut escaped) = (0, false, false);
    for (position, byte) in value.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b';' if !quoted => {
                parts.push(&value[start..position]);
                start = position + 1;
            }
            _ => {}
        }
    }
    parts.push(&value[start..]);
    parts
}

fn unquote(value: &str) -> String {
    let inner = value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'));
    match inner {
        Some(inner) => inner.replace("\\\\", "\\").replace("\\\"", "\""),
        None => value
            .strip_prefix('<')
            .and_then(|value| value.strip_suffix('>'))
            .unwrap_or(value)
            .to_string(),
    }
}

/// A piece of a parameter that RFC 2231 divides or encodes: `name*`, `name*0`,
/// `name*1*`.
struct Piece {
    name: String,
    number: u32,
    encoded: bool,
    value: String,
}

impl Piece {
    fn parse(name: &str, value: &str) -> Option<Self> {
        let (base, rest) = name.split_once('*')?;
        let (number, encoded) = match rest.strip_suffix('*') {
            Some(number) => (number, true),
            None => (rest, rest.is_empty()),
        };
        let number = match number {
            "" => 0,
            digits => digits.parse().ok()?,
        };
        Some(Self {
            name: base.to_string(),
            number,
            encoded,
            value: unquote(value),
        })
    }

    fn order(&self) -> (&str, u32) {
        (&self.name, self.number)
    }
}

fn join(pieces: Vec<Piece>) -> Vec<(String, String)> {
    let mut joined = Vec::new();
    for same in pieces.chunk_by(|a, b| a.name == b.name) {
        let extended = same.iter().any(|piece| piece.encoded);
        let mut bytes = Vec::new();
        for piece in same {
            let text = latin1::encode_lossy(&piece.value);
            if piece.encoded {
                bytes.extend(percent_encoding::percent_decode(&text));
            } else {
                bytes.extend(text);
            }
        }
        let value = if extended {
            in_charset(&bytes)
        } else {
            latin1::decode(&bytes)
        };
        joined.push((same[0].name.clone(), value));
    }
    joined
}

/// `charset'language'bytes` as text; a charset that is not known is Latin-1.
fn in_charset(bytes: &[u8]) -> String {
    let mut parts = bytes.splitn(3, |&byte| byte == b'\'');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(charset), Some(_), Some(value)) if charset.eq_ignore_ascii_case(b"utf-8") => {
            String::from_utf8_lossy(value).into_owned()
        }
        (_, _, Some(value)) => latin1::decode(value),
        _ => latin1::decode(bytes),
    }
}

/// The first field of this name as a date: see [`date::parse`].
pub fn date(headers: &Headers, name: &[u8]) -> Option<i64> {
    date::parse(headers.get_all(name).next()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> Headers {
        parse(text.as_bytes(), &Limits::default()).unwrap()
    }

    #[test]
    fn content_type_is_lower_case_and_has_a_default() {
        for (text, expected) in [
            ("", "text/plain"),
            ("Content-Type: Text/HTML; charset=x\r\n", "text/html"),
            ("content-type: nonsense\r\n", "text/plain"),
            ("content-type: a/b/c\r\n", "text/plain"),
        ] {
            assert_eq!(content_type(&message(text)), expected, "{text}");
        }
    }

    #[test]
    fn parameters_are_unquoted_and_joined_as_rfc_2231_says() {
        let headers = message(
            "Content-Type: a/b; Charset=UTF-8; x=\"a;\\\"b\"; flag\r\n\
             Content-Disposition: attachment; filename*0*=utf-8''%e2%82%ac; filename*1=\" rates\"\r\n",
        );
        let pairs = parameters(&headers, b"content-type").unwrap();
        let pairs: Vec<_> = pairs.iter().map(|(n, v)| (&n[..], &v[..])).collect();
        let expected = [
            ("a/b", ""),
            ("charset", "UTF-8"),
            ("x", "a;\"b"),
            ("flag", ""),
        ];
        assert_eq!(pairs, expected);
        assert_eq!(filename(&headers).as_deref(), Some("\u{20ac} rates"));
        let plain = message("Content-Type: a/b; name=\" f.txt \"\r\n");
        assert_eq!(filename(&plain).as_deref(), Some("f.txt"));
        let latin = message("Content-Disposition: x; filename*=iso-8859-1'en'%A3%zz\r\n");
        assert_eq!(filename(&latin).as_deref(), Some("\u{a3}%zz"));
        assert_eq!(filename(&message("")), None);
    }

    #[test]
    fn date_is_that_of_the_first_field() {
        let headers = message("Date: Thu, 01 Jan 1970 00:00:01 GMT\r\nDate: never\r\n");
        assert_eq!(date(&headers, b"date"), Some(1));
        assert_eq!(date(&headers, b"expires"), None);
    }

    #[test]
    fn text_of_a_message_has_line_feeds() {
        let headers = message("A: 1\r\n 2\r\nb: x\r\n\r\nbody");
        assert_eq!(to_text(&headers), "A: 1\n 2\nb: x\n\n");
    }
}
