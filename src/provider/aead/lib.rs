//! The AEADs of TLS behind one door.
//!
//! They are a crate of their own because their generic code is compiled where
//! it is used: here for speed, everything around them for size.

#![cfg_attr(target_family = "wasm", no_std)]

extern crate alloc;

pub use aes_gcm::{Aes128Gcm, Aes256Gcm};

use aes_gcm::{AeadInOut, KeyInit};
use zeroize::Zeroizing;

/// The length of every tag here.
pub const TAG: usize = 16;
/// The length of every nonce here.
pub const NONCE: usize = 12;

/// The text could not be encrypted, or what was to be decrypted is not
/// authentic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failed;

/// An AEAD with a key.
pub trait Aead: Send + Sync + Sized + 'static {
    /// The length of a key.
    const KEY: usize;
    /// How many bytes of the nonce a TLS 1.2 record carries (RFC 5288, RFC
    /// 7905).
    const EXPLICIT_NONCE: usize;

    /// `key` has `KEY` bytes.
    fn new(key: &[u8]) -> Self;

    /// Encrypts `text` in place and returns the tag.
    ///
    /// # Errors
    /// If the text is too long.
    fn seal(&self, nonce: [u8; NONCE], aad: &[u8], text: &mut [u8]) -> Result<[u8; TAG], Failed>;

    /// Decrypts `text` in place if the tag is right.
    ///
    /// # Errors
    /// If it is not.
    fn open(
        &self,
        nonce: [u8; NONCE],
        aad: &[u8],
        text: &mut [u8],
        tag: [u8; TAG],
    ) -> Result<(), Failed>;
}

/// ChaCha20-Poly1305 (RFC 8439).
pub struct ChaCha20Poly1305(Zeroizing<[u8; 32]>);

impl Aead for ChaCha20Poly1305 {
    const KEY: usize = 32;
    const EXPLICIT_NONCE: usize = 0;

    fn new(key: &[u8]) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        bytes.copy_from_slice(key);
        Self(bytes)
    }

    // libcrux works from one buffer into another. The copy costs a fiftieth of
    // the encryption; wiping it byte by byte would cost half of it, and it is
    // no key: whoever sends it has it too.
    fn seal(&self, nonce: [u8; NONCE], aad: &[u8], text: &mut [u8]) -> Result<[u8; TAG], Failed> {
        let plain = text.to_vec();
        let mut tag = [0; TAG];
        libcrux_chacha20poly1305::encrypt_detached(&self.0, &plain, text, &mut tag, aad, &nonce)
            .map_err(|_| Failed)?;
        Ok(tag)
    }

    fn open(
        &self,
        nonce: [u8; NONCE],
        aad: &[u8],
        text: &mut [u8],
        tag: [u8; TAG],
    ) -> Result<(), Failed> {
        let cipher = text.to_vec();
        libcrux_chacha20poly1305::decrypt_detached(&self.0, text, &cipher, &tag, aad, &nonce)
            .map_err(|_| Failed)?;
        Ok(())
    }
}

/// AES-GCM (RFC 5116).
macro_rules! aes_gcm {
    ($cipher:ty, $key:literal) => {
        impl Aead for $cipher {
            const KEY: usize = $key;
            const EXPLICIT_NONCE: usize = 8;

            fn new(key: &[u8]) -> Self {
                let mut bytes = Zeroizing::new([0; $key]);
                bytes.copy_from_slice(key);
                <$cipher as KeyInit>::new((&*bytes).into())
            }

            fn seal(
                &self,
                nonce: [u8; NONCE],
                aad: &[u8],
                text: &mut [u8],
            ) -> Result<[u8; TAG], Failed> {
                self.encrypt_inout_detached(&nonce.into(), aad, text.into())
                    .map(Into::into)
                    .map_err(|_| Failed)
            }

            fn open(
                &self,
                nonce: [u8; NONCE],
                aad: &[u8],
                text: &mut [u8],
                tag: [u8; TAG],
            ) -> Result<(), Failed> {
                self.decrypt_inout_detached(&nonce.into(), aad, text.into(), &tag.into())
                    .map_err(|_| Failed)
            }
        }
    };
}

aes_gcm!(Aes128Gcm, 16);
aes_gcm!(Aes256Gcm, 32);
