//! One TLS connection, without I/O.

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
use super::verifier::Verifier;

/// How much ciphertext may wait to be sent before [`Session::write`] takes no more, in bytes. Four
/// full records: enough to keep a socket busy, little enough for thousands of connections.
const CLOSE_NOTIFY: usize = 64;
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
    peer_closed: bool,
    closed: bool,
    failure: Option<Error>,
}

/// What came of a step.
#[derive(Debug)]
pub struct Processed {
    /// Bytes of `incoming` that were used up.
    pub consumed: usize,
    /// How far it came.
    pub progress: Result<Progress, Error>,
}

/// What can be done now, after all was done that needs neither side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// As many records as were asked for were decrypted; there may be more.
    More,
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
            peer_closed: false,
            closed: false,
            failure: None,
        })
    }

    /// The most bytes that a call may allocate beside what is appended to
    /// `plaintext`, when so many bytes of ciphertext are at hand.
    pub fn reserve(&self, incoming: usize) -> usize {
        let handshake = if self.is_handshaking() {
            160 * 1024 + 4 * incoming
        } else {
            48 * 1024
        };
        handshake + incoming
    }

    /// Goes on with ciphertext as far as possible.
    pub fn process(
        &mut self,
        incoming: &mut [u8],
        outgoing: &mut Vec<u8>,
        plaintext: &mut Vec<u8>,
        records: usize,
    ) -> Processed {
        let mut consumed = 0;
        let mut left = records;
        let begin = plaintext.len();
        while self.failure.is_none() && !self.peer_closed {
            if left == 0 {
                return Processed {
                    consumed,
                    progress: Ok(Progress::More),
                };
            }
            let before = plaintext.len();
            self.drive(
                &mut incoming[consumed..],
                &mut consumed,
                outgoing,
                plaintext,
                Want::Read,
            );
            if plaintext.len() == before {
                break;
            }
            left -= 1;
        }
        let _ = begin;
        let progress = if let Some(error) = &self.failure {
            Err(error.clone())
        } else if self.peer_closed {
            Ok(Progress::Closed)
        } else {
            Ok(Progress::NeedsInput)
        };
        Processed { consumed, progress }
    }

    /// Whether the handshake is still going on.
    pub fn is_handshaking(&self) -> bool {
        self.conn.is_handshaking()
    }

    /// How much `write` adds at most for so many bytes.
    pub fn sealed_size(plaintext: usize) -> usize {
        plaintext + plaintext.div_ceil(MAX_RECORD).max(1) * RECORD_OVERHEAD + 64
    }

    /// Encrypts plaintext to the end of `outgoing`: all of it, none during the handshake.
    pub fn write(&mut self, plaintext: &[u8], outgoing: &mut Vec<u8>) -> Result<usize, Error> {
        if let Some(error) = &self.failure {
            return Err(error.clone());
        }
        if self.closed {
            return Err(Error::value("the TLS connection is closed for sending"));
        }
        if plaintext.is_empty() || self.is_handshaking() {
            return Ok(0);
        }
        let taken = self.drive(
            &mut [],
            &mut 0,
            outgoing,
            &mut Vec::new(),
            Want::Write(plaintext),
        );
        match &self.failure {
            Some(error) if taken == 0 => Err(error.clone()),
            _ => Ok(taken),
        }
    }

    /// Queues `close_notify` (RFC 8446 section 6.1).
    pub fn close(&mut self, outgoing: &mut Vec<u8>) {
        if !self.closed && self.failure.is_none() && !self.is_handshaking() {
            self.drive(&mut [], &mut 0, outgoing, &mut Vec::new(), Want::Close);
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

    /// Runs rustls until it waits, plaintext is there (if that is wanted), or it fails.
    fn drive(
        &mut self,
        incoming: &mut [u8],
        consumed: &mut usize,
        outgoing: &mut Vec<u8>,
        plaintext: &mut Vec<u8>,
        want: Want<'_>,
    ) -> usize {
        let mut start = 0;
        loop {
            let UnbufferedStatus { mut discard, state } =
                self.conn.process_tls_records(&mut incoming[start..]);
            let mut done = None;
            match state {
                Ok(ConnectionState::ReadTraffic(mut traffic)) => {
                    let before = plaintext.len();
                    while let Some(Ok(record)) = traffic.next_record() {
                        discard += record.discard;
                        plaintext.extend_from_slice(record.payload);
                    }
                    if matches!(want, Want::Read) && plaintext.len() > before {
                        done = Some(0);
                    }
                }
                Ok(ConnectionState::EncodeTlsData(data)) => encode(data, outgoing),
                Ok(ConnectionState::TransmitTlsData(transmit)) => transmit.done(),
                Ok(ConnectionState::PeerClosed) => self.peer_closed = true,
                Ok(ConnectionState::WriteTraffic(traffic)) => {
                    done = Some(match want {
                        Want::Read => 0,
                        Want::Write(plaintext) => encrypt(traffic, plaintext, outgoing),
                        Want::Close => close_notify(traffic, outgoing),
                    });
                }
                Ok(_) => done = Some(0),
                Err(error) => {
                    start += discard;
                    *consumed += discard;
                    self.fail(&error, &mut incoming[start..], outgoing);
                    return 0;
                }
            }
            start += discard;
            *consumed += discard;
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

    fn fail(&mut self, error: &rustls::Error, incoming: &mut [u8], outgoing: &mut Vec<u8>) {
        let finding = self.verifier.take_finding();
        let mut failure = explain::explain(error, finding, incoming);
        let before = outgoing.len();
        // Exactly as often as there is something to send: rustls must not look at the input again.
        while self.conn.wants_write() {
            let status = self.conn.process_tls_records(incoming);
            match status.state {
                Ok(ConnectionState::EncodeTlsData(data)) => encode(data, outgoing),
                _ => break,
            }
        }
        failure.alert_sent = match &outgoing[before..] {
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

fn append(outgoing: &mut Vec<u8>, size: usize, fill: impl FnOnce(&mut [u8]) -> usize) {
    let end = outgoing.len();
    outgoing.resize(end + size, 0);
    let filled = fill(&mut outgoing[end..]);
    outgoing.truncate(end + filled);
}

fn encode(
    mut data: EncodeTlsData<'_, rustls::client::ClientConnectionData>,
    outgoing: &mut Vec<u8>,
) {
    // An empty buffer is never enough, so that the first try tells the size.
    if let Err(EncodeError::InsufficientSize(size)) = data.encode(&mut []) {
        append(outgoing, size.required_size, |buffer| {
            data.encode(buffer).unwrap_or(0)
        });
    }
}

/// Returns the length of `plaintext`, or 0 if the keys are used up.
fn encrypt(
    mut traffic: WriteTraffic<'_, rustls::client::ClientConnectionData>,
    plaintext: &[u8],
    outgoing: &mut Vec<u8>,
) -> usize {
    let mut size = plaintext.len() + plaintext.len().div_ceil(MAX_RECORD) * RECORD_OVERHEAD;
    loop {
        let mut result = Ok(0);
        append(outgoing, size, |buffer| {
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
    outgoing: &mut Vec<u8>,
) -> usize {
    append(outgoing, CLOSE_NOTIFY, |buffer| {
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
