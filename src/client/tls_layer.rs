//! TLS over any transport: moves bytes between it and a sans-IO session.

use crate::error::{Phase, Result};
use crate::network::{Direction, Opening, RECEIVE, Read, Side, Transport};
use core::net::SocketAddr;
use httplib_proto::body::End;
use httplib_proto::buffer::Buffer;
use httplib_proto::memory::{self, OutOfMemory};
use httplib_tls::{Info, Processed, Progress, Session};

/// How much ciphertext may wait to be sent before no more is taken: enough to keep
/// a socket busy, little enough for thousands of connections.
const MAX_OUTGOING: usize = 64 * 1024;
/// The largest plaintext of a record (RFC 8446, section 5.1).
const MAX_RECORD: usize = 1 << 14;
/// The largest record with its header and what protects it (RFC 5246, section 6.2.3;
/// RFC 8446, section 5.2).
const MAX_WIRE_RECORD: usize = 5 + MAX_RECORD + 2048;
/// How many records a receive decrypts at most: what [`RECEIVE`] bytes hold of the
/// largest kind.
const MOST_RECORDS: usize = RECEIVE / MAX_RECORD;

/// The sans-IO half of a connection, and what its context says of its end.
pub struct Secured {
    /// The session, before its handshake.
    pub session: Session,
    /// An end without `close_notify` counts as orderly.
    pub suppress_ragged_eofs: bool,
}

/// A TLS connection.
pub struct Tls<T> {
    inner: T,
    session: Session,
    suppress_ragged_eofs: bool,
    /// Ciphertext that was received.
    incoming: Buffer,
    /// Ciphertext that is still to be sent.
    outgoing: Buffer,
    /// Plaintext that came with the end of the handshake.
    early: Buffer,
    /// The session has more to tell without receiving: records, the end, an error.
    more: bool,
    /// The first flight was made.
    begun: bool,
    /// The transport's end was seen.
    ended: bool,
}

impl<T: Transport> Tls<T> {
    /// A connection whose handshake is still to be made.
    pub fn new(inner: T, secured: Secured) -> Self {
        Self {
            inner,
            session: secured.session,
            suppress_ragged_eofs: secured.suppress_ragged_eofs,
            incoming: Buffer::default(),
            outgoing: Buffer::default(),
            early: Buffer::default(),
            more: false,
            begun: false,
            ended: false,
        }
    }

    /// Goes on with the handshake; done, or what it waits for.
    ///
    /// # Errors
    /// TLS's, network errors.
    pub fn handshake(&mut self) -> Result<Opening> {
        self.advance_handshake()
            .map_err(|error| error.in_phase(Phase::Tls))
    }

    fn advance_handshake(&mut self) -> Result<Opening> {
        self.begun = true;
        let mut early = core::mem::take(&mut self.early);
        let progress = self.process(&mut early);
        self.early = early;
        match progress {
            Ok(progress) => self.more = progress != Progress::NeedsInput,
            Err(error) => {
                // The alert that says why; the error itself matters more.
                if !error.is_memory() {
                    let _ = self.flush();
                }
                return Err(error);
            }
        }
        if !self.flush()? {
            return Ok(Opening::Blocked(Direction::Write));
        }
        if !self.session.is_handshaking() {
            return Ok(Opening::Done);
        }
        match self.receive_ciphertext()? {
            Read::Some | Read::Nothing => Ok(Opening::Moved),
            Read::Blocked => Ok(Opening::Blocked(Direction::Read)),
            Read::End(_) => {
                self.ended = true;
                self.session.end_of_stream()?;
                Ok(Opening::Moved)
            }
        }
    }

    /// What a handshake that is not done waits for; `None` if it can go on.
    pub fn handshake_waits_for(&self) -> Option<Direction> {
        match (self.begun, self.outgoing.is_empty()) {
            (false, _) => None,
            (true, false) => Some(Direction::Write),
            (true, true) => Some(Direction::Read),
        }
    }

    /// Receives ciphertext: with what is left of the last, no more than a session needs
    /// at hand.
    fn receive_ciphertext(&mut self) -> Result<Read> {
        let room = Session::MAX_INCOMING.saturating_sub(self.incoming.len());
        self.inner.read(&mut self.incoming, RECEIVE.min(room))
    }

    /// Runs the session over what was received.
    fn process(&mut self, into: &mut Buffer) -> Result<Progress> {
        // Where memory is short, one record alone.
        let all = self.incoming.len();
        let (processed, some) = match self.process_some(into, all, MOST_RECORDS) {
            Err(_) if all > MAX_WIRE_RECORD => (self.process_some(into, MAX_WIRE_RECORD, 1)?, true),
            processed => (processed?, false),
        };
        self.incoming.consume(processed.consumed);
        match processed.progress? {
            Progress::NeedsInput if some && processed.consumed == 0 => Err(OutOfMemory.into()),
            Progress::NeedsInput if some => Ok(Progress::More),
            progress => Ok(progress),
        }
    }

    /// Runs the session over so many of the bytes that were received.
    fn process_some(
        &mut self,
        into: &mut Buffer,
        at_hand: usize,
        records: usize,
    ) -> core::result::Result<Processed, OutOfMemory> {
        into.reserve(at_hand.min(records * MAX_RECORD))?;
        memory::section(self.session.reserve(at_hand), || {
            self.session.process(
                &mut self.incoming.bytes_mut()[..at_hand],
                self.outgoing.tail(),
                into.tail(),
                records,
            )
        })
    }

