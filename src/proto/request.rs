//! The head of a request, and how its body is framed (RFC 9112, sections 3 and
//! 6; the reference's `putrequest`, `putheader` and `request`).

use super::framing::{Traits, parse_length};
use super::line::trim_folds;
use crate::encode;
use crate::error::{Result, caller};
use crate::latin1;
use crate::memory;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The body of a request; its form decides the framing.
#[derive(Clone, Debug)]
pub enum Body {
    /// Sent as it is.
    Bytes(Vec<u8>),
    /// Encoded as Latin-1.
    Text(String),
    /// Sent item by item.
    Chunks(Vec<Vec<u8>>),
}

/// What of a body decides its framing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// So many bytes.
    Sized(u64),
    /// As many as there will be.
    Unsized,
}

impl Body {
    /// A list of chunks is Python's iterable: its length is not looked at.
    pub fn form(&self) -> Form {
        match self {
            Self::Bytes(bytes) => Form::Sized(bytes.len() as u64),
            Self::Text(text) => Form::Sized(text.chars().count() as u64),
            Self::Chunks(_) => Form::Unsized,
        }
    }
}

/// The version that requests are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HttpVersion {
    /// HTTP/1.0: no automatic headers and no chunks (RFC 1945).
    Http10,
    /// HTTP/1.1.
    #[default]
    Http11,
}

/// A request head that is being written.
#[derive(Debug)]
pub struct RequestHead {
    bytes: Vec<u8>,
    /// The version of the request line.
    pub version: HttpVersion,
    /// The trailers that were put, coded, to go after the last chunk.
    pub trailers: Vec<u8>,
    /// What of it decides how the response is read.
    pub traits: Traits,
    /// `Content-Length` as given, to see whether the body keeps to it.
    pub declared: Declared,
}

/// What the head says of the body's length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Declared {
    /// Nothing: there is no body.
    Nothing,
    /// A transfer coding, which has an end of its own.
    Coded,
    /// This many bytes.
    Length(u64),
    /// Something that is no number, or several numbers.
    Nonsense,
}

impl RequestHead {
    /// Writes the request line. An empty `url` is `/`.
    ///
    /// # Errors
    /// `value-error` for a method that is no token (RFC 9110, section 5.6.2),
    /// `invalid-url` for controls and spaces in the URL, `unicode-encode-error`
    /// if either is not ASCII.
    pub fn new(method: &str, url: &str, version: HttpVersion) -> Result<Self> {
        let found = method
            .bytes()
            .find(|&byte| byte.is_ascii() && !is_token(byte));
        if method.is_empty() || found.is_some() {
            return Err(caller::invalid_method(method.as_bytes(), found));
        }
        let url = if url.is_empty() { "/" } else { url };
        if let Some(found) = url.bytes().find(|byte| matches!(byte, 0..=0x20 | 0x7F)) {
            return Err(caller::control_characters("URL", url.as_bytes(), found));
        }
        let version_name = match version {
            HttpVersion::Http10 => "HTTP/1.0",
            HttpVersion::Http11 => "HTTP/1.1",
        };
        let mut bytes = Vec::new();
        memory::reserve(&mut bytes, method.len() + url.len() + 16)?;
        for part in [method, " ", url, " ", version_name, "\r\n"] {
            bytes.extend_from_slice(part.as_bytes());
        }
        if !bytes.is_ascii() {
            // Texts together are one: this copies nothing.
            let line = String::from_utf8_lossy(&bytes);
            return Err(caller::unencodable("ascii", &line, 128));
        }
        Ok(Self {
            bytes,
            version,
            trailers: Vec::new(),
            traits: Traits {
                head: method == "HEAD",
                connect: method == "CONNECT",
                ..Traits::default()
            },
            declared: Declared::Nothing,
        })
    }

    /// Writes a field; several values become one folded value.
    ///
    /// # Errors
    /// `value-error` for a name or a value that could be read as more than one
    /// field, or has NUL; `unicode-encode-error`.
    pub fn put(&mut self, name: &str, values: &[String]) -> Result<()> {
        let (name, value) = checked(name, values)?;
        self.put_checked(&name, &value)?;
        self.note(&name, &value);
        Ok(())
    }

