//! The body of a response: takes the framing away.

use super::buffer::Buffer;
use super::chunked::Chunked;
pub use super::decoded::{End, Event};
use super::framing::Framing;
use super::headers::Headers;
use super::limits::Limits;
use crate::error::Result;

/// A body that is being received.
#[derive(Debug)]
pub enum Body {
    /// This many bytes are left.
    Length(u64),
    /// In the chunked coding.
    Chunked(Chunked),
    /// Up to the end of the connection.
    UntilClose,
}

impl Body {
    /// A body at its beginning.
    pub fn new(framing: Framing) -> Self {
        match framing {
            Framing::Length(length) => Self::Length(length),
            Framing::Chunked => Self::Chunked(Chunked::default()),
            Framing::UntilClose => Self::UntilClose,
        }
    }

    /// Whether nothing of the body can follow, without a look at the input.
    pub fn is_complete(&self) -> bool {
        match self {
            Self::Length(left) => *left == 0,
            Self::Chunked(chunked) => chunked.trailers().is_some(),
            Self::UntilClose => false,
        }
    }

    /// How many bytes are left, where the framing tells.
    pub fn left(&self) -> Option<u64> {
        match self {
            Self::Length(left) => Some(*left),
            _ => None,
        }
    }

    /// Whether a chunk has begun and its end was not seen.
    pub fn is_inside_chunk(&self) -> bool {
        matches!(self, Self::Chunked(chunked) if chunked.is_inside_chunk())
    }

    /// The trailers of a chunked body that is complete.
    pub fn trailers(&self) -> Option<&Headers> {
        match self {
            Self::Chunked(chunked) => chunked.trailers(),
            _ => None,
        }
    }

    /// Moves at most `max` bytes of the body from `input` to the end of `out`.
    /// With `max` 0 only framing is consumed.
    ///
    /// # Errors
    /// Those of [`Chunked::decode`]; out of memory, after which the same call goes
    /// on.
    pub fn decode(
        &mut self,
        input: &mut Buffer,
        end: Option<End>,
        max: usize,
        limits: &Limits,
        out: &mut Buffer,
    ) -> Result<Event> {
        match self {
            Self::Length(0) => Ok(Event::End),
            Self::Length(_) | Self::UntilClose if max == 0 => Ok(Event::Inside),
            Self::Length(left) if input.is_empty() => Ok(match end {
                Some(_) => Event::Truncated(Some(*left)),
                None => Event::NeedMore,
            }),
            Self::Length(left) => {
                let count = usize::try_from(*left).unwrap_or(usize::MAX).min(max);
                *left -= input.move_to(out, count, Some(*left))? as u64;
                Ok(Event::Data)
            }
            Self::UntilClose if input.is_empty() => Ok(match end {
                Some(End::Clean) => Event::End,
                Some(End::Ragged) => Event::Truncated(None),
                None => Event::NeedMore,
            }),
            Self::UntilClose => {
                input.move_to(out, max, None)?;
                Ok(Event::Data)
            }
            Self::Chunked(chunked) => chunked.decode(input, end.is_some(), max, limits, out),
        }
    }
}
