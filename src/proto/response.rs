//! The head of a response, parsed as it arrives: status line, then fields; first
//! those of interim responses, then the final one's (RFC 9112, section 4).

use super::buffer::Buffer;
use super::fields::{FieldLines, Malformed};
use super::headers::Headers;
use super::limits::Limits;
use super::line::{LineScanner, split_end};
use crate::error::{Error, Result, peer};
use crate::literal;
use crate::memory;
use alloc::format;
use alloc::vec::Vec;
use core::mem;

/// The version that a response is treated as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// HTTP/0.9: no head, the connection's bytes are the body.
    Http09,
    /// HTTP/1.0.
    Http10,
    /// HTTP/1.1, and any later HTTP/1.x.
    Http11,
}

impl Version {
    /// The number that `HTTPResponse.version` has.
    pub fn number(self) -> u8 {
        match self {
            Self::Http09 => 9,
            Self::Http10 => 10,
            Self::Http11 => 11,
        }
    }
}

/// A parsed head.
#[derive(Clone, Debug)]
pub struct Head {
    /// The version of the status line.
    pub version: Version,
    /// 100 to 999.
    pub status: u16,
    /// Without white space at its ends; may be empty.
    pub reason: Vec<u8>,
    /// The header fields.
    pub headers: Headers,
}

/// What the parser found next.
#[derive(Debug)]
pub enum Event {
    /// More bytes are needed.
    NeedMore,
    /// A status line as it was received.
    StatusLine(Vec<u8>),
    /// An interim response, and its header lines as they were received; another
    /// head follows.
    Interim(Head, Vec<u8>),
    /// The head of the final response.
    Final(Head),
}

/// Parses heads until the final one. Each line is looked at once.
#[derive(Debug, Default)]
pub struct HeadParser {
    lines: LineScanner,
    step: Step,
    /// The current head as it was received, and where its header lines begin.
    raw: Vec<u8>,
    fields_at: usize,
    /// How many header lines it has.
    count: usize,
    /// How many bytes the heads before it had.
    before: usize,
    interim: usize,
    /// It is a proxy's answer to CONNECT: the first head is the final one.
    of_proxy: bool,
}

#[derive(Debug, Default)]
enum Step {
    #[default]
    StatusLine,
    Fields(StatusLine, FieldLines),
}

impl HeadParser {
    /// A parser of a proxy's answer to CONNECT: as in the reference, no interim
    /// responses are passed over.
    pub fn of_proxy() -> Self {
        Self {
            of_proxy: true,
            ..Self::default()
        }
    }

    /// The header lines of a proxy's answer as they were received, the blank line
    /// included.
    pub fn take_raw(&mut self) -> Vec<u8> {
        self.raw.drain(..self.fields_at.min(self.raw.len()));
        mem::take(&mut self.raw)
    }

    /// Whether nothing of a head was consumed yet.
    pub fn at_start(&self) -> bool {
        matches!(self.step, Step::StatusLine) && self.interim == 0
    }

    /// Parses what is there. `ended` tells that no more bytes will come.
    ///
    /// # Errors
    /// `remote-disconnected` at the end before any status line, `incomplete-read`
    /// with the bytes of the head at the end inside of one (RFC 9112, section 8),
    /// `bad-status-line`, `unknown-protocol`, `line-too-long`, `memory-error`, and
    /// `http-exception` for a passed limit or a head that contradicts itself.
    pub fn parse(
        &mut self,
        input: &mut Buffer,
        ended: bool,
        strict: bool,
        limits: &Limits,
    ) -> Result<Event> {
        match &mut self.step {
            Step::StatusLine => self.parse_status_line(input, ended, strict, limits),
            Step::Fields(..) => self.parse_fields(input, ended, limits),
        }
    }

