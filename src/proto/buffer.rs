//! Received bytes that were not consumed yet.

use crate::error::{Result, transport};
use alloc::vec::Vec;
use core::mem;

/// A queue of bytes that hands whole pieces through without copying them.
#[derive(Debug, Default)]
pub struct Buffer {
    data: Vec<u8>,
    start: usize,
}

impl Buffer {
    /// The bytes, oldest first.
    pub fn bytes(&self) -> &[u8] {
        &self.data[self.start..]
    }

    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.data.len() - self.start
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends bytes; an empty buffer takes the vector as it is.
    ///
    /// # Errors
    /// `memory-error`.
    pub fn push(&mut self, bytes: Vec<u8>) -> Result<()> {
        if self.is_empty() {
            self.data = bytes;
            self.start = 0;
            return Ok(());
        }
        if self.start > self.data.len() / 2 {
            self.data.drain(..self.start);
            self.start = 0;
        }
        self.data
            .try_reserve(bytes.len())
            .map_err(|_| transport::out_of_memory())?;
        self.data.extend_from_slice(&bytes);
        Ok(())
    }

    /// As `push`, where `rest` more bytes are announced: room for them is made
    /// at most as fast as bytes arrive, and none beyond them.
    ///
    /// # Errors
    /// `memory-error`.
    pub fn push_towards(&mut self, bytes: Vec<u8>, rest: Option<u64>) -> Result<()> {
        let room = self.data.capacity() - self.data.len();
        if let Some(rest) = rest
            && !self.is_empty()
            && room < bytes.len()
        {
            let rest = usize::try_from(rest).unwrap_or(usize::MAX);
            let more = bytes.len().saturating_add(rest.min(self.data.len()));
            self.data
                .try_reserve_exact(more)
                .map_err(|_| transport::out_of_memory())?;
        }
        self.push(bytes)
    }

    /// Puts bytes back in front.
    ///
    /// # Errors
    /// `memory-error`.
    pub fn unread(&mut self, mut bytes: Vec<u8>) -> Result<()> {
        if self.is_empty() {
            return self.push(bytes);
        }
        bytes
            .try_reserve(self.len())
            .map_err(|_| transport::out_of_memory())?;
        bytes.extend_from_slice(self.bytes());
        self.data = bytes;
        self.start = 0;
        Ok(())
    }

    /// Drops the oldest `count` bytes, or all if there are fewer.
    pub fn consume(&mut self, count: usize) {
        self.start += count.min(self.len());
        if self.is_empty() {
            self.data.clear();
            self.start = 0;
        }
    }

    /// Takes the oldest `count` bytes, or all if there are fewer. All of them
    /// are taken without a copy where nothing was consumed before.
    ///
    /// # Errors
    /// `memory-error`; then nothing was taken.
    pub fn take(&mut self, count: usize) -> Result<Vec<u8>> {
        if count >= self.len() && self.start == 0 {
            return Ok(mem::take(&mut self.data));
        }
        let count = count.min(self.len());
        let mut taken = Vec::new();
        taken
            .try_reserve_exact(count)
            .map_err(|_| transport::out_of_memory())?;
        taken.extend_from_slice(&self.bytes()[..count]);
        self.consume(count);
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_pieces_pass_without_a_copy() {
        let piece = vec![1; 1000];
        let address = piece.as_ptr();
        let mut buffer = Buffer::default();
        buffer.push(piece).unwrap();
        let taken = buffer.take(5000).unwrap();
        assert_eq!(taken.as_ptr(), address);
        assert!(buffer.is_empty());
    }

    #[test]
    fn bytes_come_out_in_the_order_they_went_in() {
        let mut buffer = Buffer::default();
        let mut out = Vec::new();
        for round in 0..50_u8 {
            buffer.push(vec![round; usize::from(round)]).unwrap();
            out.extend(buffer.take(20).unwrap());
        }
        out.extend(buffer.take(usize::MAX).unwrap());
        let expected: Vec<u8> = (0..50).flat_map(|n| vec![n; usize::from(n)]).collect();
        assert_eq!(out, expected);
    }
}
