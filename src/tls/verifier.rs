//! The verifier of server certificates: webpki, with the check of the chain and that of the name apart.

use alloc::vec::Vec;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use spin::Mutex;
use webpki::{EndEntityCert, KeyUsage};

use super::certificate::Finding;

/// Verifies as a context says.
#[derive(Debug)]
pub(super) struct Verifier {
    pub(super) roots: Vec<TrustAnchor<'static>>,
    pub(super) algorithms: WebPkiSupportedAlgorithms,
    /// Whether the chain must lead to a root.
    pub(super) check_chain: bool,
    /// Whether the certificate must be for the host.
    pub(super) check_name: bool,
    /// Without `std`, rustls' errors have no room for what webpki found, so it is kept here until the
    /// session that was being processed fetches it.
    pub(super) finding: Mutex<Option<Finding>>,
}

impl Verifier {
    /// What the last refusal was about.
    pub(super) fn take_finding(&self) -> Option<Finding> {
        self.finding.lock().take()
    }

    fn check(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        host: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), Finding> {
        let certificate = EndEntityCert::try_from(end_entity).map_err(Finding::Path)?;
        if self.check_chain {
            if now.as_secs() == 0 {
                return Err(Finding::ClockNotSet);
            }
            certificate
                .verify_for_usage(
                    self.algorithms.all,
                    &self.roots,
                    intermediates,
                    now,
                    KeyUsage::server_auth(),
                    None,
                    None,
                )
                .map_err(|error| chain_finding(&certificate, error))?;
        }
        if self.check_name {
            certificate
                .verify_is_valid_for_subject_name(host)
                .map_err(Finding::Path)?;
        }
        Ok(())
    }

    /// A wrong signature by a key that is too short is better explained by the key.
    fn note_short_key(&self, certificate: &CertificateDer<'_>, error: &Error) {
        if *error != Error::InvalidCertificate(CertificateError::BadSignature) {
            return;
        }
        if let Some(bits) = rsa_bits(certificate).filter(|bits| *bits < 2048) {
            *self.finding.lock() = Some(Finding::ShortRsaKey(bits));
        }
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match self.check(end_entity, intermediates, server_name, now) {
            Ok(()) => Ok(ServerCertVerified::assertion()),
            Err(finding) => {
                let error = finding.rustls_error();
                *self.finding.lock() = Some(finding);
                Err(error)
            }
        }
    }

    // The handshake's signature is checked even when the chain is not: without it there would be no
    // telling whether the peer has the certificate's key.
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
            .inspect_err(|error| self.note_short_key(certificate, error))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
            .inspect_err(|error| self.note_short_key(certificate, error))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// A self-signed certificate usually is an authority's as well, which webpki finds first; that it is
/// self-signed is what its owner has to hear.
fn chain_finding(certificate: &EndEntityCert<'_>, error: webpki::Error) -> Finding {
    let self_issued = certificate.issuer() == certificate.subject();
    match error {
        webpki::Error::CaUsedAsEndEntity | webpki::Error::UnknownIssuer if self_issued => {
            Finding::SelfSigned
        }
        error => Finding::Path(error),
    }
}

/// The size of the certificate's RSA key; `None` for any other key.
fn rsa_bits(certificate: &CertificateDer<'_>) -> Option<usize> {
    use der::asn1::{AnyRef, BitStringRef, UintRef};
    use der::{Decode, Reader, SliceReader};

    let info = EndEntityCert::try_from(certificate)
        .ok()?
        .subject_public_key_info();
    let mut reader = SliceReader::new(info.as_ref()).ok()?;
    let key = reader.sequence(|seq| {
        AnyRef::decode(seq)?;
        BitStringRef::decode(seq)
    });
    let mut reader = SliceReader::new(key.ok()?.as_bytes()?).ok()?;
    let modulus = reader.sequence(|seq| {
        let modulus = UintRef::decode(seq)?;
        UintRef::decode(seq)?;
        Ok::<_, der::Error>(modulus)
    });
    let modulus = modulus.ok()?;
    let top = modulus.as_bytes().first()?;
    Some(modulus.as_bytes().len() * 8 - top.leading_zeros() as usize)
}