    fn receive(&mut self, into: &mut Buffer) -> Result<Read> {
        let before = into.len();
        let progress = self.process(into);
        self.more = !matches!(progress, Ok(Progress::NeedsInput));
        // Key updates and alerts that are to go out now.
        let _ = self.flush();
        if into.len() > before {
            // The end, or an error, is for the next read to tell.
            return Ok(Read::Some);
        }
        match progress? {
            Progress::Closed => Ok(Read::End(End::Clean)),
            Progress::More => Ok(Read::Nothing),
            Progress::NeedsInput if self.ended => Ok(Read::End(if self.suppress_ragged_eofs {
                End::Clean
            } else {
                End::Ragged
            })),
            Progress::NeedsInput => Ok(Read::Blocked),
        }
    }
}

impl<T: Transport> Transport for Tls<T> {
    type Event = T::Event;

    fn read(&mut self, into: &mut Buffer, _max: usize) -> Result<Read> {
        if !self.early.is_empty() {
            self.early.move_to(into, usize::MAX, None)?;
            return Ok(Read::Some);
        }
        if self.more {
            return self.receive(into);
        }
        match self.receive_ciphertext()? {
            Read::Blocked => return Ok(Read::Blocked),
            Read::Nothing => return Ok(Read::Nothing),
            Read::Some => {}
            Read::End(_) => self.ended = true,
        }
        match self.receive(into)? {
            // Bytes came, if only a part of a record.
            Read::Blocked => Ok(Read::Nothing),
            read => Ok(read),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        let mut taken = 0;
        while taken < bytes.len() {
            let room = MAX_OUTGOING.saturating_sub(self.outgoing.len());
            let piece = &bytes[taken..bytes.len().min(taken + room)];
            match self.seal(piece) {
                Ok(count) => taken += count,
                Err(error) if taken == 0 => return Err(error),
                // The next call reports it.
                Err(_) => break,
            }
            if !self.flush()? {
                break;
            }
        }
        Ok(taken)
    }

    fn flush(&mut self) -> Result<bool> {
        while !self.outgoing.is_empty() {
            match self.inner.write(self.outgoing.bytes())? {
                0 => return Ok(false),
                count => self.outgoing.consume(count),
            }
        }
        self.inner.flush()
    }

    fn is_drained(&self) -> bool {
        self.outgoing.is_empty() && self.inner.is_drained()
    }

    fn has_buffered(&self) -> bool {
        self.more || !self.early.is_empty()
    }

    fn close(&mut self) {
        let reserve = self.session.reserve(0);
        let closed = memory::section(reserve, || self.session.close(self.outgoing.tail()));
        if closed.is_ok() {
            let _ = self.flush();
        }
        self.inner.close();
    }

    fn shutdown(&mut self) -> Result<bool> {
        let reserve = self.session.reserve(0);
        memory::section(reserve, || self.session.close(self.outgoing.tail()))?;
        Ok(self.flush()? && self.inner.shutdown()?)
    }

    fn address(&self, side: Side) -> Option<SocketAddr> {
        self.inner.address(side)
    }

    fn tls_info(&self) -> Option<Info> {
        self.session.info()
    }

    fn event(&self, direction: Direction) -> Self::Event {
        self.inner.event(direction)
    }
}

impl<T: Transport> Tls<T> {
    fn seal(&mut self, plaintext: &[u8]) -> Result<usize> {
        if plaintext.is_empty() {
            return Ok(0);
        }
        self.outgoing
            .reserve(Session::sealed_size(plaintext.len()))?;
        let reserve = self.session.reserve(0);
        let taken = memory::section(reserve, || {
            self.session.write(plaintext, self.outgoing.tail())
        })?;
        Ok(taken?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use httplib_tls::Context;

    /// A peer that sends a message of the handshake in its largest records, as much of
    /// them as is asked for, and never ends it.
    #[derive(Default)]
    struct Endless {
        sent: usize,
        most_asked: usize,
    }

    impl Transport for Endless {
        type Event = ();

        fn read(&mut self, into: &mut Buffer, max: usize) -> Result<Read> {
            self.most_asked = self.most_asked.max(into.len() + max);
            let mut record = vec![22, 3, 3, 0x40, 0];
            record.resize(5 + MAX_RECORD, 0);
            // A ServerHello of 65 520 bytes begins in the first.
            let begin = [&record[..5], &[2, 0, 0xff, 0xf0]].concat();
            let stream = begin.iter().chain(&record[begin.len()..]);
            let stream = stream.chain(record.iter().cycle()).copied();
            // Less than a record at a time, so that the rest of one is always left.
            let piece: Vec<u8> = stream.skip(self.sent).take(max.min(10_000)).collect();
            self.sent += piece.len();
            into.push(piece)?;
            Ok(Read::Some)
        }

        fn write(&mut self, bytes: &[u8]) -> Result<usize> {
            Ok(bytes.len())
        }

        fn shutdown(&mut self) -> Result<bool> {
            Err(Code::ConnectionBroken.into())
        }

        fn address(&self, _side: Side) -> Option<SocketAddr> {
            None
        }

        fn event(&self, _direction: Direction) {}
    }

    #[test]
    fn no_more_ciphertext_is_held_than_a_session_needs() {
        let session = Session::new(&Context::unverified(|| None), "host").unwrap();
        let secured = Secured {
            session,
            suppress_ragged_eofs: true,
        };
        let mut tls = Tls::new(Endless::default(), secured);
        while tls.handshake().is_ok() {
            assert!(tls.inner.sent <= Session::MAX_INCOMING + 4 * MAX_RECORD);
        }
        assert!(tls.inner.sent > 3 * MAX_RECORD);
        assert_eq!(tls.inner.most_asked, Session::MAX_INCOMING);
    }
}
