//! Reading a body line by line, and looking ahead (`readline`, `readlines`,
//! `peek` of the reference's response, which is a buffered reader).

use super::response::{Gathered, Response};
use crate::transport::Network;
use alloc::vec::Vec;
use httplib_proto::error::{Error, Result};

impl<N: Network> Response<N> {
    /// `readline`: up to the next LF, which is included, or `limit` bytes.
    ///
    /// # Errors
    /// See the WIT.
    pub fn read_line(&mut self, limit: Option<u64>) -> Result<Vec<u8>> {
        let limit = limit.map_or(usize::MAX, |n| usize::try_from(n).unwrap_or(usize::MAX));
        if self.link.is_none() || self.answers_head || limit == 0 {
            return Ok(Vec::new());
        }
        let (mut over, mut seen) = (false, 0);
        let length = loop {
            let bytes = self.gathered.bytes();
            let fresh = &bytes[seen..];
            if let Some(position) = fresh.iter().position(|&byte| byte == b'\n') {
                break seen + position + 1;
            }
            seen = bytes.len();
            if over || seen >= limit {
                break seen;
            }
            match self.gather(usize::MAX) {
                Ok(Gathered::More | Gathered::Enough) => {}
                Ok(Gathered::End | Gathered::Truncated(_)) => over = true,
                Ok(Gathered::Incomplete(after)) => return Err(self.incomplete(after)),
                Err(error) if error.is_resumable() => return Err(error),
                Err(error) => return Err(self.with_partial(error)),
            }
        };
        let line = self.take_gathered(length.min(limit), over)?;
        self.note_readable();
        Ok(line)
    }

    /// `readlines`: lines until they have at least `hint` bytes together, or all
    /// that are left.
    ///
    /// # Errors
    /// See the WIT.
    pub fn read_lines(&mut self, hint: Option<u64>) -> Result<Vec<Vec<u8>>> {
        let mut lines = Vec::new();
        let mut total = 0;
        loop {
            match self.read_line(None) {
                Ok(line) if line.is_empty() => return Ok(lines),
                Ok(line) => {
                    total += line.len() as u64;
                    lines.push(line);
                }
                Err(error) => return Err(self.with_lines(error, &lines)),
            }
            // As in the reference, a hint of 0 is none.
            if hint.is_some_and(|hint| hint > 0 && total >= hint) {
                return Ok(lines);
            }
        }
    }

    /// Nothing that had arrived is lost: it is put back, or is in the error.
    fn with_lines(&mut self, error: Error, lines: &[Vec<u8>]) -> Error {
        let mut bytes = lines.concat();
        if error.is_resumable() {
            return match self.gathered.unread(bytes) {
                Ok(()) => error,
                Err(error) => error,
            };
        }
        bytes.extend(error.details().partial.iter().flatten());
        if bytes.is_empty() {
            return error;
        }
        error.with_partial(bytes)
    }

    /// `peek`: bytes of the body that are there, at least one unless it is over,
    /// without taking them.
    ///
    /// # Errors
    /// See the WIT.
    pub fn peek(&mut self, amount: Option<u64>) -> Result<Vec<u8>> {
        if self.link.is_none() || self.answers_head {
            return Ok(Vec::new());
        }
        if self.gathered.is_empty() {
            match self.gather(usize::MAX) {
                Err(error) if error.is_resumable() => return Err(error),
                // A read reports what is wrong.
                Ok(_) | Err(_) => {}
            }
        }
        self.note_readable();
        let bytes = self.gathered.bytes();
        let count = amount.map_or(bytes.len(), |n| {
            usize::try_from(n).unwrap_or(usize::MAX).min(bytes.len())
        });
        Ok(Vec::from(&bytes[..count]))
    }
}
