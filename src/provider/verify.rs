//! Signature verification for certificates and handshakes.

use crate::ecdsa::fixed_from_der;
use crate::p256;
use core::fmt;
use core::marker::PhantomData;
use der::Decode;
use der::asn1::UintRef;
use p384::ecdsa::signature::hazmat::PrehashVerifier;
use rsa::pkcs1v15::Pkcs1v15Sign;
use rsa::pss::Pss;
use rsa::{BoxedUint, RsaPublicKey};
use rustls::SignatureScheme;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::{
    AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id,
};
use sha2::digest::const_oid::AssociatedOid;
use sha2::digest::{Digest, FixedOutputReset};
use sha2::{Sha256, Sha384, Sha512};

/// What certificates and handshakes may be signed with; nothing weaker than
/// SHA-256 and RSA 2048.
pub(crate) static ALGORITHMS: WebPkiSupportedAlgorithms = WebPkiSupportedAlgorithms {
    all: &[
        P256_SHA256,
        P256_SHA384,
        P256_SHA512,
        P384_SHA256,
        P384_SHA384,
        P384_SHA512,
        P521_SHA256,
        P521_SHA384,
        P521_SHA512,
        ED25519,
        PKCS1_SHA256,
        PKCS1_SHA384,
        PKCS1_SHA512,
        PSS_SHA256,
        PSS_SHA384,
        PSS_SHA512,
    ],
    mapping: &[
        // TLS 1.3 takes the first algorithm alone; TLS 1.2 does not tie the
        // curve to the hash.
        (
            SignatureScheme::ECDSA_NISTP256_SHA256,
            &[P256_SHA256, P384_SHA256, P521_SHA256],
        ),
        (
            SignatureScheme::ECDSA_NISTP384_SHA384,
            &[P384_SHA384, P256_SHA384, P521_SHA384],
        ),
        (
            SignatureScheme::ECDSA_NISTP521_SHA512,
            &[P521_SHA512, P384_SHA512, P256_SHA512],
        ),
        (SignatureScheme::ED25519, &[ED25519]),
        (SignatureScheme::RSA_PSS_SHA256, &[PSS_SHA256]),
        (SignatureScheme::RSA_PSS_SHA384, &[PSS_SHA384]),
        (SignatureScheme::RSA_PSS_SHA512, &[PSS_SHA512]),
        (SignatureScheme::RSA_PKCS1_SHA256, &[PKCS1_SHA256]),
        (SignatureScheme::RSA_PKCS1_SHA384, &[PKCS1_SHA384]),
        (SignatureScheme::RSA_PKCS1_SHA512, &[PKCS1_SHA512]),
    ],
};

/// The same for the handshake of a server whose certificate nobody checks: any
/// RSA key from 512 bits on.
pub static SHORT_KEYS: WebPkiSupportedAlgorithms = WebPkiSupportedAlgorithms {
    all: &[
        P256_SHA256,
        P256_SHA384,
        P256_SHA512,
        P384_SHA256,
        P384_SHA384,
        P384_SHA512,
        P521_SHA256,
        P521_SHA384,
        P521_SHA512,
        ED25519,
        SHORT_PKCS1_SHA256,
        SHORT_PKCS1_SHA384,
        SHORT_PKCS1_SHA512,
        SHORT_PSS_SHA256,
        SHORT_PSS_SHA384,
        SHORT_PSS_SHA512,
    ],
    mapping: &[
        (
            SignatureScheme::ECDSA_NISTP256_SHA256,
            &[P256_SHA256, P384_SHA256, P521_SHA256],
        ),
        (
            SignatureScheme::ECDSA_NISTP384_SHA384,
            &[P384_SHA384, P256_SHA384, P521_SHA384],
        ),
        (
            SignatureScheme::ECDSA_NISTP521_SHA512,
            &[P521_SHA512, P384_SHA512, P256_SHA512],
        ),
        (SignatureScheme::ED25519, &[ED25519]),
        (SignatureScheme::RSA_PSS_SHA256, &[SHORT_PSS_SHA256]),
        (SignatureScheme::RSA_PSS_SHA384, &[SHORT_PSS_SHA384]),
        (SignatureScheme::RSA_PSS_SHA512, &[SHORT_PSS_SHA512]),
        (SignatureScheme::RSA_PKCS1_SHA256, &[SHORT_PKCS1_SHA256]),
        (SignatureScheme::RSA_PKCS1_SHA384, &[SHORT_PKCS1_SHA384]),
        (SignatureScheme::RSA_PKCS1_SHA512, &[SHORT_PKCS1_SHA512]),
    ],
};

