//! The cipher suites, in order of preference.

use crate::hash::{HMAC_SHA256, HMAC_SHA384, SHA256, SHA384};
use crate::records::{AES_128_GCM, AES_256_GCM, CHACHA20_POLY1305};
use rustls::crypto::tls12::PrfUsingHmac;
use rustls::crypto::tls13::HkdfUsingHmac;
use rustls::crypto::{CipherSuiteCommon, KeyExchangeAlgorithm, hash};
use rustls::{
    CipherSuite, SignatureScheme, SupportedCipherSuite, Tls12CipherSuite, Tls13CipherSuite,
};

pub(crate) static ALL: [SupportedCipherSuite; 9] = [
    SupportedCipherSuite::Tls13(&TLS13_CHACHA20),
    SupportedCipherSuite::Tls13(&TLS13_AES_128),
    SupportedCipherSuite::Tls13(&TLS13_AES_256),
    SupportedCipherSuite::Tls12(&ECDSA_CHACHA20),
    SupportedCipherSuite::Tls12(&RSA_CHACHA20),
    SupportedCipherSuite::Tls12(&ECDSA_AES_128),
    SupportedCipherSuite::Tls12(&RSA_AES_128),
    SupportedCipherSuite::Tls12(&ECDSA_AES_256),
    SupportedCipherSuite::Tls12(&RSA_AES_256),
];

/// How many records one AES-GCM key may protect (draft-irtf-cfrg-aead-limits,
/// section 5.1.1).
const GCM_LIMIT: u64 = 1 << 24;
/// ChaCha20-Poly1305 needs no limit (section 5.2.1 there).
const NO_LIMIT: u64 = u64::MAX;

const fn common(
    suite: CipherSuite,
    hash_provider: &'static dyn hash::Hash,
    confidentiality_limit: u64,
) -> CipherSuiteCommon {
    CipherSuiteCommon {
        suite,
        hash_provider,
        confidentiality_limit,
    }
}

static TLS13_CHACHA20: Tls13CipherSuite = Tls13CipherSuite {
    common: common(
        CipherSuite::TLS13_CHACHA20_POLY1305_SHA256,
        &SHA256,
        NO_LIMIT,
    ),
    hkdf_provider: &HkdfUsingHmac(&HMAC_SHA256),
    aead_alg: &CHACHA20_POLY1305,
    quic: None,
};

static TLS13_AES_128: Tls13CipherSuite = Tls13CipherSuite {
    common: common(CipherSuite::TLS13_AES_128_GCM_SHA256, &SHA256, GCM_LIMIT),
    hkdf_provider: &HkdfUsingHmac(&HMAC_SHA256),
    aead_alg: &AES_128_GCM,
    quic: None,
};

static TLS13_AES_256: Tls13CipherSuite = Tls13CipherSuite {
    common: common(CipherSuite::TLS13_AES_256_GCM_SHA384, &SHA384, GCM_LIMIT),
    hkdf_provider: &HkdfUsingHmac(&HMAC_SHA384),
    aead_alg: &AES_256_GCM,
    quic: None,
};

const ECDSA: &[SignatureScheme] = &[
    SignatureScheme::ED25519,
    SignatureScheme::ECDSA_NISTP256_SHA256,
    SignatureScheme::ECDSA_NISTP384_SHA384,
    SignatureScheme::ECDSA_NISTP521_SHA512,
];

const RSA: &[SignatureScheme] = &[
    SignatureScheme::RSA_PSS_SHA256,
    SignatureScheme::RSA_PSS_SHA384,
    SignatureScheme::RSA_PSS_SHA512,
    SignatureScheme::RSA_PKCS1_SHA256,
    SignatureScheme::RSA_PKCS1_SHA384,
    SignatureScheme::RSA_PKCS1_SHA512,
];

macro_rules! tls12 {
    ($name:ident, $suite:ident, $sign:ident, $aead:ident, $hash:ident, $hmac:ident, $limit:ident) => {
        static $name: Tls12CipherSuite = Tls12CipherSuite {
            common: common(CipherSuite::$suite, &$hash, $limit),
            prf_provider: &PrfUsingHmac(&$hmac),
            kx: KeyExchangeAlgorithm::ECDHE,
            sign: $sign,
            aead_alg: &$aead,
        };
    };
}

tls12!(
    ECDSA_CHACHA20,
    TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    ECDSA,
    CHACHA20_POLY1305,
    SHA256,
    HMAC_SHA256,
    NO_LIMIT
);
tls12!(
    RSA_CHACHA20,
    TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    RSA,
    CHACHA20_POLY1305,
    SHA256,
    HMAC_SHA256,
    NO_LIMIT
);
tls12!(
    ECDSA_AES_128,
    TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    ECDSA,
    AES_128_GCM,
    SHA256,
    HMAC_SHA256,
    GCM_LIMIT
);
tls12!(
    RSA_AES_128,
    TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    RSA,
    AES_128_GCM,
    SHA256,
    HMAC_SHA256,
    GCM_LIMIT
);
tls12!(
    ECDSA_AES_256,
    TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    ECDSA,
    AES_256_GCM,
    SHA384,
    HMAC_SHA384,
    GCM_LIMIT
);
tls12!(
    RSA_AES_256,
    TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    RSA,
    AES_256_GCM,
    SHA384,
    HMAC_SHA384,
    GCM_LIMIT
);
