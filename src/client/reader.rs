//! Reading a body (`read`, `read1`, `readline`, `readlines`, `peek` of the
//! reference's response, which is a buffered reader).

use crate::error::{Cause, Error, Phase, Result};
use crate::network::Block;
use crate::response::{Calling, Response};
use crate::step::{self, Want};
use alloc::vec::Vec;
use httplib_proto::error::{Peer, peer};
use httplib_proto::exchange::{Break, Decoded, Receiving};
use httplib_proto::memory;

/// What a line costs beside its bytes where lines are returned as a list, on both
/// sides of the contract.
const LINE_COST: u64 = 32;

/// What gathering came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gathered {
    /// What was wanted is there.
    Enough,
    /// The body is over.
    End,
    /// The connection is over, and so many bytes are missing.
    Truncated(u64),
    /// The connection is over or the coding broken; nobody knows what is missing.
    Incomplete,
}

impl<N: Block> Response<N> {
    /// `read`: the whole rest without `amount`, else so many bytes.
    ///
    /// # Errors
    /// See the WIT.
    pub fn read(&mut self, amount: Option<u64>) -> Result<Vec<u8>> {
        if self.is_closed() {
            return Ok(Vec::new());
        }
        if self.answers_head {
            self.end();
            return Ok(Vec::new());
        }
        self.call(|response, call| match amount {
            None => response.read_all(call),
            Some(amount) => response.read_amount(size(Some(amount)), call),
        })
    }

    fn read_all(&mut self, call: &mut Calling<'_, N>) -> Result<Vec<u8>> {
        // One byte more than may be returned tells that there is too much.
        let most = size(Some(call.settings.limits.body)).saturating_add(1);
        match self.gather(Want::Length(most), call) {
            Ok(Gathered::Enough | Gathered::End) if self.decoded() >= most => {
                return Err(too_much(call.settings.limits.body));
            }
            Ok(Gathered::Enough | Gathered::End) => {}
            Ok(Gathered::Truncated(missing)) => {
                let partial = self.partial()?;
                self.end();
                return Err(peer::incomplete_read(partial, Some(missing)).into());
            }
            Ok(Gathered::Incomplete) => return Err(self.incomplete()?),
            Err(error) => return Err(self.with_partial(error)),
        }
        let bytes = self.take(usize::MAX)?;
        self.end();
        Ok(bytes)
    }

    fn read_amount(&mut self, amount: usize, call: &mut Calling<'_, N>) -> Result<Vec<u8>> {
        let mut over = false;
        if self.decoded() < amount || amount == 0 {
            match self.gather(Want::Length(amount), call) {
                Ok(Gathered::Enough) => {}
                Ok(Gathered::End | Gathered::Truncated(_)) => over = true,
                Ok(Gathered::Incomplete) => return Err(self.incomplete()?),
                Err(error) if error.is_resumable() || is_cap(&error) => return Err(error),
                // The next call reports it.
                Err(_) if self.decoded() > 0 => {}
                Err(error) => return Err(error),
            }
        }
        self.take_over(amount, over)
    }

    /// What was decoded, up to `amount` bytes; `over` tells that no more comes.
    fn take_over(&mut self, amount: usize, over: bool) -> Result<Vec<u8>> {
        let bytes = self.take(amount)?;
        // The end of a connection that is also the end of the body, or comes too
        // early, is only seen by a read that returns nothing.
        let complete = self
            .change(|turn| turn.exchange.receiving() == Receiving::Done)
            .unwrap_or(true);
        let until_close = self.length().is_none() && !self.is_chunked();
        if self.is_read_out() && ((over && bytes.is_empty()) || (complete && !until_close)) {
            self.end();
        }
        Ok(bytes)
    }