/// The size in bits of an RSA key, in PKCS#1, that is too short for a
/// certificate; `None` for any other key.
pub fn short_rsa_key(public_key: &[u8]) -> Option<usize> {
    let key = rsa::pkcs1::RsaPublicKey::<UintRef<'_>>::from_der(public_key).ok()?;
    let modulus = key.modulus.as_bytes();
    let bits = modulus.len() * 8 - modulus.first()?.leading_zeros() as usize;
    (bits < LEAST_BITS).then_some(bits)
}

/// How many bits an RSA key of a certificate has at least: as many bytes as
/// 2048. Some generators left the topmost bits to chance.
const LEAST_BITS: usize = 2041;
/// How many a short one has.
const SHORT_BITS: usize = 512;
/// How many it has at most.
const MOST_BITS: usize = 8192;

type Dyn = &'static dyn SignatureVerificationAlgorithm;

const P256_SHA256: Dyn = &P256_WITH_SHA256;
const P256_SHA384: Dyn = &P256_WITH_SHA384;
const P256_SHA512: Dyn = &P256_WITH_SHA512;
const P384_SHA256: Dyn = &P384_WITH_SHA256;
const P384_SHA384: Dyn = &P384_WITH_SHA384;
const P384_SHA512: Dyn = &P384_WITH_SHA512;
const P521_SHA256: Dyn = &P521_WITH_SHA256;
const P521_SHA384: Dyn = &P521_WITH_SHA384;
const P521_SHA512: Dyn = &P521_WITH_SHA512;
const ED25519: Dyn = &ED25519_PURE;
const PKCS1_SHA256: Dyn = &RSA_PKCS1_SHA256;
const PKCS1_SHA384: Dyn = &RSA_PKCS1_SHA384;
const PKCS1_SHA512: Dyn = &RSA_PKCS1_SHA512;
const PSS_SHA256: Dyn = &RSA_PSS_SHA256;
const PSS_SHA384: Dyn = &RSA_PSS_SHA384;
const PSS_SHA512: Dyn = &RSA_PSS_SHA512;
const SHORT_PKCS1_SHA256: Dyn = &SHORT_RSA_PKCS1_SHA256;
const SHORT_PKCS1_SHA384: Dyn = &SHORT_RSA_PKCS1_SHA384;
const SHORT_PKCS1_SHA512: Dyn = &SHORT_RSA_PKCS1_SHA512;
const SHORT_PSS_SHA256: Dyn = &SHORT_RSA_PSS_SHA256;
const SHORT_PSS_SHA384: Dyn = &SHORT_RSA_PSS_SHA384;
const SHORT_PSS_SHA512: Dyn = &SHORT_RSA_PSS_SHA512;

macro_rules! algorithms {
    ($($name:ident = $check:ty, $key:ident, $signature:ident;)*) => {
        $(static $name: Algorithm<$check> =
            Algorithm { key: alg_id::$key, signature: alg_id::$signature, check: PhantomData };)*
    };
}

algorithms! {
    P256_WITH_SHA256 = P256<Sha256>, ECDSA_P256, ECDSA_SHA256;
    P256_WITH_SHA384 = P256<Sha384>, ECDSA_P256, ECDSA_SHA384;
    P256_WITH_SHA512 = P256<Sha512>, ECDSA_P256, ECDSA_SHA512;
    P384_WITH_SHA256 = P384<Sha256>, ECDSA_P384, ECDSA_SHA256;
    P384_WITH_SHA384 = P384<Sha384>, ECDSA_P384, ECDSA_SHA384;
    P384_WITH_SHA512 = P384<Sha512>, ECDSA_P384, ECDSA_SHA512;
    P521_WITH_SHA256 = P521<Sha256>, ECDSA_P521, ECDSA_SHA256;
    P521_WITH_SHA384 = P521<Sha384>, ECDSA_P521, ECDSA_SHA384;
    P521_WITH_SHA512 = P521<Sha512>, ECDSA_P521, ECDSA_SHA512;
    ED25519_PURE = Ed25519<Sha512>, ED25519, ED25519;
    RSA_PKCS1_SHA256 = Pkcs1<Sha256, LEAST_BITS>, RSA_ENCRYPTION, RSA_PKCS1_SHA256;
    SHORT_RSA_PKCS1_SHA256 = Pkcs1<Sha256, SHORT_BITS>, RSA_ENCRYPTION, RSA_PKCS1_SHA256;
    RSA_PKCS1_SHA384 = Pkcs1<Sha384, LEAST_BITS>, RSA_ENCRYPTION, RSA_PKCS1_SHA384;
    SHORT_RSA_PKCS1_SHA384 = Pkcs1<Sha384, SHORT_BITS>, RSA_ENCRYPTION, RSA_PKCS1_SHA384;
    RSA_PKCS1_SHA512 = Pkcs1<Sha512, LEAST_BITS>, RSA_ENCRYPTION, RSA_PKCS1_SHA512;
    SHORT_RSA_PKCS1_SHA512 = Pkcs1<Sha512, SHORT_BITS>, RSA_ENCRYPTION, RSA_PKCS1_SHA512;
    RSA_PSS_SHA256 = RsaPss<Sha256, LEAST_BITS>, RSA_ENCRYPTION, RSA_PSS_SHA256;
    SHORT_RSA_PSS_SHA256 = RsaPss<Sha256, SHORT_BITS>, RSA_ENCRYPTION, RSA_PSS_SHA256;
    RSA_PSS_SHA384 = RsaPss<Sha384, LEAST_BITS>, RSA_ENCRYPTION, RSA_PSS_SHA384;
    SHORT_RSA_PSS_SHA384 = RsaPss<Sha384, SHORT_BITS>, RSA_ENCRYPTION, RSA_PSS_SHA384;
    RSA_PSS_SHA512 = RsaPss<Sha512, LEAST_BITS>, RSA_ENCRYPTION, RSA_PSS_SHA512;
    SHORT_RSA_PSS_SHA512 = RsaPss<Sha512, SHORT_BITS>, RSA_ENCRYPTION, RSA_PSS_SHA512;
}

