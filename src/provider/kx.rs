//! Key exchange groups: X25519MLKEM768, X25519, P-256, P-384.

use alloc::boxed::Box;
use alloc::vec::Vec;
use libcrux_ml_kem::mlkem768;
#[cfg(not(target_family = "wasm"))]
use rustls::crypto::CompletedKeyExchange;
use rustls::crypto::{ActiveKeyExchange, SharedSecret, SupportedKxGroup};
use rustls::{Error, NamedGroup, PeerMisbehaved, ProtocolVersion};
use zeroize::Zeroizing;

use super::{p256, random};

pub(crate) static ALL: [&dyn SupportedKxGroup; 4] = [&X25519MlKem768, &X25519, &P256, &P384];

const BAD_SHARE: Error = Error::PeerMisbehaved(PeerMisbehaved::InvalidKeyShare);

/// X25519 (RFC 7748).
#[derive(Debug)]
struct X25519;

pub(crate) struct X25519Share {
    pub(crate) secret: x25519_dalek::StaticSecret,
    pub(crate) public: x25519_dalek::PublicKey,
}

impl X25519Share {
    pub(crate) fn new() -> Result<Self, Error> {
        let secret = x25519_dalek::StaticSecret::from(*random::secret::<32>()?);
        let public = x25519_dalek::PublicKey::from(&secret);
        Ok(Self { secret, public })
    }

    fn agree(&self, peer: &[u8]) -> Result<x25519_dalek::SharedSecret, Error> {
        let peer: [u8; 32] = peer.try_into().map_err(|_| BAD_SHARE)?;
        let shared = self.secret.diffie_hellman(&peer.into());
        // RFC 8446, section 7.4.2: an all-zero result is refused.
        if shared.was_contributory() {
            Ok(shared)
        } else {
            Err(BAD_SHARE)
        }
    }
}

impl SupportedKxGroup for X25519 {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        Ok(Box::new(X25519Share::new()?))
    }

    fn name(&self) -> NamedGroup {
        NamedGroup::X25519
    }
}

impl ActiveKeyExchange for X25519Share {
    fn complete(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, Error> {
        Ok(SharedSecret::from(&self.agree(peer)?.as_bytes()[..]))
    }

    fn pub_key(&self) -> &[u8] {
        self.public.as_bytes()
    }

    fn group(&self) -> NamedGroup {
        NamedGroup::X25519
    }
}

/// X25519MLKEM768 (draft-ietf-tls-ecdhe-mlkem): in shares and secrets
/// ML-KEM-768 comes first.
///
/// Its client share also serves as a share for X25519 alone.
#[derive(Debug)]
pub(crate) struct X25519MlKem768;

#[cfg(not(target_family = "wasm"))]
const KEM_PUBLIC: usize = 1184;
const KEM_PRIVATE: usize = 2400;
const KEM_CIPHERTEXT: usize = 1088;

pub(crate) struct HybridShare {
    classical: X25519Share,
    /// libcrux does not wipe its keys, so the key is kept as bytes.
    decapsulation: Zeroizing<[u8; KEM_PRIVATE]>,
    public: Vec<u8>,
}

impl HybridShare {
    /// The keys that ML-KEM makes of a seed (FIPS 203, section 7.1), beside
    /// these.
    pub(crate) fn new(classical: X25519Share, seed: &[u8; 64]) -> Self {
        let pair = mlkem768::generate_key_pair(*seed);
        Self {
            decapsulation: Zeroizing::new(*pair.sk()),
            public: [&pair.pk()[..], classical.public.as_bytes()].concat(),
            classical,
        }
    }
}

impl SupportedKxGroup for X25519MlKem768 {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        let seed = random::secret::<64>()?;
        Ok(Box::new(HybridShare::new(X25519Share::new()?, &seed)))
    }

    // A server's part. The component is a client, and would carry 100 KB for
    // it.
    #[cfg(not(target_family = "wasm"))]
    fn start_and_complete(&self, client: &[u8]) -> Result<CompletedKeyExchange, Error> {
        let (kem, point) = client.split_first_chunk::<KEM_PUBLIC>().ok_or(BAD_SHARE)?;
        let classical = X25519Share::new()?;
        let agreed = classical.agree(point)?;
        let key = mlkem768::MlKem768PublicKey::from(kem);
        if !mlkem768::validate_public_key(&key) {
            return Err(BAD_SHARE);
        }
        let (ciphertext, encapsulated) = mlkem768::encapsulate(&key, *random::secret::<32>()?);
        Ok(CompletedKeyExchange {
            group: self.name(),
            pub_key: [ciphertext.as_ref(), classical.public.as_bytes()].concat(),
            secret: SharedSecret::from([&encapsulated[..], agreed.as_bytes()].concat()),
        })
    }

