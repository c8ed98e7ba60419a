//! Bytes on their way: received and not consumed yet, decoded and not read yet,
//! encrypted and not sent yet.

use crate::memory::{self, OutOfMemory};
use alloc::vec::Vec;
use core::mem;

/// What an empty buffer may keep allocated, so that thousands of idle
/// connections stay small.
const KEPT: usize = 1024;

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

    /// The bytes, for what decrypts in place.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.data[self.start..]
    }

    /// How many bytes there are.
    pub fn len(&self) -> usize {
        self.data.len() - self.start
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Makes room for so many more bytes.
    ///
    /// # Errors
    /// Out of memory.
    pub fn reserve(&mut self, more: usize) -> Result<(), OutOfMemory> {
        if self.data.capacity() - self.data.len() < more && self.start > 0 {
            self.compact();
        }
        memory::reserve(&mut self.data, more)
    }

    /// As `reserve`, where `rest` more bytes are announced behind these: room for
    /// them is made at most as fast as bytes arrive, and none beyond them.
    ///
    /// # Errors
    /// Out of memory.
    pub fn reserve_towards(&mut self, more: usize, rest: u64) -> Result<(), OutOfMemory> {
        if self.data.capacity() - self.data.len() >= more || self.data.is_empty() {
            return self.reserve(more);
        }
        self.compact();
        let rest = usize::try_from(rest).unwrap_or(usize::MAX);
        let ahead = more.saturating_add(rest.min(self.data.len()));
        memory::reserve_exact(&mut self.data, ahead)
            .or_else(|_| memory::reserve_exact(&mut self.data, more))
    }

    fn compact(&mut self) {
        self.data.drain(..mem::take(&mut self.start));
    }

    /// The end of the queue: for appending, after room was made.
    pub fn tail(&mut self) -> &mut Vec<u8> {
        &mut self.data
    }

    /// Appends bytes; an empty buffer takes the vector as it is.
    ///
    /// # Errors
    /// Out of memory; not if room was made before.
    pub fn push(&mut self, bytes: Vec<u8>) -> Result<(), OutOfMemory> {
        if self.is_empty() {
            *self = Self {
                data: bytes,
                start: 0,
            };
            return Ok(());
        }
        self.reserve(bytes.len())?;
        self.data.extend_from_slice(&bytes);
        Ok(())
    }

    /// Puts bytes back in front.
    ///
    /// # Errors
    /// Out of memory.
    pub fn unread(&mut self, mut bytes: Vec<u8>) -> Result<(), OutOfMemory> {
        memory::append(&mut bytes, self.bytes())?;
        *self = Self {
            data: bytes,
            start: 0,
        };
        Ok(())
    }

    /// Moves the oldest `count` bytes, or all if there are fewer, to the end of
    /// another buffer; without a copy where the whole content goes into an empty
    /// one. `rest` more bytes are known to follow.
    ///
    /// # Errors
    /// Out of memory; then nothing was moved.
    pub fn move_to(
        &mut self,
        other: &mut Self,
        count: usize,
        rest: Option<u64>,
    ) -> Result<usize, OutOfMemory> {
        let count = count.min(self.len());
        if count == self.len() && other.is_empty() {
            mem::swap(self, other);
            self.release();
            return Ok(count);
        }
        match rest {
            Some(rest) => other.reserve_towards(count, rest)?,
            None => other.reserve(count)?,
        }
        other.data.extend_from_slice(&self.bytes()[..count]);
        self.consume(count);
        Ok(count)
    }

    /// Drops the oldest `count` bytes, or all if there are fewer.
    pub fn consume(&mut self, count: usize) {
        self.start += count.min(self.len());
        if self.is_empty() {
            self.release();
        }
    }

    fn release(&mut self) {
        self.start = 0;
        if self.data.capacity() > KEPT {
            self.data = Vec::new();
        } else {
            self.data.clear();
        }
    }

    /// Takes the oldest `count` bytes, or all if there are fewer. All of them are
    /// taken without a copy where nothing was consumed before.
    ///
    /// # Errors
    /// Out of memory; then nothing was taken.
    pub fn take(&mut self, count: usize) -> Result<Vec<u8>, OutOfMemory> {
        if count >= self.len() {
            self.compact();
            return Ok(mem::take(&mut self.data));
        }
        let taken = memory::copy(&self.bytes()[..count])?;
        self.consume(count);
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_pieces_pass_without_a_copy() {
        let piece = vec![1; 5000];
        let address = piece.as_ptr();
        let (mut buffer, mut other) = (Buffer::default(), Buffer::default());
        buffer.push(piece).unwrap();
        assert_eq!(buffer.move_to(&mut other, 9000, None), Ok(5000));
        let taken = other.take(9000).unwrap();
        assert_eq!(taken.as_ptr(), address);
        assert!(buffer.is_empty() && other.is_empty());
    }

    #[test]
    fn bytes_come_out_in_the_order_they_went_in() {
        let (mut buffer, mut other) = (Buffer::default(), Buffer::default());
        let mut out = Vec::new();
        for round in 0..50_u8 {
            buffer.push(vec![round; usize::from(round)]).unwrap();
            buffer.move_to(&mut other, 23, Some(7)).unwrap();
            out.extend(other.take(20).unwrap());
        }
        buffer.move_to(&mut other, usize::MAX, None).unwrap();
        out.extend(other.take(usize::MAX).unwrap());
        let expected: Vec<u8> = (0..50).flat_map(|n| vec![n; usize::from(n)]).collect();
        assert_eq!(out, expected);
    }

    #[test]
    fn what_is_put_back_comes_first() {
        let mut buffer = Buffer::default();
        buffer.push(b"abcdef".into()).unwrap();
        let first = buffer.take(2).unwrap();
        buffer.unread(first).unwrap();
        assert_eq!(buffer.bytes(), b"abcdef");
    }

    #[test]
    fn empty_buffer_keeps_no_large_allocation() {
        let mut buffer = Buffer::default();
        buffer.push(vec![0; 1 << 16]).unwrap();
        buffer.consume(1 << 16);
        assert!(buffer.tail().capacity() <= KEPT);
    }
}
