//! Record protection: TLS 1.3 (RFC 8446, section 5.2) and TLS 1.2 (RFC 5288,
//! RFC 7905) over three AEADs.
//!
//! Records are encrypted and decrypted inside the buffers that rustls hands
//! in.

use alloc::boxed::Box;
use core::marker::PhantomData;
use httplib_aead::{Aead, Aes128Gcm, Aes256Gcm, ChaCha20Poly1305, NONCE, TAG};
use rustls::crypto::cipher::{
    AeadKey, InboundOpaqueMessage, InboundPlainMessage, Iv, KeyBlockShape, MessageDecrypter,
    MessageEncrypter, Nonce, OutboundOpaqueMessage, OutboundPlainMessage, PrefixedPayload,
    Tls12AeadAlgorithm, Tls13AeadAlgorithm, UnsupportedOperationError, make_tls12_aad,
    make_tls13_aad,
};
use rustls::{ConnectionTrafficSecrets, ContentType, Error, ProtocolVersion};

pub(crate) static CHACHA20_POLY1305: Records<ChaCha20Poly1305> = Records(PhantomData);
pub(crate) static AES_128_GCM: Records<Aes128Gcm> = Records(PhantomData);
pub(crate) static AES_256_GCM: Records<Aes256Gcm> = Records(PhantomData);

/// The largest plaintext of a record (RFC 8446, section 5.1).
const MAX_PLAINTEXT: usize = 1 << 14;

/// The record protection of one AEAD.
pub(crate) struct Records<A>(PhantomData<fn() -> A>);

struct Tls13<A> {
    aead: A,
    iv: Iv,
}

impl<A: Aead> Tls13AeadAlgorithm for Records<A> {
    fn encrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageEncrypter> {
        let aead = A::new(key.as_ref());
        Box::new(Tls13 { aead, iv })
    }

    fn decrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageDecrypter> {
        let aead = A::new(key.as_ref());
        Box::new(Tls13 { aead, iv })
    }

    fn key_len(&self) -> usize {
        A::KEY
    }

    // Only kernel TLS asks for the keys back.
    fn extract_keys(
        &self,
        _: AeadKey,
        _: Iv,
    ) -> Result<ConnectionTrafficSecrets, UnsupportedOperationError> {
        Err(UnsupportedOperationError)
    }
}

impl<A: Aead> MessageEncrypter for Tls13<A> {
    fn encrypt(
        &mut self,
        msg: OutboundPlainMessage<'_>,
        seq: u64,
    ) -> Result<OutboundOpaqueMessage, Error> {
        let total = self.encrypted_payload_len(msg.payload.len());
        let mut payload = PrefixedPayload::with_capacity(total);
        payload.extend_from_chunks(&msg.payload);
        payload.extend_from_slice(&msg.typ.to_array());

        let nonce = Nonce::new(&self.iv, seq);
        let aad = make_tls13_aad(total);
        let tag = self
            .aead
            .seal(nonce.0, &aad, payload.as_mut())
            .map_err(|_| Error::EncryptError)?;
        payload.extend_from_slice(&tag);

        // The outer type and version of every TLS 1.3 record are those of TLS
        // 1.2 application data.
        Ok(OutboundOpaqueMessage::new(
            ContentType::ApplicationData,
            ProtocolVersion::TLSv1_2,
            payload,
        ))
    }

    fn encrypted_payload_len(&self, payload_len: usize) -> usize {
        payload_len + 1 + TAG
    }
}

impl<A: Aead> MessageDecrypter for Tls13<A> {
    fn decrypt<'a>(
        &mut self,
        mut msg: InboundOpaqueMessage<'a>,
        seq: u64,
    ) -> Result<InboundPlainMessage<'a>, Error> {
        let nonce = Nonce::new(&self.iv, seq);
        let aad = make_tls13_aad(msg.payload.len());
        let (text, tag) = split_tag(&mut msg.payload)?;
        let len = text.len();
        self.aead
            .open(nonce.0, &aad, text, tag)
            .map_err(|_| Error::DecryptError)?;
        msg.payload.truncate(len);
        msg.into_tls13_unpadded_message()
    }
}

/// `iv` is the write IV; GCM's is its salt followed by the start of the
/// explicit nonces.
struct Tls12<A> {
    aead: A,
    iv: Iv,
}

