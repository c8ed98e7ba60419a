//! The body of a request on its way out: items that the caller gave, or a stream
//! that is taken block by block.

use crate::error::{Result, value};
use crate::network::{ByteStream, Taken};
use alloc::collections::VecDeque;
use alloc::format;
use alloc::vec::Vec;

/// A body that is being sent.
pub struct Outgoing<S> {
    from: From<S>,
    /// The next piece, until there was room for it.
    pub piece: Vec<u8>,
    /// The coded trailers that follow the last chunk.
    pub trailers: Vec<u8>,
    /// Whether each piece is shown in the debug output.
    pub shown: bool,
}

enum From<S> {
    Items(VecDeque<Vec<u8>>),
    Stream {
        stream: S,
        /// How many bytes are still to come, if that was said.
        left: Option<u64>,
        /// The most bytes of a block.
        block: usize,
    },
}

/// What a body gave next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// `piece` is there.
    Piece,
    /// An item without bytes, which is not sent.
    Empty,
    /// Nothing yet.
    Blocked,
    /// The body is over.
    End,
}

impl<S: ByteStream> Outgoing<S> {
    /// A body that the caller has.
    pub fn items(items: Vec<Vec<u8>>, shown: bool) -> Self {
        Self::from(From::Items(items.into()), shown)
    }

    /// A stream of `left` bytes, or of as many as it has.
    pub fn stream(stream: S, left: Option<u64>, block: usize, shown: bool) -> Self {
        let from = From::Stream {
            stream,
            left,
            block,
        };
        Self::from(from, shown)
    }

    fn from(from: From<S>, shown: bool) -> Self {
        Self {
            from,
            piece: Vec::new(),
            trailers: Vec::new(),
            shown,
        }
    }

    /// Whether all of it is here, so that it can be queued at once.
    pub fn is_here(&self) -> bool {
        matches!(self.from, From::Items(_))
    }

    /// What tells that `next` may have something to say.
    pub fn event(&self) -> Option<S::Event> {
        match &self.from {
            From::Items(_) => None,
            From::Stream { stream, .. } => Some(stream.event()),
        }
    }

    /// Makes sure of the next piece. Not more than the stream's length is taken from
    /// it.
    ///
    /// # Errors
    /// The stream's; `value-error` if it is shorter than was said: the server waits
    /// for more, and nothing else would be true. Out of memory.
    pub fn next(&mut self) -> Result<Next> {
        if !self.piece.is_empty() {
            return Ok(Next::Piece);
        }
        match &mut self.from {
            From::Items(items) => Ok(match items.pop_front() {
                None => Next::End,
                Some(item) if item.is_empty() => Next::Empty,
                Some(item) => {
                    self.piece = item;
                    Next::Piece
                }
            }),
            From::Stream {
                stream,
                left,
                block,
            } => {
                let wanted = match *left {
                    Some(left) => usize::try_from(left).map_or(*block, |left| left.min(*block)),
                    None => *block,
                };
                if wanted == 0 {
                    return Ok(Next::End);
                }
                match (stream.take(wanted)?, left) {
                    (Taken::Blocked, _) => Ok(Next::Blocked),
                    (Taken::Data(bytes), left) => {
                        if let Some(left) = left {
                            *left = left.saturating_sub(bytes.len() as u64);
                        }
                        self.piece = bytes;
                        Ok(Next::Piece)
                    }
                    (Taken::End, Some(missing)) => Err(value(format!(
                        "the stream ended {missing} bytes before the length that was given"
                    ))),
                    (Taken::End, None) => Ok(Next::End),
                }
            }
        }
    }
}
