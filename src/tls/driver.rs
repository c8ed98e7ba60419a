//! A connection of rustls, which is handed one record at a time.

use crate::error::Error;
use crate::record;
use alloc::sync::Arc;
use alloc::vec::Vec;
use rustls::client::{ClientConnectionData, UnbufferedClientConnection};
use rustls::pki_types::ServerName;
use rustls::unbuffered::{
    ConnectionState, EncodeError, EncodeTlsData, UnbufferedStatus, WriteTraffic,
};
use rustls::{ClientConfig, ProtocolVersion};

/// At least as much as two records with an alert or a key update: what rustls
/// sends on its own behalf for one record once the handshake is done.
pub(crate) const ANSWER: usize = 64;

/// Leave to write.
pub(crate) type Traffic<'a> = WriteTraffic<'a, ClientConnectionData>;

/// A connection of rustls.
pub(crate) struct Driver {
    pub(crate) conn: UnbufferedClientConnection,
    /// The peer sent `close_notify`.
    pub(crate) peer_closed: bool,
    /// The peer wanted to renegotiate, in TLS 1.2, and was told that this will
    /// not be (RFC 5246, section 7.4.1.1).
    pub(crate) renegotiation_refused: bool,
    /// How many bytes at the front of the input are those of records that were
    /// decrypted and are still needed: a part of a handshake message.
    held: usize,
}

/// Why a record could not be handled.
pub(crate) enum Stop {
    /// rustls says so.
    Refused(rustls::Error),
    /// There is no memory for what rustls wants to send.
    Memory(Error),
}

impl Driver {
    pub(crate) fn new(
        config: Arc<ClientConfig>,
        name: ServerName<'static>,
    ) -> Result<Self, rustls::Error> {
        Ok(Self {
            conn: UnbufferedClientConnection::new(config, name)?,
            peer_closed: false,
            renegotiation_refused: false,
            held: 0,
        })
    }

    /// The length of the next record in the input, if it is all there.
    pub(crate) fn next(&self, input: &[u8]) -> Option<usize> {
        record::whole(input.get(self.held..)?)
    }

    /// How many bytes a handshake message can have that ends with a record of
    /// this length.
    pub(crate) fn message(&self, record: usize) -> usize {
        self.held + record
    }

    /// Hands in the next record, of this length, or without one everything: it
    /// may be seen that it is no TLS. Returns how many bytes at the front of
    /// the input were used up.
    pub(crate) fn feed(
        &mut self,
        input: &mut [u8],
        next: Option<usize>,
        outgoing: &mut Vec<u8>,
        plaintext: &mut Vec<u8>,
    ) -> Result<usize, Stop> {
        let end = next.map_or(input.len(), |length| self.held + length);
        // Then the only answer in TLS 1.2 is the one to HelloRequest.
        let established = !self.conn.is_handshaking();
        let mut used = 0;
        loop {
            let rest = input.get_mut(used..end).unwrap_or_default();
            let UnbufferedStatus { mut discard, state } = self.conn.process_tls_records(rest);
            let (mut waits, mut answered) = (false, false);
            match state.map_err(Stop::Refused)? {
                ConnectionState::ReadTraffic(mut traffic) => {
                    while let Some(Ok(record)) = traffic.next_record() {
                        discard += record.discard;
                        plaintext.extend_from_slice(record.payload);
                    }
                }
                ConnectionState::EncodeTlsData(data) => {
                    encode(data, outgoing)?;
                    answered = true;
                }
                ConnectionState::TransmitTlsData(transmit) => transmit.done(),
                ConnectionState::PeerClosed => self.peer_closed = true,
                _ => waits = true,
            }
            used += discard;
            if answered && established {
                let version = self.conn.protocol_version();
                self.renegotiation_refused |= version == Some(ProtocolVersion::TLSv1_2);
            }
            if waits {
                // All whole records were looked at.
                self.held = match next {
                    Some(_) => end - used,
                    None => self.held,
                };
                return Ok(used);
            }
        }
    }

    /// Appends what rustls wants to send without another look at the input.
    pub(crate) fn send_pending(&mut self, outgoing: &mut Vec<u8>) -> Result<(), Stop> {
        while self.conn.wants_write() {
            match self.conn.process_tls_records(&mut []).state {
                Ok(ConnectionState::EncodeTlsData(data)) => encode(data, outgoing)?,
                _ => break,
            }
        }
        Ok(())
    }

    /// Has something written at the end of `outgoing`, where room for it is
    /// made before: `size` bytes at most. Returns whether it could be.
    ///
    /// # Errors
    /// `Memory`; nothing was done then.
    pub(crate) fn write(
        &mut self,
        outgoing: &mut Vec<u8>,
        size: usize,
        seal: impl FnOnce(Traffic<'_>, &mut [u8]) -> Option<usize>,
    ) -> Result<bool, Error> {
        make_room(outgoing, size)?;
        // rustls looks behind the records that it holds before it writes.
        let mut held = Vec::new();
        make_room(&mut held, self.held)?;
        held.resize(self.held, 0);
        loop {
            match self.conn.process_tls_records(&mut held).state {
                Ok(ConnectionState::TransmitTlsData(transmit)) => transmit.done(),
                Ok(ConnectionState::WriteTraffic(traffic)) => {
                    return Ok(append(outgoing, size, |buffer| seal(traffic, buffer)));
                }
                _ => return Ok(false),
            }
        }
    }
}

/// Makes room for so many bytes more.
///
/// # Errors
/// `Memory`.
pub(crate) fn make_room(bytes: &mut Vec<u8>, more: usize) -> Result<(), Error> {
    bytes.try_reserve(more).map_err(|_| Error::memory())
}

fn encode(
    mut data: EncodeTlsData<'_, ClientConnectionData>,
    outgoing: &mut Vec<u8>,
) -> Result<(), Stop> {
    // An empty buffer is never enough, so that the first try tells the size.
    if let Err(EncodeError::InsufficientSize(size)) = data.encode(&mut []) {
        let size = size.required_size;
        make_room(outgoing, size).map_err(Stop::Memory)?;
        append(outgoing, size, |buffer| data.encode(buffer).ok());
    }
    Ok(())
}

/// Gives `fill` a buffer at the end, for which there is room; it says how much
/// of it it filled.
fn append(
    outgoing: &mut Vec<u8>,
    size: usize,
    fill: impl FnOnce(&mut [u8]) -> Option<usize>,
) -> bool {
    let end = outgoing.len();
    outgoing.resize(end + size, 0);
    let filled = fill(&mut outgoing[end..]);
    outgoing.truncate(end + filled.unwrap_or(0));
    filled.is_some()
}
