//! Bytes on their way in or out.

use alloc::vec::Vec;

/// Bytes that are appended at the end and consumed from the front, without moving the rest each time.
#[derive(Default)]
pub(super) struct Queue {
    buffer: Vec<u8>,
    start: usize,
}

impl Queue {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.buffer[self.start..]
    }

    pub(super) fn push(&mut self, bytes: Vec<u8>) {
        if self.bytes().is_empty() {
            *self = Self {
                buffer: bytes,
                start: 0,
            };
        } else {
            self.compact();
            self.buffer.extend_from_slice(&bytes);
        }
    }

    /// Gives `fill` a buffer of `size` bytes at the end; it says how many of them it filled.
    pub(super) fn append(&mut self, size: usize, fill: impl FnOnce(&mut [u8]) -> usize) {
        self.compact();
        let end = self.buffer.len();
        self.buffer.resize(end + size, 0);
        let filled = fill(&mut self.buffer[end..]);
        self.buffer.truncate(end + filled);
    }

    pub(super) fn consume(&mut self, count: usize) {
        self.start = (self.start + count).min(self.buffer.len());
        if self.start == self.buffer.len() {
            // An idle connection keeps no buffer.
            *self = Self::default();
        }
    }

    fn compact(&mut self) {
        self.buffer.drain(..core::mem::take(&mut self.start));
    }
}
