//! One TLS connection, without I/O.

use crate::context::Context;
use crate::driver::{ANSWER, Driver, Stop, make_room};
use crate::error::Error;
use crate::explain;
use crate::info::Info;
use crate::record;
use crate::sessions::{MAX_TICKETS, Sessions};
use crate::settings::ServerName;
use crate::verifier::Verifier;
use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;
use rustls::pki_types;

/// What rustls sends in one go during the handshake, beside certificates and
/// what it repeats.
const FLIGHT: usize = 4096;

/// What rustls and the cryptography take in the handshake, beside what grows
/// with the input.
const HANDSHAKE: usize = 48 * 1024;
/// The same later: a record.
const ESTABLISHED: usize = 48 * 1024;

/// One TLS connection of a client. It works on the caller's vectors and keeps
/// no bytes that it was given.
///
/// The caller's loop: [`process`](Self::process), send what is outgoing, and
/// if `process` needs input, receive. It can stop and go on at every byte.
pub struct Session {
    driver: Driver,
    verifier: Arc<Verifier>,
    sessions: Arc<Sessions>,
    /// How many bytes were used up in the handshake: the certificates have no
    /// more.
    handshake: usize,
    key_log: usize,
    /// The first flight, until the first `process`.
    hello: Vec<u8>,
    /// How much a later flight may have beside `FLIGHT` and what it repeats of
    /// the input: the first one again, and the client's certificates.
    flight: usize,
    closed: bool,
    failure: Option<Error>,
}

/// What [`Session::process`] did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Processed {
    /// Bytes of `incoming` that were used up.
    pub consumed: usize,
    /// Why it stopped.
    pub progress: Result<Progress, Error>,
}

/// Why [`Session::process`] stopped. It may have appended plaintext in each
/// case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// More ciphertext has to be received.
    NeedsInput,
    /// As many records as were asked for were decrypted, or as much was done
    /// as is good for one call; there may be more at hand.
    More,
    /// The peer sends nothing more (`close_notify`).
    Closed,
}

impl Session {
    /// The most ciphertext that need be at hand at once: with so many bytes,
    /// `process` uses up some of them or fails.
    pub const MAX_INCOMING: usize = 64 * 1024;

    /// A connection to `host`, a name or an IP address (an IPv6 one with or
    /// without brackets).
    ///
    /// # Errors
    /// `Value` if `host`, or the context's override of it, is neither.
    pub fn new(context: &Context, host: &str) -> Result<Self, Error> {
        let name = match context.server_name() {
            ServerName::Override(name) => name,
            ServerName::Host | ServerName::Omit => host,
        };
        let name = parse_name(name)?;
        let built = context.built()?;
        let mut driver = Driver::new(built.config, name)
            .map_err(|error| explain::explain(&error, None, &[], false))?;
        let mut hello = Vec::new();
        driver
            .send_pending(&mut hello)
            .map_err(|_| Error::memory())?;
        Ok(Self {
            driver,
            verifier: built.verifier,
            sessions: built.sessions,
            handshake: 0,
            key_log: context.key_log_growth(),
            flight: hello.len() + context.identity_size(),
            hello,
            closed: false,
            failure: None,
        })
    }

    /// The most bytes that `process`, `write` and `close` may allocate beside
    /// what the caller's vectors grow by, plus what `outgoing` may grow by in
    /// `process`, when so many bytes of ciphertext are at hand.
    pub fn reserve(&self, incoming: usize) -> usize {
        let answer = self.hello.len() + 2 * self.answer(incoming);
        let handshake = self.handshake + incoming;
        // Each ticket that is kept has a copy of the certificates.
        let tickets = (MAX_TICKETS + 1) * (handshake + 1024);
        match self.is_handshaking() {
            // A certificate may consist of names, which are made a list of.
            true => answer + tickets + HANDSHAKE + self.key_log + 32 * handshake,
            false => answer + tickets + ESTABLISHED,
        }
    }