struct Algorithm<C> {
    key: AlgorithmIdentifier,
    signature: AlgorithmIdentifier,
    check: PhantomData<fn() -> C>,
}

impl<C> fmt::Debug for Algorithm<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Algorithm").field(&self.signature).finish()
    }
}

impl<C: Check> SignatureVerificationAlgorithm for Algorithm<C> {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        C::check(public_key, message, signature).ok_or(InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.key
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.signature
    }
}

trait Check: 'static {
    /// `Some` if the signature is right, `None` for anything else.
    fn check(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()>;
}

struct P256<D>(PhantomData<D>);

impl<D: Digest + 'static> Check for P256<D> {
    fn check(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
        let signature = fixed_from_der::<64>(signature)?;
        p256::verify(key, &D::digest(message), &signature)
    }
}

struct P384<D>(PhantomData<D>);

impl<D: Digest + 'static> Check for P384<D> {
    fn check(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
        let signature = fixed_from_der::<96>(signature)?;
        let signature = p384::ecdsa::Signature::from_slice(&signature).ok()?;
        p384::ecdsa::VerifyingKey::from_sec1_bytes(key)
            .ok()?
            .verify_prehash(&D::digest(message), &signature)
            .ok()
    }
}

struct P521<D>(PhantomData<D>);

impl<D: Digest + 'static> Check for P521<D> {
    fn check(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
        let signature = fixed_from_der::<132>(signature)?;
        let signature = p521::ecdsa::Signature::from_slice(&signature).ok()?;
        // The crate refuses a hash of less than half the curve's size; leading
        // zeros do not change it.
        let mut hash = [0; 64];
        let digest = D::digest(message);
        hash[64 - digest.len()..].copy_from_slice(&digest);
        p521::ecdsa::VerifyingKey::from_sec1_bytes(key)
            .ok()?
            .verify_prehash(&hash, &signature)
            .ok()
    }
}

struct Ed25519<D>(PhantomData<D>);

impl<D: 'static> Check for Ed25519<D> {
    fn check(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
        let signature = ed25519_dalek::Signature::from_slice(signature).ok()?;
        ed25519_dalek::VerifyingKey::from_bytes(key.try_into().ok()?)
            .ok()?
            .verify_strict(message, &signature)
            .ok()
    }
}

/// With a key of so many bits at least.
struct Pkcs1<D, const LEAST: usize>(PhantomData<D>);

impl<D: Digest + AssociatedOid + 'static, const LEAST: usize> Check for Pkcs1<D, LEAST> {
    fn check(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
        rsa_key(key, LEAST)?
            .verify(Pkcs1v15Sign::new::<D>(), &D::digest(message), signature)
            .ok()
    }
}

/// With a key of so many bits at least.
struct RsaPss<D, const LEAST: usize>(PhantomData<D>);

impl<D: Digest + FixedOutputReset + 'static, const LEAST: usize> Check for RsaPss<D, LEAST> {
    // The salt is as long as the hash (RFC 8446, section 4.2.3).
    fn check(key: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
        rsa_key(key, LEAST)?
            .verify(Pss::<D>::new(), &D::digest(message), signature)
            .ok()
    }
}

fn rsa_key(der: &[u8], least: usize) -> Option<RsaPublicKey> {
    let key = rsa::pkcs1::RsaPublicKey::<UintRef<'_>>::from_der(der).ok()?;
    let number = |digits: &[u8]| {
        let bits = u32::try_from(digits.len() * 8).ok()?;
        BoxedUint::from_be_slice(digits, bits).ok()
    };
    let modulus = number(key.modulus.as_bytes())?;
    let exponent = number(key.public_exponent.as_bytes())?;
    RsaPublicKey::new_with_size_limits(modulus, exponent, least..=MOST_BITS).ok()
}
