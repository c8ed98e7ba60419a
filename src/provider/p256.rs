//! P-256: the one place that knows the crate behind it.

use crrl::p256::{Point, PrivateKey, PublicKey, Scalar};
use zeroize::Zeroizing;

/// `Some` if `signature` (fixed-length form) of `digest` is right. `key` is a
/// point (SEC1 section 2.3.3).
pub(crate) fn verify(key: &[u8], digest: &[u8], signature: &[u8; 64]) -> Option<()> {
    PublicKey::decode(key)?
        .verify_hash(signature, digest)
        .then_some(())
}

/// A private key, big-endian. crrl's own keys cannot be wiped, so they live on
/// the stack only.
pub(crate) struct Secret(Zeroizing<[u8; 32]>);

impl Secret {
    /// `None` if `bytes` are not 32, or not a number from 1 to the group's
    /// order (big-endian).
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        PrivateKey::decode(bytes)?;
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    fn key(&self) -> Option<PrivateKey> {
        PrivateKey::decode(&self.0[..])
    }

    /// The uncompressed point.
    pub(crate) fn public(&self) -> Option<[u8; 65]> {
        Some(self.key()?.to_public_key().encode_uncompressed())
    }

    /// A signature in the fixed-length form (RFC 6979).
    pub(crate) fn sign(&self, digest: &[u8]) -> Option<[u8; 64]> {
        Some(self.key()?.sign_hash(digest, &[]))
    }

    /// The shared secret (SEC1 section 3.3.1); `None` if `peer` is not a point
    /// on the curve.
    pub(crate) fn agree(&self, peer: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
        // Decoding checks that the point is on the curve; the group's order is
        // prime.
        let point = Point::decode(peer).filter(|point| point.isneutral() == 0)?;
        let mut little_endian = self.0.clone();
        little_endian.reverse();
        let (scalar, _) = Scalar::decode32(&little_endian[..]);
        let shared = Zeroizing::new((point * scalar).encode_uncompressed());
        shared[1..33].try_into().ok().map(Zeroizing::new)
    }
}