    fn parse_status_line(
        &mut self,
        input: &mut Buffer,
        ended: bool,
        strict: bool,
        limits: &Limits,
    ) -> Result<Event> {
        let length = match self.lines.next(input, limits.line, "status line") {
            Ok(Some(length)) => length,
            Ok(None) if ended => return cut_status_line(input.bytes(), strict),
            Ok(None) => return Ok(Event::NeedMore),
            Err(error) => {
                // What is behind the limit may have come already, or not.
                let seen = &input.bytes()[..input.len().min(limits.line)];
                return match strict || begins_http(seen) {
                    true => Err(error),
                    false => Ok(Event::Final(http09())),
                };
            }
        };
        let line = &input.bytes()[..length];
        if !strict && !begins_http(line) {
            return Ok(Event::Final(http09()));
        }
        let copy = memory::copy(line)?;
        let status = StatusLine::parse(line);
        if status == Err(Error::Memory) {
            return Err(Error::Memory);
        }
        self.raw.clear();
        memory::append(&mut self.raw, line)?;
        self.fields_at = length;
        self.count = 0;
        input.consume(length);
        let (line, status) = (copy, status?);
        self.step = Step::Fields(status, FieldLines::default());
        Ok(Event::StatusLine(line))
    }

    fn parse_fields(&mut self, input: &mut Buffer, ended: bool, limits: &Limits) -> Result<Event> {
        let Step::Fields(status, fields) = &mut self.step else {
            return Ok(Event::NeedMore);
        };
        // As in the reference, only the final response's version matters.
        if !status.is_interim() || self.of_proxy {
            status.check_version()?;
        }
        loop {
            let Some(length) = self.lines.next(input, limits.line, "header line")? else {
                return match ended {
                    true => Err(cut(&self.raw, input.bytes())),
                    false => Ok(Event::NeedMore),
                };
            };
            let line = &input.bytes()[..length];
            if split_end(line).0.is_empty() {
                memory::append(&mut self.raw, line)?;
                input.consume(length);
                break;
            }
            if self.count >= limits.headers {
                return Err(peer::too_many(limits.headers as u64, "headers"));
            }
            if self.before + self.raw.len() + length > limits.head {
                return Err(peer::too_many(
                    limits.head as u64,
                    "bytes when reading the response head",
                ));
            }
            memory::reserve(&mut self.raw, length)?;
            fields.push(line, Malformed::Skip)?;
            self.raw.extend_from_slice(line);
            self.count += 1;
            input.consume(length);
        }
        let Step::Fields(status, fields) = mem::take(&mut self.step) else {
            return Ok(Event::NeedMore);
        };
        self.finish(status, fields.finish(), limits)
    }

    fn finish(&mut self, status: StatusLine, headers: Headers, limits: &Limits) -> Result<Event> {
        let interim = status.is_interim() && !self.of_proxy;
        let head = Head {
            version: status.version(),
            status: status.code,
            reason: status.reason,
            headers,
        };
        if !interim {
            if !self.of_proxy {
                self.raw = Vec::new();
            }
            return Ok(Event::Final(head));
        }
        if self.interim >= limits.interim {
            // The reference counts the status line that is one too many.
            let count = limits.interim as u64 + 1;
            return Err(peer::too_many(count, "interim responses"));
        }
        self.interim += 1;
        self.before += self.raw.len();
        Ok(Event::Interim(head, self.take_raw()))
    }
}

/// What every status line begins with.
const HTTP: &[u8] = b"HTTP/";

/// An answer without a status line (HTTP/0.9): all of it is the body.
fn http09() -> Head {
    Head {
        version: Version::Http09,
        status: 200,
        reason: Vec::new(),
        headers: Headers::default(),
    }
}

fn begins_http(line: &[u8]) -> bool {
    trim_spaces_start(line).starts_with(HTTP)
}

/// What the end of the connection left of a status line.
fn cut_status_line(line: &[u8], strict: bool) -> Result<Event> {
    if line.is_empty() {
        return Err(peer::remote_disconnected());
    }
    if begins_http(line) || (strict && HTTP.starts_with(trim_spaces_start(line))) {
        return Err(cut(&[], line));
    }
    if strict {
        return Err(peer::bad_status_line(line));
    }
    Ok(Event::Final(http09()))
}

