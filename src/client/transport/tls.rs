//! TLS over any transport: moves bytes between it and a sans-IO session.

use super::{Direction, Read, Side, Transport};
use alloc::vec::Vec;
use core::mem;
use core::net::SocketAddr;
use httplib_proto::error::{Phase, Result, transport};
use httplib_tls::{self as tls, Info, Progress, Session};

/// How much ciphertext a receive asks for: four records of the largest size.
const RECEIVE: usize = Session::MAX_INCOMING;
/// How much ciphertext may wait to be sent before more is encrypted.
const MAX_OUTGOING: usize = 64 * 1024;

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
    /// Ciphertext that was received and not used up.
    incoming: Vec<u8>,
    /// Ciphertext that is to be sent.
    outgoing: Vec<u8>,
    /// Decrypted bytes that nobody has read.
    plaintext: Vec<u8>,
    suppress_ragged_eofs: bool,
    /// The transport's end was seen.
    ended: bool,
}

impl<T: Transport> Tls<T> {
    /// A connection whose handshake is still to be made.
    pub fn new(inner: T, secured: Secured) -> Self {
        Self {
            inner,
            session: secured.session,
            incoming: Vec::new(),
            outgoing: Vec::new(),
            plaintext: Vec::new(),
            suppress_ragged_eofs: secured.suppress_ragged_eofs,
            ended: false,
        }
    }

    /// What the handshake agreed on, once it is done.
    pub fn info(&self) -> Option<Info> {
        self.session.info()
    }

    /// Goes on with the handshake; what it waits for, or `None` when it is done.
    ///
    /// # Errors
    /// `tls`, `certificate`, network errors.
    pub fn handshake(&mut self) -> Result<Option<Direction>> {
        loop {
            if let Err(error) = self.process() {
                // The alert that says why; the error itself matters more.
                let _ = self.flush();
                return Err(error.in_phase(Phase::Tls));
            }
            if !self.flush().map_err(|error| error.in_phase(Phase::Tls))? {
                return Ok(Some(Direction::Write));
            }
            if !self.session.is_handshaking() {
                return Ok(None);
            }
            match self
                .inner
                .read(RECEIVE - self.incoming.len())
                .map_err(|error| error.in_phase(Phase::Tls))?
            {
                Read::Data(bytes) => self.received(bytes)?,
                Read::Blocked => return Ok(Some(Direction::Read)),
                Read::End { .. } => {
                    self.ended = true;
                    self.session
                        .end_of_stream()
                        .map_err(|error| convert(error).in_phase(Phase::Tls))?;
                    return Ok(Some(Direction::Read));
                }
            }
        }
    }

    /// Goes on with what was received: one record's plaintext at a time, so
    /// that memory follows the reader.
    fn process(&mut self) -> Result<Progress> {
        let processed = self.session.process(
            &mut self.incoming,
            &mut self.outgoing,
            &mut self.plaintext,
            1,
        );
        self.incoming.drain(..processed.consumed);
        if self.incoming.is_empty() {
            // An idle connection keeps no buffer.
            self.incoming = Vec::new();
        }
        processed.progress.map_err(convert)
    }

    fn received(&mut self, bytes: Vec<u8>) -> Result<()> {
        if self.incoming.is_empty() {
            self.incoming = bytes;
            return Ok(());
        }
        self.incoming
            .try_reserve(bytes.len())
            .map_err(|_| transport::out_of_memory())?;
        self.incoming.extend_from_slice(&bytes);
        Ok(())
    }

    fn take_plaintext(&mut self, max: usize) -> Option<Vec<u8>> {
        if self.plaintext.is_empty() {
            return None;
        }
        let rest = self.plaintext.split_off(max.min(self.plaintext.len()));
        Some(mem::replace(&mut self.plaintext, rest))
    }
}

impl<T: Transport> Transport for Tls<T> {
    type Event = T::Event;

    fn read(&mut self, max: usize) -> Result<Read> {
        loop {
            if let Some(plaintext) = self.take_plaintext(max) {
                return Ok(Read::Data(plaintext));
            }
            let processed = self.process();
            // Key updates and alerts that are to go out now.
            let _ = self.flush();
            if let Some(plaintext) = self.take_plaintext(max) {
                return Ok(Read::Data(plaintext));
            }
            match processed? {
                Progress::Closed => return Ok(Read::End { ragged: false }),
                Progress::More => continue,
                Progress::NeedsInput => {}
            }
            if self.ended {
                let ragged = !self.suppress_ragged_eofs;
                return Ok(Read::End { ragged });
            }
            match self.inner.read(RECEIVE - self.incoming.len())? {
                Read::Data(bytes) => self.received(bytes)?,
                Read::Blocked => return Ok(Read::Blocked),
                Read::End { .. } => self.ended = true,
            }
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        let mut taken = 0;
        while taken < bytes.len() {
            let room = MAX_OUTGOING.saturating_sub(self.outgoing.len());
            let piece = &bytes[taken..bytes.len().min(taken + room)];
            let count = self
                .session
                .write(piece, &mut self.outgoing)
                .map_err(convert)?;
            taken += count;
            if !self.flush()? || count == 0 {
                break;
            }
        }
        Ok(taken)
    }

    fn flush(&mut self) -> Result<bool> {
        while !self.outgoing.is_empty() {
            let count = self.inner.write(&self.outgoing)?;
            self.outgoing.drain(..count);
            if count == 0 {
                return Ok(false);
            }
        }
        self.outgoing = Vec::new();
        self.inner.flush()
    }

    fn has_buffered(&self) -> bool {
        !self.plaintext.is_empty()
    }

    fn close(&mut self) {
        self.session.close(&mut self.outgoing);
        let _ = self.flush();
        self.inner.close();
    }

    fn shutdown(&mut self) -> Result<bool> {
        self.session.close(&mut self.outgoing);
        Ok(self.flush()? && self.inner.shutdown()?)
    }

    fn address(&self, side: Side) -> Option<SocketAddr> {
        self.inner.address(side)
    }

    fn event(&self, direction: Direction) -> Self::Event {
        self.inner.event(direction)
    }
}

/// An error of the TLS room as one of ours.
pub fn convert(error: tls::Error) -> httplib_proto::error::Error {
    match error.kind {
        tls::Kind::Memory => transport::out_of_memory(),
        tls::Kind::Value => httplib_proto::error::caller::value(error.message),
        tls::Kind::Tls | tls::Kind::Certificate => transport::tls(
            error.message,
            error.alert_sent,
            error.alert_received,
            error.certificate_reason.as_ref().map(reason_name),
        ),
    }
}

/// The name that the contract gives a reason.
fn reason_name(reason: &tls::CertificateReason) -> &'static str {
    use tls::CertificateReason as Reason;
    match reason {
        Reason::Expired => "expired",
        Reason::NotYetValid => "not-yet-valid",
        Reason::NameMismatch => "name-mismatch",
        Reason::UnknownIssuer => "unknown-issuer",
        Reason::BadSignature => "bad-signature",
        Reason::NotForServers => "not-for-servers",
        Reason::WeakAlgorithm => "weak-algorithm",
        Reason::ConstraintViolated => "constraint-violated",
        Reason::ClockNotSet => "clock-not-set",
        Reason::Revoked => "revoked",
        Reason::Other => "other",
    }
}