    /// Keeps a field to be sent after the last chunk (RFC 9110, section 6.5).
    ///
    /// # Errors
    /// As `put`; `value-error` for a field that would say how to read the message, or
    /// where it goes (RFC 9110, section 6.5.1).
    pub fn put_trailer(&mut self, name: &str, values: &[String]) -> Result<()> {
        let (name, value) = checked(name, values)?;
        if NEVER_TRAILERS
            .iter()
            .any(|never| name.eq_ignore_ascii_case(never))
        {
            return Err(caller::value(format!(
                "{} cannot be a trailer",
                latin1::decode(&name)
            )));
        }
        put(&mut self.trailers, &name, &value)
    }

    /// Writes a field of the client's own making.
    ///
    /// # Errors
    /// Out of memory.
    pub fn put_checked(&mut self, name: &[u8], value: &[u8]) -> Result<()> {
        put(&mut self.bytes, name, value)
    }

    fn note(&mut self, name: &[u8], value: &[u8]) {
        if name.eq_ignore_ascii_case(b"upgrade") {
            self.traits.upgrade = true;
        } else if name.eq_ignore_ascii_case(b"expect") {
            self.traits.expects_continue |= trim_folds(value).eq_ignore_ascii_case(b"100-continue");
        } else if name.eq_ignore_ascii_case(b"connection") {
            let mut options = value.split(|&byte| byte == b',').map(trim_folds);
            self.traits.close |= options.any(|option| option.eq_ignore_ascii_case(b"close"));
        } else if name.eq_ignore_ascii_case(b"content-length") {
            let length = parse_length(trim_folds(value));
            self.declared = match (self.declared, length) {
                (Declared::Nothing, Some(length)) => Declared::Length(length),
                (Declared::Length(same), Some(length)) if same == length => self.declared,
                _ => Declared::Nonsense,
            };
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            self.declared = match self.declared {
                Declared::Nothing | Declared::Coded => Declared::Coded,
                _ => Declared::Nonsense,
            };
        }
    }

    /// Writes the framing that `request` chooses for this body and returns
    /// whether the body is to be chunked.
    ///
    /// # Errors
    /// `value-error` for a body that only chunks could frame, in HTTP/1.0.
    pub fn put_framing(
        &mut self,
        method: &str,
        headers: &[(String, String)],
        body: Option<Form>,
        encode_chunked: bool,
    ) -> Result<bool> {
        if has_field(headers, "content-length") {
            return Ok(false);
        }
        if has_field(headers, "transfer-encoding") {
            return Ok(encode_chunked);
        }
        let length = match body {
            Some(Form::Sized(length)) => length,
            Some(Form::Unsized) => {
                self.check_chunks()?;
                self.note(b"transfer-encoding", b"chunked");
                self.put_checked(b"Transfer-Encoding", b"chunked")?;
                return Ok(true);
            }
            None if expects_body(method) => 0,
            None => return Ok(false),
        };
        let length = format!("{length}");
        self.note(b"content-length", length.as_bytes());
        self.put_checked(b"Content-Length", length.as_bytes())?;
        Ok(false)
    }

    /// Whether a body may be sent in chunks: HTTP/1.0 has none, and without them the
    /// body's end could not be told.
    ///
    /// # Errors
    /// `value-error`.
    pub fn check_chunks(&self) -> Result<()> {
        match self.version {
            HttpVersion::Http11 => Ok(()),
            HttpVersion::Http10 => Err(caller::value(
                "a body in chunks needs HTTP/1.1: give its length, or set the version to 11",
            )),
        }
    }

    /// How many bytes `finish` gives.
    pub fn length(&self) -> usize {
        self.bytes.len() + 2
    }

    /// The head with its blank line.
    pub fn finish(mut self) -> Vec<u8> {
        // Room was made with each field.
        self.bytes.extend_from_slice(b"\r\n");
        self.bytes
    }
}

/// Appends a field, with room for the blank line that may follow.
fn put(bytes: &mut Vec<u8>, name: &[u8], value: &[u8]) -> Result<()> {
    memory::reserve(bytes, name.len() + value.len() + 6)?;
    for part in [name, b": ", value, b"\r\n"] {
        bytes.extend_from_slice(part);
    }
    Ok(())
}

/// Whether a caller's headers have a field of this name.
pub fn has_field(headers: &[(String, String)], name: &str) -> bool {
    headers
        .iter()
        .any(|field| field.0.eq_ignore_ascii_case(name))
}

/// Fields that a recipient must not find among trailers.
const NEVER_TRAILERS: [&[u8]; 6] = [
    b"transfer-encoding",
    b"content-length",
    b"host",
    b"trailer",
    b"connection",
    b"expect",
];

