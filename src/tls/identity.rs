//! Certificates and private keys from what callers have: PEM with any text
//! around, or DER.

use crate::error::Error;
use alloc::format;
use alloc::sync::Arc;
use alloc::vec::Vec;
use rustls::InconsistentKeys;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, TrustAnchor};
use rustls::sign::CertifiedKey;
use sha2::{Digest, Sha256};

/// A root that the caller added.
pub(crate) struct AddedRoot {
    pub(crate) anchor: TrustAnchor<'static>,
    /// Of the certificate, which the anchor is only a part of.
    pub(crate) fingerprint: Fingerprint,
    /// At least as many bytes as the anchor has.
    pub(crate) size: usize,
}

/// The SHA-256 of a certificate's DER.
pub(crate) type Fingerprint = [u8; 32];

pub(crate) fn fingerprint(certificate: &CertificateDer<'_>) -> Fingerprint {
    Sha256::digest(certificate).into()
}

/// The roots in `bytes`: at least one, and every certificate in it is usable
/// as one.
pub(crate) fn added_roots(bytes: &[u8]) -> Result<Vec<AddedRoot>, Error> {
    let certificates = certificates(bytes)?;
    let roots = certificates.iter().enumerate().map(|(index, certificate)| {
        let anchor = webpki::anchor_from_trusted_cert(certificate)
            .map_err(|_| Error::value(format!("certificate {} is damaged", index + 1)))?;
        Ok(AddedRoot {
            anchor: anchor.to_owned(),
            fingerprint: fingerprint(certificate),
            size: certificate.len(),
        })
    });
    roots.collect()
}

/// A chain, own certificate first, and the private key that belongs to it.
pub(crate) fn certified_key(
    chain: &[u8],
    key: &[u8],
    provider: &CryptoProvider,
) -> Result<Arc<CertifiedKey>, Error> {
    let chain = certificates(chain)?;
    let key = private_key(key)?;
    let certified = CertifiedKey::from_der(chain, key, provider).map_err(|error| match error {
        rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
            Error::value("the private key does not belong to the first certificate")
        }
        rustls::Error::General(message) => Error::value(message),
        _ => Error::value("the first certificate is damaged"),
    })?;
    Ok(Arc::new(certified))
}

fn certificates(bytes: &[u8]) -> Result<Vec<CertificateDer<'static>>, Error> {
    if is_der(bytes) {
        return Ok(Vec::from([CertificateDer::from(bytes.to_vec())]));
    }
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(bytes).collect();
    match found {
        Ok(found) if found.is_empty() => Err(Error::value(
            "no certificate found: neither PEM (-----BEGIN CERTIFICATE-----) nor DER",
        )),
        Ok(found) => Ok(found),
        Err(error) => Err(damaged_pem(&error)),
    }
}

fn private_key(bytes: &[u8]) -> Result<PrivateKeyDer<'static>, Error> {
    if is_der(bytes) {
        return PrivateKeyDer::try_from(bytes.to_vec()).map_err(|_| {
            Error::value("the private key is in none of the DER forms PKCS#8, PKCS#1 and SEC1")
        });
    }
    match PrivateKeyDer::from_pem_slice(bytes) {
        Ok(key) => Ok(key),
        Err(pem::Error::NoItemsFound) if contains(bytes, b"-----BEGIN ENCRYPTED PRIVATE KEY") => {
            Err(Error::value(
                "the private key is encrypted, which is not supported",
            ))
        }
        Err(pem::Error::NoItemsFound) => {
            Err(Error::value("no private key found: neither PEM nor DER"))
        }
        Err(error) => Err(damaged_pem(&error)),
    }
}

fn damaged_pem(error: &pem::Error) -> Error {
    let what = match error {
        pem::Error::MissingSectionEnd { .. } => "a section has no end line",
        pem::Error::IllegalSectionStart { .. } => "a section's first line is malformed",
        pem::Error::Base64Decode(_) => "a section is not base64",
        _ => "a section cannot be read",
    };
    Error::value(format!("the PEM text is damaged: {what}"))
}

/// DER certificates and keys are sequences; a PEM text cannot begin with that
/// tag and a long length.
fn is_der(bytes: &[u8]) -> bool {
    matches!(bytes, [0x30, length, ..] if *length >= 0x20) && !contains(bytes, b"-----BEGIN ")
}

fn contains(bytes: &[u8], pattern: &[u8]) -> bool {
    bytes.windows(pattern.len()).any(|window| window == pattern)
}