/// The error of a head that ends without its blank line: somebody may have cut off
/// what is missing.
fn cut(lines: &[u8], rest: &[u8]) -> Error {
    let mut partial = Vec::new();
    let kept =
        memory::append(&mut partial, lines).and_then(|()| memory::append(&mut partial, rest));
    match kept {
        Ok(()) => peer::incomplete_read(partial, None),
        Err(short) => short.into(),
    }
}

#[derive(Debug, PartialEq, Eq)]
struct StatusLine {
    version: Vec<u8>,
    code: u16,
    reason: Vec<u8>,
}

impl StatusLine {
    /// Splits at white space, more leniently than RFC 9112 asks, as the
    /// reference does.
    fn parse(line: &[u8]) -> Result<Self> {
        let mut rest = line;
        let version = next_word(&mut rest);
        let code = next_word(&mut rest);
        if !version.starts_with(HTTP) {
            return Err(peer::bad_status_line(line));
        }
        let Some(code) = parse_code(code) else {
            return Err(peer::bad_status_line(line));
        };
        if let Some(byte) = split_end(line)
            .0
            .iter()
            .find(|&&byte| matches!(byte, b'\r' | 0))
        {
            return Err(peer::malformed(format!(
                "status line with a bare {}: {}",
                if *byte == 0 { "NUL" } else { "CR" },
                literal::excerpt(line, literal::bytes)
            )));
        }
        Ok(Self {
            version: memory::copy(version)?,
            code,
            reason: memory::copy(trim_spaces(rest))?,
        })
    }

    /// 101 is final: what follows it is not HTTP/1.1 any more (RFC 9110,
    /// section 15.2.2).
    fn is_interim(&self) -> bool {
        self.code < 200 && self.code != 101
    }

    fn check_version(&self) -> Result<()> {
        if self.version.starts_with(b"HTTP/1.") || self.version == b"HTTP/0.9" {
            Ok(())
        } else {
            Err(peer::unknown_protocol(&self.version))
        }
    }

    fn version(&self) -> Version {
        match self.version.as_slice() {
            b"HTTP/1.0" | b"HTTP/0.9" => Version::Http10,
            _ => Version::Http11,
        }
    }
}

fn next_word<'a>(rest: &mut &'a [u8]) -> &'a [u8] {
    let text = trim_spaces_start(rest);
    let end = text
        .iter()
        .position(|&byte| is_space(byte))
        .unwrap_or(text.len());
    let (word, tail) = text.split_at(end);
    *rest = tail;
    word
}

/// 1*DIGIT from 100 to 999.
fn parse_code(text: &[u8]) -> Option<u16> {
    let digits = text.iter().skip_while(|&&byte| byte == b'0');
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) || digits.clone().count() != 3 {
        return None;
    }
    Some(digits.fold(0, |code, digit| code * 10 + u16::from(digit - b'0')))
}

/// White space as Python's `str.split` has it, in Latin-1.
fn is_space(byte: u8) -> bool {
    matches!(byte, 0x09..=0x0D | 0x1C..=0x20 | 0x85 | 0xA0)
}

fn trim_spaces_start(mut text: &[u8]) -> &[u8] {
    while let [byte, rest @ ..] = text
        && is_space(*byte)
    {
        text = rest;
    }
    text
}

