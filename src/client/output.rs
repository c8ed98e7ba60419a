//! Bytes that are still to be sent.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::mem;
use httplib_proto::memory::{self, OutOfMemory};
use httplib_proto::request::chunk_start;

/// Up to this size, pieces are put together, so that a head and a small body
/// leave in one write: the size of a TLS record's content.
const SMALL: usize = 16 * 1024;

/// A queue of pieces. Large ones are kept as they came.
#[derive(Debug, Default)]
pub struct Output {
    pieces: VecDeque<Vec<u8>>,
    /// How much of the first piece was sent.
    sent: usize,
}

impl Output {
    /// Makes room for a push of so many bytes, which then cannot fail.
    ///
    /// # Errors
    /// Out of memory.
    pub fn reserve(&mut self, length: usize) -> Result<(), OutOfMemory> {
        match self.last_for(length) {
            Some(last) => memory::reserve(last, length),
            None => memory::reserve_queue(&mut self.pieces, 1),
        }
    }

    /// The last piece, if so many bytes are to be put together with it.
    fn last_for(&mut self, length: usize) -> Option<&mut Vec<u8>> {
        let last = self.pieces.back_mut()?;
        (last.len().saturating_add(length) <= SMALL).then_some(last)
    }

    /// Moves these bytes to the end of the queue.
    ///
    /// # Errors
    /// Out of memory; then nothing was moved.
    pub fn push(&mut self, bytes: &mut Vec<u8>) -> Result<(), OutOfMemory> {
        if bytes.is_empty() {
            return Ok(());
        }
        if let Some(last) = self.last_for(bytes.len()) {
            memory::append(last, bytes)?;
            bytes.clear();
            return Ok(());
        }
        memory::reserve_queue(&mut self.pieces, 1)?;
        self.pieces.push_back(mem::take(bytes));
        Ok(())
    }

    /// Moves these bytes to the end of the queue as a chunk: its size, its data, and
    /// a line end (RFC 9112, section 7.1).
    ///
    /// # Errors
    /// Out of memory; then nothing was moved.
    pub fn push_chunk(&mut self, data: &mut Vec<u8>) -> Result<(), OutOfMemory> {
        let start = chunk_start(data.len());
        let framed = start.len() + data.len() + 2;
        if framed <= SMALL {
            let mut chunk = Vec::new();
            memory::reserve_exact(&mut chunk, framed)?;
            for part in [start.as_bytes(), data, b"\r\n"] {
                chunk.extend_from_slice(part);
            }
            self.push(&mut chunk)?;
            data.clear();
            return Ok(());
        }
        memory::reserve_queue(&mut self.pieces, 3)?;
        for piece in [start.into_bytes(), mem::take(data), b"\r\n".into()] {
            self.pieces.push_back(piece);
        }
        Ok(())
    }

    /// The next bytes to send.
    pub fn front(&self) -> &[u8] {
        match self.pieces.front() {
            Some(piece) => &piece[self.sent..],
            None => &[],
        }
    }

    /// Drops bytes that were sent from the front piece.
    pub fn sent(&mut self, count: usize) {
        self.sent += count;
        if self
            .pieces
            .front()
            .is_some_and(|piece| self.sent >= piece.len())
        {
            self.pieces.pop_front();
            self.sent = 0;
        }
    }

    /// Whether everything was sent.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Gives up what was not sent.
    pub fn clear(&mut self) {
        self.pieces.clear();
        self.sent = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn head_and_small_body_are_one_piece() {
        let mut output = Output::default();
        output.push(&mut b"head".into()).unwrap();
        output.push_chunk(&mut b"body".into()).unwrap();
        assert_eq!(output.front(), b"head4\r\nbody\r\n");
        output.sent(6);
        assert_eq!(output.front(), b"\nbody\r\n");
        output.sent(7);
        assert!(output.is_empty());
        assert_eq!(output.front(), b"");
    }

    #[test]
    fn large_body_is_not_copied() {
        let mut body = vec![0; SMALL];
        let address = body.as_ptr();
        let mut output = Output::default();
        output.push(&mut b"head".into()).unwrap();
        output.push(&mut body).unwrap();
        output.sent(4);
        assert_eq!(output.front().as_ptr(), address);
    }
}
