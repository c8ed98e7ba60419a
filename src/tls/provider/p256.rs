//! P-256: the one place that knows the crate behind it.

use p256::SecretKey;
use p256::ecdsa::signature::hazmat::{PrehashSigner, PrehashVerifier};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use p256::elliptic_curve::sec1::ToSec1Point;
use zeroize::Zeroizing;

/// `Some` if `signature` (fixed-length form) of `digest` is right. `key` is a point (SEC1 section 2.3.3).
pub(super) fn verify(key: &[u8], digest: &[u8], signature: &[u8; 64]) -> Option<()> {
    let signature = Signature::from_slice(signature).ok()?;
    let key = VerifyingKey::from_sec1_bytes(key).ok()?;
    key.verify_prehash(digest, &signature).ok()
}

/// A private key. It is wiped when dropped.
pub(super) struct Secret(SecretKey);

impl Secret {
    /// `None` if `bytes` are not 32, or not a number from 1 to the group's order (big-endian).
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; 32] = bytes.try_into().ok()?;
        SecretKey::from_bytes(bytes.into()).ok().map(Self)
    }

    /// The uncompressed point.
    pub(super) fn public(&self) -> Option<[u8; 65]> {
        self.0
            .public_key()
            .to_sec1_point(false)
            .as_bytes()
            .try_into()
            .ok()
    }

    /// A signature in the fixed-length form (RFC 6979).
    pub(super) fn sign(&self, digest: &[u8]) -> Option<[u8; 64]> {
        let signature: Signature = SigningKey::from(&self.0).sign_prehash(digest).ok()?;
        Some(signature.to_bytes().into())
    }

    /// The shared secret (SEC1 section 3.3.1); `None` if `peer` is not a point on the curve.
    pub(super) fn agree(&self, peer: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
        let peer = p256::PublicKey::from_sec1_bytes(peer).ok()?;
        let shared = p256::ecdh::diffie_hellman(self.0.to_nonzero_scalar(), peer.as_affine());
        Some(Zeroizing::new((*shared.raw_secret_bytes()).into()))
    }
}
