//! A request body that comes from a stream, block by block.

use crate::transport::{ByteStream, Read};
use alloc::format;
use alloc::vec::Vec;
use httplib_proto::error::{Result, caller};

/// How a body's bytes are put on the wire.
#[derive(Clone, Debug, Default)]
pub struct Coding {
    /// In chunks, of which each block is one.
    pub chunked: bool,
    /// The coded trailers that follow the last chunk.
    pub trailers: Vec<u8>,
}

/// A stream that is being sent.
pub struct Feed<S> {
    stream: S,
    /// How many bytes are still to come, if that was said.
    left: Option<u64>,
    /// How they are put on the wire.
    pub coding: Coding,
    /// Whether each block is shown in the debug output.
    pub shown: bool,
    /// The most bytes of a block.
    block: usize,
    /// How many bytes came.
    pub sent: u64,
}

/// What a stream gave next.
#[derive(Debug, PartialEq, Eq)]
pub enum Fed {
    /// Bytes to send.
    Block(Vec<u8>),
    /// Nothing yet.
    Blocked,
    /// The stream is over.
    End,
}

impl<S: ByteStream> Feed<S> {
    /// A stream of `length` bytes, or of as many as it has.
    pub fn new(stream: S, length: Option<u64>, coding: Coding, block: usize, shown: bool) -> Self {
        Self {
            stream,
            left: length,
            coding,
            shown,
            block,
            sent: 0,
        }
    }

    /// What tells that `next` may have something to say.
    pub fn event(&self) -> S::Event {
        self.stream.event()
    }

    /// The next block. Not more than the stream's length is taken from it.
    ///
    /// # Errors
    /// `os-error` if the stream fails; `value-error` if it is shorter than was
    /// said: the server waits for more, and nothing else would be true.
    pub fn next(&mut self) -> Result<Fed> {
        let wanted = match self.left {
            Some(left) => usize::try_from(left).map_or(self.block, |left| left.min(self.block)),
            None => self.block,
        };
        if wanted == 0 {
            return Ok(Fed::End);
        }
        match self.stream.read(wanted)? {
            Read::Blocked => Ok(Fed::Blocked),
            Read::Data(bytes) => {
                self.sent += bytes.len() as u64;
                if let Some(left) = &mut self.left {
                    *left = left.saturating_sub(bytes.len() as u64);
                }
                Ok(Fed::Block(bytes))
            }
            Read::End { .. } => match self.left {
                Some(missing) => Err(caller::value(format!(
                    "the stream ended {missing} bytes before the length that was given"
                ))),
                None => Ok(Fed::End),
            },
        }
    }
}
