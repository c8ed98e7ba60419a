//! The kinds of keys that certificates have.

use std::sync::OnceLock;

use rcgen::{
    CertificateParams, DnType, KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384,
    PKCS_ED25519, PKCS_RSA_SHA256, RsaKeySize,
};

use crate::servers::certificates::{Identity, authority};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyKind {
    Rsa2048,
    Rsa3072,
    Rsa4096,
    P256,
    P384,
    Ed25519,
}

impl KeyKind {
    pub(super) const ALL: [Self; 6] = [
        Self::Rsa2048,
        Self::Rsa3072,
        Self::Rsa4096,
        Self::P256,
        Self::P384,
        Self::Ed25519,
    ];

    pub(super) fn is_rsa(self) -> bool {
        matches!(self, Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096)
    }

    /// The same key at every call, because an RSA key takes its time.
    pub(super) fn key(self) -> &'static KeyPair {
        static KEYS: [OnceLock<KeyPair>; KeyKind::ALL.len()] =
            [const { OnceLock::new() }; KeyKind::ALL.len()];
        KEYS[self as usize].get_or_init(|| {
            match self {
                Self::Rsa2048 => rsa(RsaKeySize::_2048),
                Self::Rsa3072 => rsa(RsaKeySize::_3072),
                Self::Rsa4096 => rsa(RsaKeySize::_4096),
                Self::P256 => KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256),
                Self::P384 => KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384),
                Self::Ed25519 => ed25519(),
            }
            .unwrap()
        })
    }

    /// A certificate for this machine, whose subject is the kind of its key.
    pub(super) fn identity(self) -> Identity {
        let mut params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
        let name = format!("{self:?}");
        params.distinguished_name.push(DnType::CommonName, name);
        authority().issue_for(self.key(), params)
    }
}

fn rsa(size: RsaKeySize) -> Result<KeyPair, rcgen::Error> {
    KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, size)
}

/// In version 1 of PKCS#8: OpenSSL reads none with the public key beside the
/// private one (RFC 5958, section 2).
fn ed25519() -> Result<KeyPair, rcgen::Error> {
    let version2 = KeyPair::generate_for(&PKCS_ED25519)?.serialize_der();
    let algorithm_and_private_key = &version2[5..48];
    KeyPair::try_from([&[0x30, 46, 2, 1, 0], algorithm_and_private_key].concat())
}
