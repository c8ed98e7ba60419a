//! TLS over any transport: moves bytes between it and a sans-IO session.

use super::{Direction, Read, Side, Transport};
use core::net::SocketAddr;
use httplib_proto::error::{Phase, Result, transport};
use httplib_tls::{self as tls, Info, Session};

/// How much ciphertext a receive asks for: four records of the largest size.
const RECEIVE: usize = 64 * 1024;

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
            if let Err(error) = self.session.process() {
                // The alert that says why; the error itself matters more.
                let _ = self.flush();
                return Err(convert(error).in_phase(Phase::Tls));
            }
            if !self.flush().map_err(|error| error.in_phase(Phase::Tls))? {
                return Ok(Some(Direction::Write));
            }
            if !self.session.is_handshaking() {
                return Ok(None);
            }
            match self
                .inner
                .read(RECEIVE)
                .map_err(|error| error.in_phase(Phase::Tls))?
            {
                Read::Data(bytes) => self.session.read_tls(bytes),
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
}

impl<T: Transport> Transport for Tls<T> {
    type Event = T::Event;

    fn read(&mut self, max: usize) -> Result<Read> {
        loop {
            if let Some(plaintext) = self.session.take_plaintext(max) {
                return Ok(Read::Data(plaintext));
            }
            let processed = self.session.process();
            // Key updates and alerts that are to go out now.
            let _ = self.flush();
            if let Some(plaintext) = self.session.take_plaintext(max) {
                return Ok(Read::Data(plaintext));
            }
            processed.map_err(convert)?;
            if self.session.peer_closed() {
                return Ok(Read::End { ragged: false });
            }
            if self.ended {
                let ragged = !self.suppress_ragged_eofs;
                return Ok(Read::End { ragged });
            }
            match self.inner.read(RECEIVE)? {
                Read::Data(bytes) => self.session.read_tls(bytes),
                Read::Blocked => return Ok(Read::Blocked),
                Read::End { .. } => self.ended = true,
            }
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        let mut taken = 0;
        while taken < bytes.len() {
            let count = self.session.write(&bytes[taken..]).map_err(convert)?;
            taken += count;
            if !self.flush()? || count == 0 {
                break;
            }
        }
        Ok(taken)
    }

    fn flush(&mut self) -> Result<bool> {
        while !self.session.outgoing().is_empty() {
            match self.inner.write(self.session.outgoing())? {
                0 => return Ok(false),
                count => self.session.sent(count),
            }
        }
        self.inner.flush()
    }

    fn has_buffered(&self) -> bool {
        self.session.plaintext_buffered() > 0
    }

    fn close(&mut self) {
        self.session.close();
        let _ = self.flush();
        self.inner.close();
    }

    fn shutdown(&mut self) -> Result<bool> {
        self.session.close();
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
        Reason::Expired { .. } => "expired",
        Reason::NotYetValid { .. } => "not-yet-valid",
        Reason::NameMismatch { .. } => "name-mismatch",
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
