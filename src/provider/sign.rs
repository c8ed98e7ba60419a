//! Private keys for client certificates: PKCS#8, PKCS#1 (RSA) and SEC1 (EC).
//!
//! An RSA key is used with blinding (a random factor for each signature), and
//! the big numbers of the `rsa` crate are built to run in constant time. What
//! remains: no WebAssembly engine promises that constant-time code stays so
//! after compilation, and the crate has had no audit of this. A peer that can
//! time very many signatures closely is best met with an EC key.

use crate::ecdsa::der_from_fixed;
use crate::p256;
use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt;
use der::Decode;
use der::oid::ObjectIdentifier;
use ed25519_dalek::Signer as _;
use ed25519_dalek::pkcs8::PrivateKeyInfoRef;
use p384::ecdsa::signature::hazmat::PrehashSigner;
use rsa::RsaPrivateKey;
use rsa::pkcs1::{DecodeRsaPrivateKey, EncodeRsaPublicKey};
use rsa::pkcs1v15::Pkcs1v15Sign;
use rsa::pss::Pss;
use rsa::traits::{PublicKeyParts, SignatureScheme as _};
use rustls::crypto::KeyProvider;
use rustls::pki_types::{AlgorithmIdentifier, PrivateKeyDer, SubjectPublicKeyInfoDer, alg_id};
use rustls::sign::{Signer, SigningKey, public_key_to_spki};
use rustls::{Error, SignatureAlgorithm, SignatureScheme};
use sha2::{Digest, Sha256, Sha384, Sha512};

/// Loads private keys.
#[derive(Debug)]
pub(crate) struct Keys;

impl KeyProvider for Keys {
    fn load_private_key(&self, der: PrivateKeyDer<'static>) -> Result<Arc<dyn SigningKey>, Error> {
        let key = match &der {
            PrivateKeyDer::Pkcs8(key) => pkcs8(key.secret_pkcs8_der())?,
            PrivateKeyDer::Pkcs1(key) => rsa(key.secret_pkcs1_der())?,
            PrivateKeyDer::Sec1(key) => ec(key.secret_sec1_der(), None)?,
            _ => return Err(refused("the form of the private key is not supported")),
        };
        Ok(Arc::new(LoadedKey(Arc::new(key))))
    }
}

const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");

enum Key {
    Rsa(Box<RsaPrivateKey>),
    P256(Box<p256::Secret>),
    P384(Box<p384::ecdsa::SigningKey>),
    Ed25519(Box<ed25519_dalek::SigningKey>),
}

/// RFC 5958.
fn pkcs8(der: &[u8]) -> Result<Key, Error> {
    let info = PrivateKeyInfoRef::try_from(der)
        .map_err(|_| refused("the PKCS#8 private key is damaged"))?;
    match info.algorithm.oid {
        RSA => rsa(info.private_key.as_bytes()),
        EC => ec(
            info.private_key.as_bytes(),
            info.algorithm.parameters_oid().ok(),
        ),
        ED25519 => ed25519_dalek::SigningKey::try_from(info)
            .map(|key| Key::Ed25519(Box::new(key)))
            .map_err(|_| refused("the Ed25519 private key is damaged")),
        _ => Err(refused(
            "the private key is of a kind that is not supported (RSA, P-256, P-384 and Ed25519 are)",
        )),
    }
}

/// RFC 8017, appendix A.1.2.
fn rsa(der: &[u8]) -> Result<Key, Error> {
    let key = RsaPrivateKey::from_pkcs1_der(der).map_err(|_| {
        refused("the RSA private key is damaged, or its numbers do not fit together")
    })?;
    let bits = key.n().bits_vartime() as usize;
    if !(2048..=8192).contains(&bits) {
        return Err(refused(
            "the RSA private key has not between 2048 and 8192 bits",
        ));
    }
    Ok(Key::Rsa(Box::new(key)))
}

/// RFC 5915. The curve may stand in the key itself or, in PKCS#8, around it.
fn ec(der: &[u8], curve: Option<ObjectIdentifier>) -> Result<Key, Error> {
    let damaged = || refused("the EC private key is damaged");
    let key = sec1::EcPrivateKey::from_der(der).map_err(|_| damaged())?;
    let named = key
        .parameters
        .and_then(|parameters| parameters.named_curve());
    match curve.or(named) {
        Some(P256) => p256::Secret::from_bytes(key.private_key)
            .map(|key| Key::P256(Box::new(key)))
            .ok_or_else(damaged),
        Some(P384) => p384::ecdsa::SigningKey::from_slice(key.private_key)
            .map(|key| Key::P384(Box::new(key)))
            .map_err(|_| damaged()),
        Some(_) => Err(refused(
            "the EC private key is on a curve other than P-256 and P-384",
        )),
        None => Err(refused("the EC private key does not name its curve")),
    }
}