impl<A: Aead> Tls12AeadAlgorithm for Records<A> {
    fn encrypter(&self, key: AeadKey, iv: &[u8], extra: &[u8]) -> Box<dyn MessageEncrypter> {
        let aead = A::new(key.as_ref());
        Box::new(Tls12 {
            aead,
            iv: tls12_iv(iv, extra),
        })
    }

    fn decrypter(&self, key: AeadKey, iv: &[u8]) -> Box<dyn MessageDecrypter> {
        let aead = A::new(key.as_ref());
        Box::new(Tls12 {
            aead,
            iv: tls12_iv(iv, &[]),
        })
    }

    fn key_block_shape(&self) -> KeyBlockShape {
        KeyBlockShape {
            enc_key_len: A::KEY,
            fixed_iv_len: NONCE - A::EXPLICIT_NONCE,
            explicit_nonce_len: A::EXPLICIT_NONCE,
        }
    }

    // Only kernel TLS asks for the keys back.
    fn extract_keys(
        &self,
        _: AeadKey,
        _: &[u8],
        _: &[u8],
    ) -> Result<ConnectionTrafficSecrets, UnsupportedOperationError> {
        Err(UnsupportedOperationError)
    }
}

impl<A: Aead> MessageEncrypter for Tls12<A> {
    fn encrypt(
        &mut self,
        msg: OutboundPlainMessage<'_>,
        seq: u64,
    ) -> Result<OutboundOpaqueMessage, Error> {
        let nonce = Nonce::new(&self.iv, seq);
        let aad = make_tls12_aad(seq, msg.typ, msg.version, msg.payload.len());
        let mut payload =
            PrefixedPayload::with_capacity(self.encrypted_payload_len(msg.payload.len()));
        payload.extend_from_slice(&nonce.0[NONCE - A::EXPLICIT_NONCE..]);
        payload.extend_from_chunks(&msg.payload);

        let text = &mut payload.as_mut()[A::EXPLICIT_NONCE..];
        let tag = self
            .aead
            .seal(nonce.0, &aad, text)
            .map_err(|_| Error::EncryptError)?;
        payload.extend_from_slice(&tag);
        Ok(OutboundOpaqueMessage::new(msg.typ, msg.version, payload))
    }

    fn encrypted_payload_len(&self, payload_len: usize) -> usize {
        A::EXPLICIT_NONCE + payload_len + TAG
    }
}

impl<A: Aead> MessageDecrypter for Tls12<A> {
    fn decrypt<'a>(
        &mut self,
        mut msg: InboundOpaqueMessage<'a>,
        seq: u64,
    ) -> Result<InboundPlainMessage<'a>, Error> {
        let (typ, version) = (msg.typ, msg.version);
        let (front, tag) = split_tag(&mut msg.payload)?;
        let (explicit, text) = front
            .split_at_mut_checked(A::EXPLICIT_NONCE)
            .ok_or(Error::DecryptError)?;

        let nonce = if explicit.is_empty() {
            Nonce::new(&self.iv, seq)
        } else {
            let mut nonce = [0; NONCE];
            nonce.copy_from_slice(self.iv.as_ref());
            nonce[NONCE - A::EXPLICIT_NONCE..].copy_from_slice(explicit);
            Nonce(nonce)
        };
        let len = text.len();
        let aad = make_tls12_aad(seq, typ, version, len);
        self.aead
            .open(nonce.0, &aad, text, tag)
            .map_err(|_| Error::DecryptError)?;
        if len > MAX_PLAINTEXT {
            return Err(Error::PeerSentOversizedRecord);
        }
        Ok(msg.into_plain_message_range(A::EXPLICIT_NONCE..A::EXPLICIT_NONCE + len))
    }
}

fn tls12_iv(fixed: &[u8], explicit: &[u8]) -> Iv {
    let mut iv = [0; NONCE];
    for (to, from) in iv.iter_mut().zip(fixed.iter().chain(explicit)) {
        *to = *from;
    }
    Iv::new(iv)
}

fn split_tag(record: &mut [u8]) -> Result<(&mut [u8], [u8; TAG]), Error> {
    let (text, tag) = record.split_last_chunk_mut().ok_or(Error::DecryptError)?;
    Ok((text, *tag))
}
