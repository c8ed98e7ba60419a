//! One TLS connection, without I/O.

use alloc::collections::VecDeque;
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

use rustls::client::UnbufferedClientConnection;
use rustls::pki_types;
use rustls::unbuffered::{
    ConnectionState, EncodeError, EncodeTlsData, EncryptError, UnbufferedStatus, WriteTraffic,
};
use rustls::{HandshakeKind, ProtocolVersion};

use super::context::{Context, ServerName, Version};
use super::error::Error;
use super::explain;
use super::names::{group_name, suite_name};
use super::queue::Queue;
use super::verifier::Verifier;

/// How much ciphertext may wait to be sent before [`Session::write`] takes no more, in bytes. Four
/// full records: enough to keep a socket busy, little enough for thousands of connections.
const MAX_OUTGOING: usize = 64 * 1024;
/// The largest plaintext of a record (RFC 8446 section 5.1).
const MAX_RECORD: usize = 1 << 14;
/// What a record adds to its plaintext at most: header, explicit nonce, inner type, tag.
const RECORD_OVERHEAD: usize = 5 + 8 + 1 + 16;

/// One TLS connection of a client.
///
/// The caller's loop: [`process`](Self::process), send [`outgoing`](Self::outgoing), and if nothing
/// else can be done receive and [`read_tls`](Self::read_tls). It can stop and go on at every byte.
pub struct Session {
    conn: UnbufferedClientConnection,
    verifier: Arc<Verifier>,
    incoming: Queue,
    outgoing: Queue,
    plaintext: VecDeque<Vec<u8>>,
    /// How much of the first piece of plaintext is already read.
    taken: usize,
    peer_closed: bool,
    closed: bool,
    failure: Option<Error>,
}

/// What can be done now, after all was done that needs neither side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Plaintext can be read.
    Plaintext,
    /// More ciphertext has to be received.
    NeedsInput,
    /// The peer sends nothing more (`close_notify`), and all it sent has been read.
    Closed,
}

/// What was agreed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info {
    /// The protocol version.
    pub version: Version,
    /// The cipher suite's name in IANA's registry.
    pub suite: String,
    /// The key exchange group's name in IANA's registry.
    pub group: Option<String>,
    /// The application protocol (RFC 7301), if one was agreed on.
    pub alpn: Option<Vec<u8>>,
    /// Whether an earlier session was resumed.
    pub resumed: bool,
    /// Whether the server asked for another key share first (RFC 8446 section 4.1.4).
    pub hello_retry: bool,
    /// The certificates that the peer sent, its own first, in DER. Those of a resumed session were
    /// verified when it began.
    pub peer_certificates: Vec<Vec<u8>>,
}

impl Session {
    /// A connection to `host`, a name or an IP address (an IPv6 one with or without brackets).
    ///
    /// Fails with `Value` if `host`, or the context's override of it, is neither.
    pub fn new(context: &Context, host: &str) -> Result<Self, Error> {
        let name = match context.server_name() {
            ServerName::Override(name) => name,
            ServerName::Host | ServerName::Omit => host,
        };
        let name = parse_name(name)?;
        let built = context.built()?;
        let conn = UnbufferedClientConnection::new(built.config, name)
            .map_err(|error| explain::explain(&error, None, &[]))?;
        Ok(Self {
            conn,
            verifier: built.verifier,
            incoming: Queue::default(),
            outgoing: Queue::default(),
            plaintext: VecDeque::new(),
            taken: 0,
            peer_closed: false,
            closed: false,
            failure: None,
        })
    }

    /// Hands in ciphertext, as received.
    pub fn read_tls(&mut self, bytes: Vec<u8>) {
        self.incoming.push(bytes);
    }

    /// Goes on as far as possible with what is there. Call it first of all, after
    /// [`read_tls`](Self::read_tls), and when the plaintext is read.
    ///
    /// One record's plaintext at a time is decrypted, so memory follows the reader.
    ///
    /// Fails with `Tls` or `Certificate`, again at every call, after everything that arrived before
    /// has been read. An alert for the peer may then be in [`outgoing`](Self::outgoing).
    pub fn process(&mut self) -> Result<Progress, Error> {
        if self.plaintext.is_empty() && self.failure.is_none() {
            self.drive(Want::Read);
        }
        if !self.plaintext.is_empty() {
            Ok(Progress::Plaintext)
        } else if let Some(error) = &self.failure {
            Err(error.clone())
        } else if self.peer_closed {
            Ok(Progress::Closed)
        } else {
            Ok(Progress::NeedsInput)
        }
    }

    /// The ciphertext to be sent.
    pub fn outgoing(&self) -> &[u8] {
        self.outgoing.bytes()
    }

