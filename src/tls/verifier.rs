//! The verifier of server certificates: webpki, with the check of the chain and that of the name apart.

use alloc::vec::Vec;
use core::iter::from_fn;

use der::asn1::{AnyRef, BitStringRef, UintRef};
use der::{Decode, Reader, SliceReader};
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use spin::Mutex;
use webpki::{EndEntityCert, KeyUsage, RequiredEkuNotFoundContext};

use super::certificate::Finding;
use super::identity::{Fingerprint, fingerprint};
use super::remembered::Remembered;

/// Verifies as a context says.
pub(super) struct Verifier {
    pub(super) roots: Vec<TrustAnchor<'static>>,
    /// The certificates of those roots that the caller added.
    pub(super) added: Vec<Fingerprint>,
    pub(super) algorithms: WebPkiSupportedAlgorithms,
    pub(super) remembered: Remembered,
    /// Whether the chain must lead to a root.
    pub(super) check_chain: bool,
    /// Whether the certificate must be for the host.
    pub(super) check_name: bool,
    /// Without `std`, rustls' errors have no room for what webpki found, so it is kept here until the
    /// session that was being processed fetches it.
    pub(super) finding: Mutex<Option<Finding>>,
}

/// rustls asks for it; see `explain` for why it says little.
impl core::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Verifier").finish_non_exhaustive()
    }
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
            self.check_chain(&certificate, intermediates, now)?;
        }
        if self.check_name {
            certificate
                .verify_is_valid_for_subject_name(host)
                .map_err(Finding::Path)?;
        }
        Ok(())
    }

    fn check_chain(
        &self,
        certificate: &EndEntityCert<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), Finding> {
        use webpki::Error as E;
        // A certificate that the caller added is trusted by itself, as with OpenSSL: nobody has to
        // vouch for it, and it may be an authority's, since that is what `openssl req -x509` makes for
        // a server. What it says of itself still holds. That is all webpki can look at without roots:
        // the time, then whether it is an authority's, then the use, and it ends at the issuer.
        let added = self.added.contains(&fingerprint(&certificate.der()));
        let (roots, intermediates) = match added {
            true => (&[][..], &[][..]),
            false => (&self.roots[..], intermediates),
        };
        let algorithms = self.remembered.wrap(self.algorithms.all);
        let algorithms: Vec<_> = algorithms.iter().map(|each| each as _).collect();
        let found = certificate.verify_for_usage(
            &algorithms,
            roots,
            intermediates,
            now,
            KeyUsage::server_auth(),
            None,
            None,
        );
        match found.map(|_| ()) {
            Err(E::UnknownIssuer) if added => Ok(()),
            Err(E::CaUsedAsEndEntity) if added => check_authority_use(&certificate.der()),
            // A self-signed certificate usually is an authority's as well, which webpki finds first;
            // its owner has to hear of the former.
            Err(E::UnknownIssuer | E::CaUsedAsEndEntity)
                if certificate.issuer() == certificate.subject() =>
            {
                Err(Finding::SelfIssued)
            }
            found => found.map_err(Finding::Path),
        }
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

/// What webpki leaves out for an authority: whether the extended key usage, if there is one, has that
/// of servers (RFC 5280 section 4.2.1.12).
///
/// Only for what webpki could parse and found to be an authority's: so it has extensions, and they are
/// the last field.
fn check_authority_use(certificate: &[u8]) -> Result<(), Finding> {
    const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x25];
    const SERVER_AUTH: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 1];
    let body = first(first(certificate));
    let extensions = first(elements(body).last().unwrap_or_default());
    let usable = elements(extensions)
        .filter(|extension| first(extension) == EXTENDED_KEY_USAGE)
        .filter_map(|extension| elements(extension).last())
        .all(|purposes| elements(first(purposes)).any(|purpose| purpose == SERVER_AUTH));
    if usable {
        return Ok(());
    }
    Err(Finding::Path(webpki::Error::RequiredEkuNotFoundContext(
        RequiredEkuNotFoundContext {
            required: KeyUsage::server_auth(),
            present: Vec::new(),
        },
    )))
}

/// The contents of the first of the DER values in `bytes`.
fn first(bytes: &[u8]) -> &[u8] {
    elements(bytes).next().unwrap_or_default()
}

/// The contents of the DER values in `bytes`, one after the other.
fn elements(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut reader = SliceReader::new(bytes).ok();
    from_fn(move || Some(AnyRef::decode(reader.as_mut()?).ok()?.value()))
}

/// The size of the certificate's RSA key; `None` for any other key.
fn rsa_bits(certificate: &CertificateDer<'_>) -> Option<usize> {
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
