//! A ClientHello, taken apart.

use std::io;

use crate::servers::Peer;

/// RFC 8446, section 4.1.2.
pub(super) struct ClientHello {
    pub(super) random: Vec<u8>,
    pub(super) session_id: Vec<u8>,
    pub(super) suites: Vec<u16>,
    /// By their numbers, because their order is random.
    extensions: Vec<(u16, Vec<u8>)>,
}

pub(super) const SUPPORTED_GROUPS: u16 = 10;
pub(super) const ALPN: u16 = 16;
pub(super) const SUPPORTED_VERSIONS: u16 = 43;
pub(super) const COOKIE: u16 = 44;
pub(super) const KEY_SHARE: u16 = 51;

/// The type of a record, and what is in it (RFC 8446, section 5.1).
pub(super) fn record(peer: &mut Peer) -> io::Result<(u8, Vec<u8>)> {
    let header = peer.bytes(5)?;
    let length = u16::from_be_bytes([header[3], header[4]]);
    Ok((header[0], peer.bytes(length.into())?))
}

impl ClientHello {
    /// Reads it from a client that begins.
    pub(super) fn receive(peer: &mut Peer) -> io::Result<Self> {
        let (kind, content) = record(peer)?;
        assert_eq!(kind, 22, "no handshake record");
        Ok(Self::parse(&content))
    }

    fn parse(message: &[u8]) -> Self {
        let mut reader = Reader(message);
        assert_eq!(reader.number(1), 1, "no ClientHello");
        let mut reader = Reader(reader.vector(3));
        assert!(message.len() == 4 + reader.0.len(), "more than one message");
        assert_eq!(reader.number(2), 0x0303, "legacy_version");
        let random = reader.bytes(32).to_vec();
        let session_id = reader.vector(1).to_vec();
        let suites = Reader(reader.vector(2)).numbers();
        assert_eq!(reader.vector(1), [0], "compression methods");
        let mut list = Reader(reader.vector(2));
        assert!(reader.0.is_empty());
        let mut extensions = Vec::new();
        while !list.0.is_empty() {
            extensions.push((list.number(2), list.vector(2).to_vec()));
        }
        extensions.sort();
        Self {
            random,
            session_id,
            suites,
            extensions,
        }
    }

    pub(super) fn extension(&self, number: u16) -> Option<&[u8]> {
        let found = self.extensions.iter().find(|(known, _)| *known == number);
        found.map(|(_, content)| content.as_slice())
    }

    /// All but these.
    pub(super) fn extensions_without(&self, numbers: &[u16]) -> Vec<&(u16, Vec<u8>)> {
        let extensions = self.extensions.iter();
        extensions
            .filter(|(number, _)| !numbers.contains(number))
            .collect()
    }

    pub(super) fn groups(&self) -> Vec<u16> {
        let extension = self.extension(SUPPORTED_GROUPS).unwrap();
        Reader(Reader(extension).vector(2)).numbers()
    }

    pub(super) fn versions(&self) -> Vec<u16> {
        let extension = self.extension(SUPPORTED_VERSIONS).unwrap();
        Reader(Reader(extension).vector(1)).numbers()
    }

    /// Group and share.
    pub(super) fn key_shares(&self) -> Vec<(u16, &[u8])> {
        let mut list = Reader(Reader(self.extension(KEY_SHARE).unwrap()).vector(2));
        let mut shares = Vec::new();
        while !list.0.is_empty() {
            shares.push((list.number(2), list.vector(2)));
        }
        shares
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn bytes(&mut self, count: usize) -> &'a [u8] {
        let (bytes, rest) = self.0.split_at(count);
        self.0 = rest;
        bytes
    }

    fn number(&mut self, width: usize) -> u16 {
        let bytes = self.bytes(width).iter();
        bytes.fold(0, |number, &byte| number << 8 | u16::from(byte))
    }

    /// Bytes after their length, which has so many bytes.
    fn vector(&mut self, width: usize) -> &'a [u8] {
        let length = self.number(width);
        self.bytes(length.into())
    }

    fn numbers(&self) -> Vec<u16> {
        let pairs = self.0.chunks_exact(2);
        assert!(pairs.remainder().is_empty());
        pairs
            .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
            .collect()
    }
}