/// A name and its values as one field.
fn checked(name: &str, values: &[String]) -> Result<(Vec<u8>, Vec<u8>)> {
    let name = encode::ascii(name)?;
    if !is_legal_name(name) {
        return Err(caller::invalid_header_name(name));
    }
    let mut joined = Vec::new();
    for (index, value) in values.iter().enumerate() {
        let value = encode::latin1(value)?;
        if !is_legal_value(&value) {
            return Err(caller::invalid_header_value(&value));
        }
        if index > 0 {
            memory::append(&mut joined, b"\r\n\t")?;
        }
        memory::append(&mut joined, &value)?;
    }
    Ok((memory::copy(name)?, joined))
}

/// Methods whose requests say so when they have no body.
fn expects_body(method: &str) -> bool {
    ["PUT", "POST", "PATCH"]
        .iter()
        .any(|name| method.eq_ignore_ascii_case(name))
}

/// tchar, RFC 9110, section 5.6.2.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

fn is_legal_name(name: &[u8]) -> bool {
    let is_space = |byte: Option<&u8>| matches!(byte, Some(b' ' | 0x09..=0x0D));
    !name.is_empty()
        && !is_space(name.first())
        && !is_space(name.last())
        && !name
            .iter()
            .any(|byte| matches!(byte, b':' | b'\r' | b'\n' | 0))
}

/// No NUL, and CR and LF only where they fold: LF before a blank, CR before a
/// blank or LF.
fn is_legal_value(value: &[u8]) -> bool {
    value.iter().enumerate().all(|(index, byte)| {
        let next = value.get(index + 1);
        match byte {
            0 => false,
            b'\n' => matches!(next, Some(b' ' | b'\t')),
            b'\r' => matches!(next, Some(b' ' | b'\t' | b'\n')),
            _ => true,
        }
    })
}

/// A chunk of the chunked coding: what goes before the data. CRLF goes after
/// it.
pub fn chunk_start(length: usize) -> String {
    format!("{length:X}\r\n")
}