    /// The socket took the first `count` bytes of [`outgoing`](Self::outgoing).
    pub fn sent(&mut self, count: usize) {
        self.outgoing.consume(count);
    }

    /// Whether the handshake is still going on.
    pub fn is_handshaking(&self) -> bool {
        self.conn.is_handshaking()
    }

    /// Takes decrypted bytes, at most `max`; `None` if there are none. A whole piece is not copied.
    pub fn take_plaintext(&mut self, max: usize) -> Option<Vec<u8>> {
        let first = self.plaintext.front()?;
        let left = &first[self.taken..];
        if left.len() > max {
            let part = left[..max].to_vec();
            self.taken += max;
            return Some(part);
        }
        let whole = self.plaintext.pop_front()?;
        match core::mem::take(&mut self.taken) {
            0 => Some(whole),
            taken => Some(whole[taken..].to_vec()),
        }
    }

    /// How many decrypted bytes can be taken.
    pub fn plaintext_buffered(&self) -> usize {
        self.plaintext.iter().map(Vec::len).sum::<usize>() - self.taken
    }

    /// Encrypts plaintext for sending; returns how many of its bytes were taken: none during the
    /// handshake and while 64 KiB of ciphertext wait to be sent.
    ///
    /// Fails with `Tls` if the connection has failed, and with `Value` after [`close`](Self::close).
    pub fn write(&mut self, plaintext: &[u8]) -> Result<usize, Error> {
        if let Some(error) = &self.failure {
            return Err(error.clone());
        }
        if self.closed {
            return Err(Error::value("the TLS connection is closed for sending"));
        }
        let room = MAX_OUTGOING.saturating_sub(self.outgoing.bytes().len());
        let count = room.min(plaintext.len());
        if count == 0 || self.is_handshaking() {
            return Ok(0);
        }
        let taken = self.drive(Want::Write(&plaintext[..count]));
        match &self.failure {
            Some(error) if taken == 0 => Err(error.clone()),
            _ => Ok(taken),
        }
    }

    /// Queues `close_notify` (RFC 8446 section 6.1); nothing can be written after it, but what the
    /// peer still sends can be read. During the handshake there is nothing to close.
    pub fn close(&mut self) {
        if !self.closed && self.failure.is_none() && !self.is_handshaking() {
            self.drive(Want::Close);
        }
        self.closed = true;
    }

    /// Whether the peer said that it sends nothing more. If it did not and its connection ended,
    /// something may be missing.
    pub fn peer_closed(&self) -> bool {
        self.peer_closed
    }

    /// The transport has ended.
    ///
    /// Fails with `Tls` during the handshake. Later, [`peer_closed`](Self::peer_closed) tells whether
    /// the end was announced.
    pub fn end_of_stream(&mut self) -> Result<(), Error> {
        if self.failure.is_none() && self.is_handshaking() {
            self.failure = Some(Error::tls(
                "the peer closed the connection during the TLS handshake",
            ));
        }
        match &self.failure {
            Some(error) => Err(error.clone()),
            None => Ok(()),
        }
    }

    /// What was agreed on; `None` before the end of the handshake.
    pub fn info(&self) -> Option<Info> {
        if self.is_handshaking() {
            return None;
        }
        let kind = self.conn.handshake_kind();
        Some(Info {
            version: match self.conn.protocol_version()? {
                ProtocolVersion::TLSv1_3 => Version::Tls13,
                _ => Version::Tls12,
            },
            suite: suite_name(self.conn.negotiated_cipher_suite()?.suite()),
            group: self
                .conn
                .negotiated_key_exchange_group()
                .map(|group| group_name(group.name())),
            alpn: self.conn.alpn_protocol().map(<[u8]>::to_vec),
            resumed: kind == Some(HandshakeKind::Resumed),
            hello_retry: kind == Some(HandshakeKind::FullWithHelloRetryRequest),
            peer_certificates: self
                .conn
                .peer_certificates()
                .unwrap_or_default()
                .iter()
                .map(|certificate| certificate.to_vec())
                .collect(),
        })
    }