fn refused(why: &str) -> Error {
    Error::General(why.to_string())
}

struct LoadedKey(Arc<Key>);

impl SigningKey for LoadedKey {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let scheme = *self
            .0
            .schemes()
            .iter()
            .find(|scheme| offered.contains(scheme))?;
        Some(Box::new(KeySigner {
            key: self.0.clone(),
            scheme,
        }))
    }

    fn public_key(&self) -> Option<SubjectPublicKeyInfoDer<'_>> {
        let (algorithm, key) = self.0.public()?;
        Some(public_key_to_spki(&algorithm, key))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        match &*self.0 {
            Key::Rsa(_) => SignatureAlgorithm::RSA,
            Key::P256(_) | Key::P384(_) => SignatureAlgorithm::ECDSA,
            Key::Ed25519(_) => SignatureAlgorithm::ED25519,
        }
    }
}

struct KeySigner {
    key: Arc<Key>,
    scheme: SignatureScheme,
}

impl Signer for KeySigner {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        self.key
            .sign(self.scheme, message)
            .ok_or_else(|| refused("the private key could not sign"))
    }

    fn scheme(&self) -> SignatureScheme {
        self.scheme
    }
}

impl Key {
    fn schemes(&self) -> &'static [SignatureScheme] {
        match self {
            Self::Rsa(_) => &[
                SignatureScheme::RSA_PSS_SHA256,
                SignatureScheme::RSA_PSS_SHA384,
                SignatureScheme::RSA_PSS_SHA512,
                SignatureScheme::RSA_PKCS1_SHA256,
                SignatureScheme::RSA_PKCS1_SHA384,
                SignatureScheme::RSA_PKCS1_SHA512,
            ],
            Self::P256(_) => &[SignatureScheme::ECDSA_NISTP256_SHA256],
            Self::P384(_) => &[SignatureScheme::ECDSA_NISTP384_SHA384],
            Self::Ed25519(_) => &[SignatureScheme::ED25519],
        }
    }

    /// The public key and what it is, as a certificate has it.
    fn public(&self) -> Option<(AlgorithmIdentifier, Vec<u8>)> {
        Some(match self {
            Self::Rsa(key) => {
                let der = key.to_public_key().to_pkcs1_der().ok()?;
                (alg_id::RSA_ENCRYPTION, der.as_bytes().to_vec())
            }
            Self::P256(key) => (alg_id::ECDSA_P256, key.public()?.to_vec()),
            Self::P384(key) => {
                let point = key.verifying_key().to_sec1_point(false);
                (alg_id::ECDSA_P384, point.as_bytes().to_vec())
            }
            Self::Ed25519(key) => (alg_id::ED25519, key.verifying_key().to_bytes().to_vec()),
        })
    }

    fn sign(&self, scheme: SignatureScheme, message: &[u8]) -> Option<Vec<u8>> {
        match self {
            Self::Rsa(key) => rsa_sign(key, scheme, message),
            Self::P256(key) => der_from_fixed(&key.sign(&Sha256::digest(message))?).ok(),
            Self::P384(key) => {
                let signature: p384::ecdsa::Signature =
                    key.sign_prehash(&Sha384::digest(message)).ok()?;
                der_from_fixed(&signature.to_bytes()).ok()
            }
            Self::Ed25519(key) => Some(key.sign(message).to_vec()),
        }
    }
}

fn rsa_sign(key: &RsaPrivateKey, scheme: SignatureScheme, message: &[u8]) -> Option<Vec<u8>> {
    // With a random number generator both paddings blind the private
    // operation.
    let rng = Some(&mut getrandom::SysRng);
    match scheme {
        SignatureScheme::RSA_PSS_SHA256 => {
            Pss::<Sha256>::new().sign(rng, key, &Sha256::digest(message))
        }
        SignatureScheme::RSA_PSS_SHA384 => {
            Pss::<Sha384>::new().sign(rng, key, &Sha384::digest(message))
        }
        SignatureScheme::RSA_PSS_SHA512 => {
            Pss::<Sha512>::new().sign(rng, key, &Sha512::digest(message))
        }
        SignatureScheme::RSA_PKCS1_SHA256 => {
            Pkcs1v15Sign::new::<Sha256>().sign(rng, key, &Sha256::digest(message))
        }
        SignatureScheme::RSA_PKCS1_SHA384 => {
            Pkcs1v15Sign::new::<Sha384>().sign(rng, key, &Sha384::digest(message))
        }
        SignatureScheme::RSA_PKCS1_SHA512 => {
            Pkcs1v15Sign::new::<Sha512>().sign(rng, key, &Sha512::digest(message))
        }
        _ => return None,
    }
    .ok()
}

impl fmt::Debug for LoadedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LoadedKey")
            .field(&self.algorithm())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for KeySigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeySigner")
            .field("scheme", &self.scheme)
            .finish_non_exhaustive()
    }
}
