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
    /// Bytes and lines of the current head.
    bytes: usize,
    count: usize,
    interim: usize,
    /// The header lines of the current head, where they may be asked for.
    raw: Vec<u8>,
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
        mem::take(&mut self.raw)
    }

    /// Whether nothing of a head was consumed yet.
    pub fn at_start(&self) -> bool {
        matches!(self.step, Step::StatusLine) && self.interim == 0
    }

    /// Parses what is there. `ended` tells that no more bytes will come.
    ///
    /// # Errors
    /// `remote-disconnected` at the end before any status line,
    /// `bad-status-line`, `unknown-protocol`, `line-too-long`, and
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
        let length = match self.lines.next(input, ended, limits.line, "status line") {
            Ok(Some(length)) => length,
            Ok(None) => return Ok(Event::NeedMore),
            Err(_) if !strict && !begins_http(input.bytes()) => return Ok(Event::Final(http09())),
            Err(error) => return Err(error),
        };
        if length == 0 {
            return Err(peer::remote_disconnected());
        }
        let line = &input.bytes()[..length];
        if !strict && !begins_http(line) {
            return Ok(Event::Final(http09()));
        }
        let line = memory::copy(line)?;
        let status = StatusLine::parse(&line);
        if status != Err(Error::Memory) {
            input.consume(length);
        }
        let status = status?;
        self.bytes = length;
        self.count = 0;
        self.raw.clear();
        self.step = Step::Fields(status, FieldLines::default());
        Ok(Event::StatusLine(line))
    }

    fn parse_fields(&mut self, input: &mut Buffer, ended: bool, limits: &Limits) -> Result<Event> {
        let Step::Fields(status, fields) = &mut self.step else {
            return Ok(Event::NeedMore);
        };
        // As in the reference, only the final response's version matters.
        let interim = status.is_interim();
        if !interim || self.of_proxy {
            status.check_version()?;
        }
        let keeps_raw = interim || self.of_proxy;
        loop {
            let Some(length) = self.lines.next(input, ended, limits.line, "header line")? else {
                return Ok(Event::NeedMore);
            };
            let line = &input.bytes()[..length];
            if keeps_raw {
                memory::reserve(&mut self.raw, length)?;
            }
            if split_end(line).0.is_empty() {
                if keeps_raw {
                    self.raw.extend_from_slice(line);
                }
                input.consume(length);
                break;
            }
            if self.count >= limits.headers {
                return Err(peer::too_many(limits.headers as u64, "headers"));
            }
            if self.bytes + length > limits.head {
                return Err(peer::too_many(
                    limits.head as u64,
                    "bytes when reading the response head",
                ));
            }
            fields.push(line, Malformed::Skip)?;
            if keeps_raw {
                self.raw.extend_from_slice(line);
            }
            self.count += 1;
            self.bytes += length;
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
            return Ok(Event::Final(head));
        }
        if self.interim >= limits.interim {
            return Err(peer::too_many(limits.interim as u64, "interim responses"));
        }
        self.interim += 1;
        Ok(Event::Interim(head, self.take_raw()))
    }
}

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
    let start = line.iter().position(|&byte| !is_space(byte));
    start.is_some_and(|start| line[start..].starts_with(b"HTTP/"))
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
        if !version.starts_with(b"HTTP/") {
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
                literal::bytes(line)
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
