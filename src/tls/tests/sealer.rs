//! A server's records, made by hand after its handshake.

use alloc::boxed::Box;
use alloc::vec::Vec;
use rustls::crypto::cipher::{MessageEncrypter, OutboundPlainMessage};
use rustls::{
    ConnectionTrafficSecrets, ContentType, ProtocolVersion, ServerConnection, SupportedCipherSuite,
};

pub(super) struct Sealer {
    encrypter: Box<dyn MessageEncrypter>,
    sequence: u64,
}

impl Sealer {
    pub(super) fn new(server: ServerConnection) -> Self {
        let suite = server.negotiated_cipher_suite().unwrap();
        let (sequence, secrets) = server.dangerous_extract_secrets().unwrap().tx;
        let ConnectionTrafficSecrets::Chacha20Poly1305 { key, iv } = secrets else {
            panic!("another suite was agreed on");
        };
        let encrypter = match suite {
            SupportedCipherSuite::Tls12(suite) => suite.aead_alg.encrypter(key, iv.as_ref(), &[]),
            SupportedCipherSuite::Tls13(suite) => suite.aead_alg.encrypter(key, iv),
        };
        Self {
            encrypter,
            sequence,
        }
    }

    pub(super) fn record(&mut self, typ: ContentType, payload: &[u8]) -> Vec<u8> {
        let message = OutboundPlainMessage {
            typ,
            version: ProtocolVersion::TLSv1_2,
            payload: payload.into(),
        };
        let sealed = self.encrypter.encrypt(message, self.sequence).unwrap();
        self.sequence += 1;
        sealed.encode()
    }
}

/// A ticket (RFC 8446, section 4.6.1) with so many bytes of its own.
pub(super) fn ticket(size: u16) -> Vec<u8> {
    let body = [
        &[0, 0, 14, 16, 0, 0, 0, 0, 1, 0][..],
        &size.to_be_bytes(),
        &alloc::vec![7; size.into()],
        &[0, 0],
    ]
    .concat();
    let length = u32::try_from(body.len()).unwrap().to_be_bytes();
    [&[4], &length[1..], &body].concat()
}
