//! What the servers show, and what the clients trust.

use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, PKCS_ECDSA_P256_SHA256,
    PKCS_RSA_SHA256, SignatureAlgorithm,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::Result;

/// The kind of the keys of a root and of the leaf under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keys {
    P256,
    Rsa2048,
}

/// A root, and a leaf under it for 127.0.0.1.
pub(crate) struct Chain {
    pub(crate) root: CertificateDer<'static>,
    pub(crate) leaf: CertificateDer<'static>,
    pub(crate) key: PrivateKeyDer<'static>,
}

impl Keys {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::Rsa2048 => "RSA-2048",
        }
    }

    fn algorithm(self) -> &'static SignatureAlgorithm {
        match self {
            Self::P256 => &PKCS_ECDSA_P256_SHA256,
            // rcgen's size, if none is asked for, is 2048.
            Self::Rsa2048 => &PKCS_RSA_SHA256,
        }
    }
}

impl Chain {
    pub(crate) fn new(keys: Keys) -> Result<Self> {
        let root_key = KeyPair::generate_for(keys.algorithm())?;
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let name = format!("{} root", keys.name());
        params.distinguished_name.push(DnType::CommonName, name);
        let root = params.self_signed(&root_key)?;
        let key = KeyPair::generate_for(keys.algorithm())?;
        let leaf = CertificateParams::new(vec!["127.0.0.1".to_owned()])?
            .signed_by(&key, &Issuer::new(params, root_key))?;
        Ok(Self {
            root: root.der().clone(),
            leaf: leaf.der().clone(),
            key: PrivateKeyDer::Pkcs8(key.serialize_der().into()),
        })
    }
}
