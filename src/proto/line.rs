//! Lines of a head, a chunk size or a trailer, each looked at once however
//! slowly it trickles in.

use super::buffer::Buffer;
use crate::error::{Result, peer};

/// Finds the next line in a buffer that grows between calls.
#[derive(Debug, Default)]
pub struct LineScanner {
    /// How many bytes are known to hold no LF.
    scanned: usize,
}

impl LineScanner {
    /// The length of the next line, LF included, or `None` if more bytes are
    /// needed: a line without LF is none, whatever ended it. The caller consumes
    /// the line before it asks again.
    ///
    /// # Errors
    /// `line-too-long`, naming `what`, as soon as more than `limit` bytes are
    /// there without a line end among the first `limit`.
    pub fn next(
        &mut self,
        input: &Buffer,
        limit: usize,
        what: &'static str,
    ) -> Result<Option<usize>> {
        let bytes = input.bytes();
        let unseen = &bytes[self.scanned.min(bytes.len())..];
        let length = match unseen.iter().position(|&byte| byte == b'\n') {
            Some(position) => self.scanned + position + 1,
            None if bytes.len() > limit => bytes.len(),
            None => {
                self.scanned = bytes.len();
                return Ok(None);
            }
        };
        if length > limit {
            return Err(peer::line_too_long(limit, what));
        }
        self.scanned = 0;
        Ok(Some(length))
    }
}

/// A line and its line end: CRLF, or LF alone (RFC 9112, section 2.2). What the
/// end of a block cut off after CR counts as well.
pub fn split_end(line: &[u8]) -> (&[u8], &'static [u8]) {
    if let Some(content) = line.strip_suffix(b"\r\n") {
        (content, b"\r\n")
    } else if let Some(content) = line.strip_suffix(b"\n") {
        (content, b"\n")
    } else if let Some(content) = line.strip_suffix(b"\r") {
        (content, b"\r")
    } else {
        (line, b"")
    }
}

/// Without spaces and tabs in front.
pub fn trim_start(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] = text {
        text = rest;
    }
    text
}

/// Without spaces and tabs at both ends (OWS, RFC 9110, section 5.6.3).
pub fn trim(text: &[u8]) -> &[u8] {
    let mut text = trim_start(text);
    while let [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

/// Without white space at both ends of a value or a part of one. The line breaks
/// of folds count as spaces (RFC 9112, section 5.2).
pub fn trim_folds(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t' | b'\r' | b'\n', rest @ ..]
    | [rest @ .., b' ' | b'\t' | b'\r' | b'\n'] = text
    {
        text = rest;
    }
    text
}