    /// Runs rustls until it waits, plaintext is there (if that is wanted), or it fails. Returns how
    /// many bytes were encrypted.
    fn drive(&mut self, want: Want<'_>) -> usize {
        loop {
            let UnbufferedStatus { mut discard, state } =
                self.conn.process_tls_records(self.incoming.bytes_mut());
            let mut done = None;
            match state {
                Ok(ConnectionState::ReadTraffic(mut traffic)) => {
                    while let Some(Ok(record)) = traffic.next_record() {
                        discard += record.discard;
                        if !record.payload.is_empty() {
                            self.plaintext.push_back(record.payload.to_vec());
                        }
                    }
                    if matches!(want, Want::Read) && !self.plaintext.is_empty() {
                        done = Some(0);
                    }
                }
                Ok(ConnectionState::EncodeTlsData(data)) => encode(data, &mut self.outgoing),
                Ok(ConnectionState::TransmitTlsData(transmit)) => transmit.done(),
                Ok(ConnectionState::PeerClosed) => self.peer_closed = true,
                Ok(ConnectionState::WriteTraffic(traffic)) => {
                    done = Some(match want {
                        Want::Read => 0,
                        Want::Write(plaintext) => encrypt(traffic, plaintext, &mut self.outgoing),
                        Want::Close => close_notify(traffic, &mut self.outgoing),
                    });
                }
                Ok(_) => done = Some(0),
                Err(error) => {
                    self.incoming.consume(discard);
                    self.fail(&error);
                    return 0;
                }
            }
            self.incoming.consume(discard);
            if let Some(count) = done {
                self.check_end(&want, count);
                return count;
            }
        }
    }

    /// Two failures that rustls does not report as errors.
    fn check_end(&mut self, want: &Want<'_>, count: usize) {
        if self.peer_closed && self.is_handshaking() {
            self.failure = Some(Error::tls(
                "the peer closed the connection during the TLS handshake",
            ));
        } else if matches!(want, Want::Write(_)) && count == 0 {
            self.failure = Some(Error::tls(
                "no more can be encrypted with the connection's keys",
            ));
        }
    }

    fn fail(&mut self, error: &rustls::Error) {
        let finding = self.verifier.take_finding();
        let mut failure = explain::explain(error, finding, self.incoming.bytes());
        let before = self.outgoing.bytes().len();
        // Exactly as often as there is something to send: rustls must not look at the input again.
        while self.conn.wants_write() {
            let status = self.conn.process_tls_records(self.incoming.bytes_mut());
            match status.state {
                Ok(ConnectionState::EncodeTlsData(data)) => encode(data, &mut self.outgoing),
                _ => break,
            }
        }
        failure.alert_sent = match &self.outgoing.bytes()[before..] {
            [] => None,
            // A plain alert record: header, level, description (RFC 8446 section 6).
            [21, _, _, 0, 2, _, description] => Some(*description),
            _ => Some(explain::alert_for(error)),
        };
        self.failure = Some(failure);
    }
}

#[derive(Clone, Copy)]
enum Want<'a> {
    Read,
    Write(&'a [u8]),
    Close,
}

fn encode(mut data: EncodeTlsData<'_, rustls::client::ClientConnectionData>, outgoing: &mut Queue) {
    // An empty buffer is never enough, so that the first try tells the size.
    if let Err(EncodeError::InsufficientSize(size)) = data.encode(&mut []) {
        outgoing.append(size.required_size, |buffer| {
            data.encode(buffer).unwrap_or(0)
        });
    }
}

/// Returns the length of `plaintext`, or 0 if the keys are used up.
fn encrypt(
    mut traffic: WriteTraffic<'_, rustls::client::ClientConnectionData>,
    plaintext: &[u8],
    outgoing: &mut Queue,
) -> usize {
    let mut size = plaintext.len() + plaintext.len().div_ceil(MAX_RECORD) * RECORD_OVERHEAD;
    loop {
        let mut result = Ok(0);
        outgoing.append(size, |buffer| {
            result = traffic.encrypt(plaintext, buffer);
            *result.as_ref().unwrap_or(&0)
        });
        match result {
            Ok(_) => return plaintext.len(),
            // A key update goes out before the data.
            Err(EncryptError::InsufficientSize(needed)) if needed.required_size > size => {
                size = needed.required_size;
            }
            Err(_) => return 0,
        }
    }
}

fn close_notify(
    mut traffic: WriteTraffic<'_, rustls::client::ClientConnectionData>,
    outgoing: &mut Queue,
) -> usize {
    outgoing.append(MAX_RECORD, |buffer| {
        traffic.queue_close_notify(buffer).unwrap_or(0)
    });
    0
}

fn parse_name(host: &str) -> Result<pki_types::ServerName<'static>, Error> {
    let bare = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    // The zone of an IPv6 address has a meaning on this machine alone (RFC 4007 section 11).
    let bare = bare.split_once('%').map_or(bare, |(address, _)| address);
    pki_types::ServerName::try_from(bare)
        .map(|name| name.to_owned())
        .map_err(|_| Error::value(format!("'{host}' is neither a host name nor an IP address")))
}