fn trim_spaces(text: &[u8]) -> &[u8] {
    let mut text = trim_spaces_start(text);
    while let [rest @ .., byte] = text
        && is_space(*byte)
    {
        text = rest;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Peer;

    /// The error that ends the heads in these bytes, with the connection closed
    /// after them.
    fn error_of(mut parser: HeadParser, bytes: &[u8], strict: bool) -> Error {
        let mut input = Buffer::default();
        input.push(bytes.into()).unwrap();
        loop {
            match parser.parse(&mut input, true, strict, &Limits::default()) {
                Ok(Event::StatusLine(_) | Event::Interim(..)) => {}
                Ok(other) => panic!("{other:?}"),
                Err(error) => return error,
            }
        }
    }

    #[test]
    fn head_that_is_cut_anywhere_is_incomplete_with_its_bytes() {
        let interim = b"HTTP/1.1 100 Continue\r\nA: 1\r\n\r\n";
        let head = b"HTTP/1.1 302 Found\r\nSet-Cookie: SID=s3cret; Secure\r\n\r\n";
        for length in 1..head.len() {
            let cut = &head[..length];
            for before in [&b""[..], interim] {
                let bytes = [before, cut].concat();
                let error = error_of(HeadParser::default(), &bytes, true);
                assert_eq!(error, peer::incomplete_read(cut.into(), None), "{length}");
            }
            let error = error_of(HeadParser::of_proxy(), cut, true);
            assert_eq!(error, peer::incomplete_read(cut.into(), None));
        }
    }

    #[test]
    fn end_before_any_byte_of_a_head_is_no_cut() {
        for before in ["", "HTTP/1.1 100 Continue\r\n\r\n"] {
            let error = error_of(HeadParser::default(), before.as_bytes(), true);
            assert_eq!(error, peer::remote_disconnected(), "{before:?}");
        }
    }

    #[test]
    fn cut_line_that_cannot_be_http_is_bad_or_the_body_of_http_0_9() {
        for line in ["<html>", "HTTQ", "220"] {
            let error = error_of(HeadParser::default(), line.as_bytes(), true);
            assert_eq!(error, peer::bad_status_line(line.as_bytes()));
        }
        for line in ["<html>", "H"] {
            let mut input = Buffer::default();
            input.push(line.into()).unwrap();
            let mut parser = HeadParser::default();
            let event = parser.parse(&mut input, true, false, &Limits::default());
            let Ok(Event::Final(head)) = event else {
                panic!("{line}: {event:?}");
            };
            assert_eq!(head.version, Version::Http09);
            assert_eq!(input.bytes(), line.as_bytes());
        }
        let error = error_of(HeadParser::default(), b"HTTP/1.1 2", false);
        assert_eq!(error, peer::incomplete_read(b"HTTP/1.1 2".into(), None));
    }

    #[test]
    fn line_too_long_is_judged_by_the_bytes_within_the_limit() {
        let limits = Limits {
            line: 48,
            ..Limits::default()
        };
        let line = [&[b' '; 60][..], b"HTTP/1.1 200 OK\r\n"].concat();
        for end in [49, line.len()] {
            let mut input = Buffer::default();
            input.push(line[..end].into()).unwrap();
            let event = HeadParser::default().parse(&mut input, false, false, &limits);
            let Ok(Event::Final(head)) = event else {
                panic!("{end}: {event:?}");
            };
            assert_eq!(head.version, Version::Http09);
        }
    }

    #[test]
    fn interim_response_too_many_is_told_with_its_own_number() {
        let bytes = "HTTP/1.1 100 C\r\n\r\n".repeat(100);
        let error = error_of(HeadParser::default(), bytes.as_bytes(), true);
        assert_eq!(error.to_string(), "got more than 100 interim responses");
    }

    #[test]
    fn message_shows_the_beginning_of_a_long_line_and_the_detail_all_of_it() {
        let long = "x".repeat(60_000);
        for (head, starts) in [
            (format!("HTTP/1.1 {long}\r\n"), "HTTP/1.1 xxx"),
            (format!("HTTP/2{long} 200\r\n"), "HTTP/2xxx"),
            (
                format!("HTTP/1.1 200 {long}\r\r\n"),
                "status line with a bare CR: b'HTTP",
            ),
            (
                format!("HTTP/1.1 200 OK\r\nA: {long}\r\r\n"),
                "header line with a bare CR: b'A: xxx",
            ),
            (
                format!("HTTP/1.1 200 OK\r\nContent-Length : {long}\r\n"),
                "malformed header line: b'Content-Length : xxx",
            ),
        ] {
            let error = error_of(HeadParser::default(), head.as_bytes(), true);
            let message = error.to_string();
            assert!(message.starts_with(starts), "{message}");
            assert!(message.ends_with('\u{2026}'), "{message}");
            assert!(message.len() < 300, "{message}");
            if let Error::Peer(Peer::BadStatusLine(whole) | Peer::UnknownProtocol(whole)) = error {
                assert!(whole.len() > 60_000);
            }
        }
    }
}