    /// `read1`: what one receive brings, at most `amount` bytes.
    ///
    /// # Errors
    /// See the WIT.
    pub fn read1(&mut self, amount: Option<u64>) -> Result<Vec<u8>> {
        if self.is_closed() || self.answers_head {
            return Ok(Vec::new());
        }
        let amount = size(amount);
        if self.decoded() == 0 {
            let gathered = self.call(|response, call| response.gather(Want::Piece(amount), call));
            match gathered {
                Ok(Gathered::Enough) => {}
                Ok(Gathered::End | Gathered::Truncated(_)) => self.end(),
                Ok(Gathered::Incomplete) => return Err(self.incomplete()?),
                Err(error) => return Err(self.with_partial(error)),
            }
        }
        let bytes = self.take(amount)?;
        self.end_if_complete();
        Ok(bytes)
    }

    /// `readline`: up to the next LF, which is included, or `limit` bytes.
    ///
    /// # Errors
    /// See the WIT.
    pub fn read_line(&mut self, limit: Option<u64>) -> Result<Vec<u8>> {
        if self.is_closed() || self.answers_head {
            return Ok(Vec::new());
        }
        self.call(|response, call| response.line(size(limit), call))
    }

    fn line(&mut self, limit: usize, call: &mut Calling<'_, N>) -> Result<Vec<u8>> {
        if limit == 0 {
            return Ok(Vec::new());
        }
        let (end, over) = self.line_end(0, limit, call)?;
        self.take_over(end.min(limit), over)
    }

    /// Where the line ends that begins at `start` of what is decoded, its LF included:
    /// at most `limit` bytes are looked at. Whether no more comes.
    fn line_end(
        &mut self,
        start: usize,
        limit: usize,
        call: &mut Calling<'_, N>,
    ) -> Result<(usize, bool)> {
        let (mut over, mut seen) = (false, start);
        loop {
            let found = self.change(|turn| {
                let bytes = turn.decoded.bytes();
                let end = bytes[seen..].iter().position(|&byte| byte == b'\n');
                let found = end.map(|end| seen + end + 1);
                seen = bytes.len();
                found
            });
            if let Some(end) = found.flatten() {
                return Ok((end, over));
            }
            if over || seen - start >= limit {
                return Ok((seen, over));
            }
            match self.gather(Want::Piece(usize::MAX), call) {
                Ok(Gathered::Enough) => {}
                Ok(Gathered::End | Gathered::Truncated(_)) => over = true,
                Ok(Gathered::Incomplete) => return Err(self.incomplete()?),
                Err(error) => return Err(self.with_partial(error)),
            }
        }
    }

    /// `readlines`: lines until they have at least `hint` bytes together, or all
    /// that are left. None is taken before all are there, so that after an error they
    /// are read again, or are in it.
    ///
    /// # Errors
    /// See the WIT.
    pub fn read_lines(&mut self, hint: Option<u64>) -> Result<Vec<Vec<u8>>> {
        if self.is_closed() || self.answers_head {
            return Ok(Vec::new());
        }
        // As in the reference, a hint of 0 is none.
        let enough = size(hint.filter(|hint| *hint > 0));
        self.call(|response, call| {
            let cap = call.settings.limits.body;
            let (mut ends, mut end) = (Vec::new(), 0);
            let over = loop {
                let (next, over) = response.line_end(end, usize::MAX, call)?;
                if next > end {
                    memory::push(&mut ends, next)?;
                    end = next;
                }
                if end as u64 + ends.len() as u64 * LINE_COST > cap {
                    return Err(too_much(cap));
                }
                if over || end >= enough {
                    break over && next == response.decoded();
                }
            };
            let lines = response.split(&ends)?;
            response.take_over(end, over)?;
            Ok(lines)
        })
    }

    /// Copies of the lines that end at these places of what is decoded.
    fn split(&mut self, ends: &[usize]) -> Result<Vec<Vec<u8>>> {
        let mut lines = Vec::new();
        memory::reserve_exact(&mut lines, ends.len())?;
        let split = self.change(|turn| {
            let mut start = 0;
            for &end in ends {
                lines.push(memory::copy(&turn.decoded.bytes()[start..end])?);
                start = end;
            }
            Ok::<_, memory::OutOfMemory>(())
        });
        split.transpose()?;
        Ok(lines)
    }