/// The end of a chunked body.
///
/// # Errors
/// Out of memory.
pub fn last_chunk(trailers: &[u8]) -> Result<Vec<u8>> {
    let mut end = Vec::new();
    memory::reserve_exact(&mut end, trailers.len() + 5)?;
    for part in [b"0\r\n", trailers, b"\r\n"] {
        end.extend_from_slice(part);
    }
    Ok(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Caller, Error};

    fn new(method: &str, url: &str) -> Result<RequestHead> {
        RequestHead::new(method, url, HttpVersion::Http11)
    }

    fn head() -> RequestHead {
        new("GET", "/").unwrap()
    }

    #[test]
    fn empty_url_is_the_root() {
        let head = new("GET", "").unwrap();
        assert_eq!(head.finish(), b"GET / HTTP/1.1\r\n\r\n");
    }

    #[test]
    fn method_must_be_a_token() {
        for method in ["", "G T", "GET\r\n", "G\0", "G:T", "G\x7f"] {
            let error = new(method, "/").unwrap_err();
            assert!(
                matches!(error, Error::Caller(Caller::Value(_))),
                "{method:?}"
            );
        }
        let error = new("G\u{e9}T", "/").unwrap_err();
        assert!(matches!(error, Error::Caller(Caller::Encode(_))));
    }

    #[test]
    fn url_with_control_characters_is_invalid() {
        let error = new("GET", "/a b").unwrap_err();
        assert!(matches!(error, Error::Caller(Caller::Url(_))));
        assert_eq!(
            error.to_string(),
            "URL can't contain control characters. '/a b' (found at least ' ')"
        );
    }

    #[test]
    fn values_are_folded_into_one_field() {
        let mut head = head();
        head.put("A", &["1".into(), "2".into()]).unwrap();
        head.put("B", &[]).unwrap();
        assert_eq!(
            head.finish(),
            b"GET / HTTP/1.1\r\nA: 1\r\n\t2\r\nB: \r\n\r\n"
        );
    }

    #[test]
    fn names_and_values_that_could_inject_are_rejected() {
        for name in [
            "",
            ":",
            " A",
            "A ",
            "\tA",
            "A\t",
            "\x0bA",
            "A\x0b",
            "Transfer-Encoding ",
            "A:B",
            "A\r",
            "A\n",
            "A\0",
        ] {
            let error = head().put(name, &["v".into()]).unwrap_err();
            assert!(matches!(error, Error::Caller(Caller::Value(_))), "{name:?}");
            assert!(error.to_string().starts_with("Invalid header name b'"));
        }
        for value in ["a\r\nb", "a\nb", "a\rb", "a\n", "a\r", "a\r\n", "a\0b"] {
            let error = head().put("A", &[value.into()]).unwrap_err();
            assert!(
                matches!(error, Error::Caller(Caller::Value(_))),
                "{value:?}"
            );
        }
    }

    #[test]
    fn name_beyond_ascii_is_an_encode_error_and_a_value_is_latin1() {
        let mut head = head();
        for put in [RequestHead::put, RequestHead::put_trailer] {
            let error = put(&mut head, "A\u{e9}", &["v".into()]).unwrap_err();
            assert!(matches!(error, Error::Caller(Caller::Encode(_))));
            assert_eq!(
                error.to_string(),
                r"'ascii' codec can't encode character '\xe9' in position 1: ordinal not in range(128)"
            );
        }
        head.put("A", &["\u{e9}".into()]).unwrap();
        assert_eq!(head.finish(), b"GET / HTTP/1.1\r\nA: \xe9\r\n\r\n");
    }

    #[test]
    fn own_length_counts_if_it_is_a_number() {
        for (value, declared) in [
            ("5", Declared::Length(5)),
            (" \r\n 5", Declared::Length(5)),
            ("+5", Declared::Nonsense),
            ("-5", Declared::Nonsense),
            ("", Declared::Nonsense),
            ("5, 5", Declared::Nonsense),
        ] {
            let mut head = head();
            head.put("Content-Length", &[value.into()]).unwrap();
            assert_eq!(head.declared, declared, "{value:?}");
        }
    }

    #[test]
    fn http_1_0_has_no_chunks() {
        let head = || RequestHead::new("PUT", "/", HttpVersion::Http10).unwrap();
        let put = |headers, form| head().put_framing("PUT", headers, form, false);
        let error = put(&[], Some(Form::Unsized)).unwrap_err();
        assert!(matches!(error, Error::Caller(Caller::Value(_))));
        head().check_chunks().unwrap_err();
        assert!(!put(&[], Some(Form::Sized(3))).unwrap());
        let own = [("Content-Length".into(), "3".into())];
        assert!(!put(&own, Some(Form::Unsized)).unwrap());
    }

    #[test]
    fn folds_and_every_other_byte_pass() {
        for value in ["a\r\n b", "a\n\tb", "a\r b", " a ", "\u{e9}\u{ff}\x01"] {
            head().put("A b", &[value.into()]).unwrap();
        }
    }

    #[test]
    fn trailers_that_would_frame_or_route_are_rejected() {
        let mut head = head();
        head.put_trailer("Digest", &["1".into()]).unwrap();
        for name in ["Content-Length", "transfer-encoding", "Host", "Trailer"] {
            let error = head.put_trailer(name, &["1".into()]).unwrap_err();
            assert!(matches!(error, Error::Caller(Caller::Value(_))), "{name}");
        }
        assert_eq!(
            last_chunk(&head.trailers).unwrap(),
            b"0\r\nDigest: 1\r\n\r\n"
        );
    }

    #[test]
    fn framing_follows_method_headers_and_body_form() {
        let text = |method, names: &[&str], body: Option<Body>, encode| {
            let headers: Vec<_> = names.iter().map(|n| ((*n).into(), "1".into())).collect();
            let mut head = head();
            let form = body.as_ref().map(Body::form);
            let chunked = head.put_framing(method, &headers, form, encode).unwrap();
            let bytes = head.finish();
            let text = latin1::decode(&bytes["GET / HTTP/1.1\r\n".len()..]);
            (text.trim_end().to_owned(), chunked)
        };
        let bytes = |n: usize| Some(Body::Bytes(vec![0; n]));
        let none = ("".to_owned(), false);
        let length = |n: usize| (format!("Content-Length: {n}"), false);
        assert_eq!(text("GET", &[], None, false), none);
        assert_eq!(text("post", &[], None, false), length(0));
        assert_eq!(text("GET", &[], bytes(0), false), length(0));
        assert_eq!(text("GET", &[], bytes(3), true), length(3));
        let latin = Some(Body::Text("\u{e9}a".into()));
        assert_eq!(text("PUT", &[], latin, false), length(2));
        let chunks = || Some(Body::Chunks(Vec::new()));
        assert_eq!(
            text("GET", &[], chunks(), false),
            ("Transfer-Encoding: chunked".to_owned(), true)
        );
        assert_eq!(text("PUT", &["content-LENGTH"], chunks(), true), none);
        assert_eq!(text("PUT", &["transfer-encoding"], bytes(1), false), none);
        assert!(text("PUT", &["transfer-encoding"], bytes(1), true).1);
    }
}