    /// Goes on with ciphertext as far as possible: `incoming` holds what was
    /// received and was not used up by an earlier call, and is decrypted in
    /// place. Appends the plaintext of at most `records` records to
    /// `plaintext` (16 KiB each at most), and ciphertext that is to be sent,
    /// an alert beside an error included, to `outgoing`. The first call begins
    /// the handshake; `incoming` is empty then.
    ///
    /// # Errors
    /// `Tls` or `Certificate`, again at every later call, after everything
    /// that arrived before was appended to `plaintext`. `Memory` if there is
    /// no room for what would be appended; the same call can be made again.
    pub fn process(
        &mut self,
        incoming: &mut [u8],
        outgoing: &mut Vec<u8>,
        plaintext: &mut Vec<u8>,
        records: usize,
    ) -> Processed {
        let (begun, mut consumed) = (plaintext.len(), 0);
        let (mut taken, mut idle) = (0, 0);
        let progress = loop {
            let rest = incoming.get_mut(consumed..).unwrap_or_default();
            let next = self.driver.next(rest);
            if let Some(error) = &self.failure {
                break Err(error.clone());
            } else if self.driver.peer_closed {
                break Ok(Progress::Closed);
            } else if next.is_some() && (taken == records || idle >= record::MAX_PLAINTEXT) {
                break Ok(Progress::More);
            }
            let before = plaintext.len();
            match self.step(rest, next, outgoing, plaintext) {
                Ok(used) => consumed += used,
                Err(error) => break Err(error),
            }
            match next {
                _ if self.driver.peer_closed => {}
                None => break Ok(Progress::NeedsInput),
                Some(_) if plaintext.len() > before => (taken, idle) = (taken + 1, 0),
                // Such as tickets, which cost time and give the caller
                // nothing.
                Some(length) if !self.is_handshaking() => idle += length,
                Some(_) => {}
            }
        };
        if self.failure.is_some() || self.driver.peer_closed {
            // Nobody will look at the rest.
            consumed = incoming.len();
        }
        Processed {
            consumed,
            progress: match progress {
                // What came before it comes first.
                Err(_) if plaintext.len() > begun => Ok(Progress::More),
                progress => progress,
            },
        }
    }