    /// `peek`: bytes of the body that are there, at least one unless it is over,
    /// without taking them.
    ///
    /// # Errors
    /// See the WIT.
    pub fn peek(&mut self, amount: Option<u64>) -> Result<Vec<u8>> {
        if self.is_closed() || self.answers_head {
            return Ok(Vec::new());
        }
        let most = size(amount);
        if self.decoded() == 0 {
            let gathered =
                self.call(|response, call| response.gather(Want::Piece(usize::MAX), call));
            match gathered {
                Err(error) if error.is_resumable() => return Err(error),
                // A read reports what is wrong.
                Ok(_) | Err(_) => {}
            }
        }
        let peeked = self.change(|turn| {
            let bytes = turn.decoded.bytes();
            memory::copy(&bytes[..bytes.len().min(most)])
        });
        Ok(peeked.transpose()?.unwrap_or_default())
    }

    /// Waits for what is wanted of the body.
    fn gather(&mut self, want: Want, call: &mut Calling<'_, N>) -> Result<Gathered> {
        let (id, settings) = (self.id, call.settings);
        let decoded = self.drive(call, Phase::Body, |lane| {
            step::body(lane, id, want, settings)
        })?;
        Ok(match decoded {
            Decoded::Data | Decoded::Inside | Decoded::NeedMore => Gathered::Enough,
            Decoded::End => Gathered::End,
            Decoded::Truncated(Some(missing)) => Gathered::Truncated(missing),
            Decoded::Truncated(None) | Decoded::Broken => Gathered::Incomplete,
        })
    }

    /// How many bytes are decoded and not read.
    fn decoded(&mut self) -> usize {
        self.change(|turn| turn.decoded.len()).unwrap_or(0)
    }

    fn take(&mut self, amount: usize) -> Result<Vec<u8>> {
        let taken = self.change(|turn| turn.decoded.take(amount));
        Ok(taken.transpose()?.unwrap_or_default())
    }

    /// All that was decoded, for an error that carries it, with room for what its
    /// getter returns.
    fn partial(&mut self) -> Result<Vec<u8>> {
        memory::ensure(self.decoded())?;
        self.take(usize::MAX)
    }

    /// The error of an incomplete body, with what was decoded. As in the reference,
    /// a body that was cut off inside a chunk is not ended, and one whose coding is
    /// broken is.
    fn incomplete(&mut self) -> Result<Error> {
        let partial = self.partial()?;
        let receiving = self.change(|turn| turn.exchange.receiving());
        let cut = receiving == Some(Receiving::Broken(Break::Cut));
        let inside = self.change(|turn| turn.exchange.is_inside_chunk());
        if !(cut && inside == Some(true)) {
            self.end();
        }
        Ok(peer::incomplete_read(partial, None).into())
    }

    /// The error with what was decoded, which the caller so gets after all; what can
    /// be read on stays where it is.
    fn with_partial(&mut self, error: Error) -> Error {
        if error.is_resumable() || is_cap(&error) || self.decoded() == 0 {
            return error;
        }
        match self.partial() {
            Ok(partial) => error.with_partial(partial),
            Err(error) => error,
        }
    }

    fn end_if_complete(&mut self) {
        let until_close = self.length().is_none() && !self.is_chunked();
        if !until_close {
            self.end_if_read_out();
        }
    }
}

fn size(amount: Option<u64>) -> usize {
    amount.map_or(usize::MAX, |n| usize::try_from(n).unwrap_or(usize::MAX))
}

/// More of the body than one call may return.
fn too_much(limit: u64) -> Error {
    Cause::Peer(Peer::TooMuchBody { limit }).into()
}

/// Whether an error is that of a body that is too much for one call, and can be read
/// in pieces.
fn is_cap(error: &Error) -> bool {
    matches!(error.cause(), Cause::Peer(Peer::TooMuchBody { .. }))
}
