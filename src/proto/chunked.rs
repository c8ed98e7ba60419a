//! The chunked transfer coding (RFC 9112, section 7.1).

use super::buffer::Buffer;
use super::decoded::Event;
use super::fields::{FieldLines, Malformed};
use super::headers::Headers;
use super::limits::Limits;
use super::line::{LineScanner, split_end, trim};
use crate::error::{Result, peer};

/// A decoder that keeps its place between calls.
#[derive(Debug, Default)]
pub struct Chunked {
    lines: LineScanner,
    step: Step,
    extensions: usize,
}

#[derive(Debug, Default)]
enum Step {
    #[default]
    Size,
    /// This many bytes of the chunk are left.
    Data(u64),
    /// The CRLF after the chunk's data.
    DataEnd,
    Trailers(FieldLines, usize),
    End(Headers),
}

impl Chunked {
    /// The trailer fields; empty before the end.
    pub fn trailers(&self) -> Option<&Headers> {
        match &self.step {
            Step::End(trailers) => Some(trailers),
            _ => None,
        }
    }

    /// Whether a chunk has begun and its end was not seen.
    pub fn is_inside_chunk(&self) -> bool {
        matches!(self.step, Step::Data(_) | Step::DataEnd)
    }

    /// Moves at most `max` bytes of data from `input` to the end of `out`. With
    /// `max` 0 it goes on to the next chunk's first byte, or the end. `ended` tells
    /// that no more bytes will come.
    ///
    /// # Errors
    /// A line that is too long, too many trailers or extensions; out of memory,
    /// after which the same call goes on.
    pub fn decode(
        &mut self,
        input: &mut Buffer,
        ended: bool,
        max: usize,
        limits: &Limits,
        out: &mut Buffer,
    ) -> Result<Event> {
        loop {
            match &mut self.step {
                Step::Size => {
                    let what = "chunk size";
                    let Some(length) = self.lines.next(input, limits.line, what)? else {
                        return Ok(more(ended));
                    };
                    let line = split_end(&input.bytes()[..length]).0;
                    let (size, extension) = split_extension(line);
                    let extensions = self.extensions.saturating_add(extension);
                    if extensions > limits.chunk_extensions {
                        return Err(peer::too_many(
                            limits.chunk_extensions as u64,
                            "bytes of chunk extensions",
                        ));
                    }
                    let Some(size) = parse_size(size) else {
                        return Ok(Event::Broken);
                    };
                    self.extensions = extensions;
                    input.consume(length);
                    self.step = match size {
                        0 => Step::Trailers(FieldLines::default(), 0),
                        size => Step::Data(size),
                    };
                }
                Step::Data(_) if max == 0 => return Ok(Event::Inside),
                Step::Data(left) => {
                    if input.is_empty() {
                        return Ok(more(ended));
                    }
                    let count = usize::try_from(*left).unwrap_or(usize::MAX).min(max);
                    *left -= input.move_to(out, count, None)? as u64;
                    if *left == 0 {
                        self.step = Step::DataEnd;
                    }
                    return Ok(Event::Data);
                }
                Step::DataEnd => {
                    match input.bytes() {
                        [b'\r', b'\n', ..] => input.consume(2),
                        [] | [b'\r'] => return Ok(more(ended)),
                        _ => return Ok(Event::Broken),
                    }
                    self.step = Step::Size;
                }
                Step::Trailers(fields, count) => {
                    let what = "trailer line";
                    let Some(length) = self.lines.next(input, limits.line, what)? else {
                        return Ok(more(ended));
                    };
                    let line = &input.bytes()[..length];
                    if split_end(line).0.is_empty() {
                        input.consume(length);
                        self.step = Step::End(core::mem::take(fields).finish());
                        continue;
                    }
                    if *count >= limits.trailers {
                        return Err(peer::too_many(limits.trailers as u64, "trailers"));
                    }
                    // Trailers frame nothing, so none of them is dangerous.
                    fields.push(line, Malformed::Ignore)?;
                    *count += 1;
                    input.consume(length);
                }
                Step::End(_) => return Ok(Event::End),
            }
        }
    }
}

/// What is not there yet will come, unless the connection has ended.
fn more(ended: bool) -> Event {
    if ended {
        Event::Truncated(None)
    } else {
        Event::NeedMore
    }
}

/// The size and how many bytes of extensions follow it.
fn split_extension(line: &[u8]) -> (&[u8], usize) {
    match line.iter().position(|&byte| byte == b';') {
        Some(position) => (trim(&line[..position]), line.len() - position),
        None => (trim(line), 0),
    }
}

/// 1*HEXDIG within 64 bits.
fn parse_size(text: &[u8]) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    text.iter().try_fold(0_u64, |size, &digit| {
        let digit = char::from(digit).to_digit(16)?;
        Some(size.checked_mul(16)? + u64::from(digit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    /// What the decoder gives in the end, and what it gave of the body before.
    fn decode(bytes: &[u8], ended: bool) -> (Event, Vec<u8>) {
        let mut input = Buffer::default();
        input.push(bytes.into()).unwrap();
        let (mut chunked, mut body) = (Chunked::default(), Buffer::default());
        loop {
            match chunked.decode(&mut input, ended, usize::MAX, &Limits::default(), &mut body) {
                Ok(Event::Data) => {}
                Ok(event) => return (event, body.bytes().into()),
                Err(error) => panic!("{error}"),
            }
        }
    }

    #[test]
    fn body_that_is_cut_anywhere_is_not_complete() {
        for whole in ["3\r\nabc\r\n00;x\r\nA: 1\r\n\r\n", "3\nabc\r\n0\n\n"] {
            let whole = whole.as_bytes();
            assert_eq!(decode(whole, true), (Event::End, b"abc".into()));
            for length in 0..whole.len() {
                let (event, body) = decode(&whole[..length], true);
                assert_eq!(event, Event::Truncated(None), "{length}");
                assert!(b"abc".starts_with(&body));
                assert_eq!(decode(&whole[..length], false), (Event::NeedMore, body));
            }
        }
    }
}
