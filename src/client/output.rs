//! Bytes that are still to be sent.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

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
    /// Appends bytes.
    pub fn push(&mut self, bytes: Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        if let Some(last) = self.pieces.back_mut()
            && last.len().saturating_add(bytes.len()) <= SMALL
        {
            last.extend_from_slice(&bytes);
        } else {
            self.pieces.push_back(bytes);
        }
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
        output.push(b"head".into());
        output.push(b"body".into());
        assert_eq!(output.front(), b"headbody");
        output.sent(6);
        assert_eq!(output.front(), b"dy");
        output.sent(2);
        assert!(output.is_empty());
        assert_eq!(output.front(), b"");
    }

    #[test]
    fn large_body_is_not_copied() {
        let body = vec![0; SMALL];
        let address = body.as_ptr();
        let mut output = Output::default();
        output.push(b"head".into());
        output.push(body);
        output.sent(4);
        assert_eq!(output.front().as_ptr(), address);
    }
}