    fn name(&self) -> NamedGroup {
        NamedGroup::X25519MLKEM768
    }

    fn usable_for_version(&self, version: ProtocolVersion) -> bool {
        version == ProtocolVersion::TLSv1_3
    }
}

impl ActiveKeyExchange for HybridShare {
    fn complete(self: Box<Self>, server: &[u8]) -> Result<SharedSecret, Error> {
        let (kem, point) = server
            .split_first_chunk::<KEM_CIPHERTEXT>()
            .ok_or(BAD_SHARE)?;
        let agreed = self.classical.agree(point)?;
        let key = mlkem768::MlKem768PrivateKey::from(&*self.decapsulation);
        let decapsulated = Zeroizing::new(mlkem768::decapsulate(&key, &kem.into()));
        Ok(SharedSecret::from(
            [&decapsulated[..], agreed.as_bytes()].concat(),
        ))
    }

    fn hybrid_component(&self) -> Option<(NamedGroup, &[u8])> {
        Some((NamedGroup::X25519, self.classical.public.as_bytes()))
    }

    fn complete_hybrid_component(self: Box<Self>, server: &[u8]) -> Result<SharedSecret, Error> {
        Ok(SharedSecret::from(
            &self.classical.agree(server)?.as_bytes()[..],
        ))
    }

    fn pub_key(&self) -> &[u8] {
        &self.public
    }

    fn group(&self) -> NamedGroup {
        NamedGroup::X25519MLKEM768
    }
}

/// The first byte of an uncompressed point, the only form TLS 1.3 allows (RFC
/// 8446, section 4.2.8.2).
const UNCOMPRESSED: u8 = 4;

/// secp256r1 (RFC 8446, section 4.2.8.2).
#[derive(Debug)]
struct P256;

pub(crate) struct P256Share {
    pub(crate) secret: p256::Secret,
    pub(crate) public: [u8; 65],
}

impl SupportedKxGroup for P256 {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        loop {
            // Zero and numbers beyond the group's order are drawn again: one
            // try in 2^32.
            if let Some(secret) = p256::Secret::from_bytes(&random::secret::<32>()?[..]) {
                let public = secret.public().ok_or(BAD_SHARE)?;
                return Ok(Box::new(P256Share { secret, public }));
            }
        }
    }

    fn name(&self) -> NamedGroup {
        NamedGroup::secp256r1
    }
}

impl ActiveKeyExchange for P256Share {
    fn complete(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, Error> {
        if peer.first() != Some(&UNCOMPRESSED) {
            return Err(BAD_SHARE);
        }
        let shared = self.secret.agree(peer).ok_or(BAD_SHARE)?;
        Ok(SharedSecret::from(&shared[..]))
    }

    fn pub_key(&self) -> &[u8] {
        &self.public
    }

    fn group(&self) -> NamedGroup {
        NamedGroup::secp256r1
    }
}

/// secp384r1 (RFC 8446, section 4.2.8.2).
#[derive(Debug)]
struct P384;

pub(crate) struct P384Share {
    pub(crate) secret: p384::SecretKey,
    pub(crate) public: Box<[u8]>,
}

impl SupportedKxGroup for P384 {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        loop {
            if let Ok(secret) = p384::SecretKey::from_slice(&random::secret::<48>()?[..]) {
                let public = secret.public_key().to_sec1_bytes();
                return Ok(Box::new(P384Share { secret, public }));
            }
        }
    }

    fn name(&self) -> NamedGroup {
        NamedGroup::secp384r1
    }
}

impl ActiveKeyExchange for P384Share {
    fn complete(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, Error> {
        if peer.first() != Some(&UNCOMPRESSED) {
            return Err(BAD_SHARE);
        }
        let peer = p384::PublicKey::from_sec1_bytes(peer).map_err(|_| BAD_SHARE)?;
        let shared = p384::ecdh::diffie_hellman(self.secret.to_nonzero_scalar(), peer.as_affine());
        Ok(SharedSecret::from(&shared.raw_secret_bytes()[..]))
    }

    fn pub_key(&self) -> &[u8] {
        &self.public
    }

    fn group(&self) -> NamedGroup {
        NamedGroup::secp384r1
    }
}