    /// Encrypts plaintext to the end of `outgoing`: all of it, or nothing
    /// during the handshake. Returns how much.
    ///
    /// # Errors
    /// `Tls` if the connection has failed, `Value` after
    /// [`close`](Self::close), `Memory` if `outgoing` cannot grow by
    /// [`sealed_size`](Self::sealed_size). Nothing was taken then.
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
        let size = Self::sealed_size(plaintext.len());
        let sealed = self.driver.write(outgoing, size, |mut traffic, buffer| {
            traffic.encrypt(plaintext, buffer).ok()
        })?;
        if sealed {
            return Ok(plaintext.len());
        }
        // rustls says goodbye.
        let _ = self.driver.send_pending(outgoing);
        Err(self.fail(Error::tls(
            "no more can be encrypted with the connection's keys",
        )))
    }

    /// How much [`write`](Self::write) adds at most to `outgoing` for so many
    /// bytes.
    pub fn sealed_size(plaintext: usize) -> usize {
        let records = plaintext.div_ceil(record::MAX_PLAINTEXT);
        plaintext + records * record::OVERHEAD + ANSWER
    }

    /// Appends `close_notify` (RFC 8446, section 6.1) to `outgoing`, less than
    /// 64 bytes. Nothing can be written after it, but what the peer still
    /// sends can be read. During the handshake there is nothing to close.
    pub fn close(&mut self, outgoing: &mut Vec<u8>) {
        if !self.closed && self.failure.is_none() && !self.is_handshaking() {
            // Without memory the connection ends without a word.
            let _ = self.driver.write(outgoing, ANSWER, |mut traffic, buffer| {
                traffic.queue_close_notify(buffer).ok()
            });
        }
        self.closed = true;
    }

    /// Whether the handshake is still going on.
    pub fn is_handshaking(&self) -> bool {
        self.driver.conn.is_handshaking()
    }

    /// Whether the peer said that it sends nothing more. If it did not and its
    /// connection ended, something may be missing.
    pub fn peer_closed(&self) -> bool {
        self.driver.peer_closed
    }

    /// The transport has ended.
    ///
    /// # Errors
    /// `Tls` during the handshake, and those of before. Later,
    /// [`peer_closed`](Self::peer_closed) tells whether the end was announced.
    pub fn end_of_stream(&mut self) -> Result<(), Error> {
        match &self.failure {
            Some(error) => Err(error.clone()),
            None if self.is_handshaking() => Err(self.fail(cut_handshake())),
            None => Ok(()),
        }
    }

    /// What was agreed on; `None` before the end of the handshake.
    pub fn info(&self) -> Option<Info> {
        Info::of(&self.driver.conn)
    }

    /// One record, or without one a look at what is there. Returns how many
    /// bytes were used up.
    fn step(
        &mut self,
        input: &mut [u8],
        next: Option<usize>,
        outgoing: &mut Vec<u8>,
        plaintext: &mut Vec<u8>,
    ) -> Result<usize, Error> {
        make_room(outgoing, self.hello.len() + self.answer(input.len()))?;
        if let Some(length) = next.filter(|_| !self.is_handshaking()) {
            make_room(plaintext, length.min(record::MAX_PLAINTEXT))?;
        }
        outgoing.append(&mut core::mem::take(&mut self.hello));
        let (handshaking, before) = (self.is_handshaking(), plaintext.len());
        let message = next.map_or(0, |length| self.driver.message(length));
        let outcome = self.driver.feed(input, next, outgoing, plaintext);
        if plaintext.len() == before {
            // It may have been a ticket.
            self.sessions.note(message);
        }
        if let (true, Ok(used)) = (handshaking, &outcome) {
            self.handshake += used;
        }
        match outcome {
            Err(Stop::Refused(error)) => Err(self.refuse(&error, input, outgoing)),
            Err(Stop::Memory(error)) => Err(self.fail(error)),
            Ok(_) if self.driver.peer_closed && self.is_handshaking() => {
                Err(self.fail(cut_handshake()))
            }
            Ok(0) if next.is_none() && input.len() >= Self::MAX_INCOMING => Err(self.fail(
                Error::tls("the peer sent handshake messages that are too long"),
            )),
            Ok(used) => Ok(used),
        }
    }

    /// How much rustls sends at most, by itself, for one record.
    fn answer(&self, incoming: usize) -> usize {
        match incoming {
            0 => 0,
            // It may repeat a cookie (RFC 8446, section 4.2.2).
            _ if self.is_handshaking() => FLIGHT + self.flight + incoming,
            _ => ANSWER,
        }
    }

    fn refuse(&mut self, error: &rustls::Error, unread: &[u8], outgoing: &mut Vec<u8>) -> Error {
        let finding = self.verifier.take_finding();
        let refused = self.driver.renegotiation_refused;
        let mut failure = explain::explain(error, finding, unread, refused);
        let before = outgoing.len();
        let _ = self.driver.send_pending(outgoing);
        failure.alert_sent = match &outgoing[before..] {
            [] => None,
            // A plain alert record: header, level, description (RFC 8446,
            // section 6).
            [21, _, _, 0, 2, _, description] => Some(*description),
            _ => Some(explain::alert_for(error)),
        };
        self.fail(failure)
    }

    fn fail(&mut self, error: Error) -> Error {
        self.failure = Some(error.clone());
        error
    }
}

fn cut_handshake() -> Error {
    Error::tls("the peer closed the connection during the TLS handshake")
}

fn parse_name(host: &str) -> Result<pki_types::ServerName<'static>, Error> {
    let bare = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .unwrap_or(host);
    // The zone of an IPv6 address has a meaning on this machine alone (RFC
    // 4007, section 11).
    let bare = bare.split_once('%').map_or(bare, |(address, _)| address);
    pki_types::ServerName::try_from(bare)
        .map(|name| name.to_owned())
        .map_err(|_| Error::value(format!("'{host}' is neither a host name nor an IP address")))
}
