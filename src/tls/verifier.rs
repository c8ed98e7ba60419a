//! The verifier of server certificates: webpki, with the check of the chain
//! and that of the name apart.

use crate::certificate::Finding;
use crate::identity::{Fingerprint, fingerprint};
use crate::remembered::Remembered;
use crate::settings::Version;
use alloc::vec::Vec;
use core::iter::from_fn;
use core::sync::atomic::{AtomicUsize, Ordering};
use der::asn1::{AnyRef, BitStringRef};
use der::{Decode, Reader, SliceReader, Tag};
use httplib_provider::short_rsa_key;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{
    WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
    verify_tls13_signature_with_raw_key,
};
use rustls::pki_types::{
    CertificateDer, ServerName, SubjectPublicKeyInfoDer, TrustAnchor, UnixTime,
};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use spin::Mutex;
use webpki::{EndEntityCert, KeyUsage, RawPublicKeyEntity, RequiredEkuNotFoundContext};

/// Verifies as a context says.
pub(crate) struct Verifier {
    pub(crate) roots: Vec<TrustAnchor<'static>>,
    /// The certificates of those roots that the caller added.
    pub(crate) added: Vec<Fingerprint>,
    pub(crate) algorithms: WebPkiSupportedAlgorithms,
    pub(crate) remembered: Remembered,
    /// Whether the chain must lead to a root. If it need not, any certificate
    /// will do that has a key.
    pub(crate) check_chain: bool,
    /// Whether the certificate must be for the host.
    pub(crate) check_name: bool,
    /// Without `std`, rustls' errors have no room for what webpki found, so it
    /// is kept here until the session that was being processed fetches it.
    pub(crate) finding: Mutex<Option<Finding>>,
}

/// rustls asks for it; see `explain` for why it says little.
impl core::fmt::Debug for Verifier {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Verifier").finish_non_exhaustive()
    }
}

impl Verifier {
    /// What the last refusal was about.
    pub(crate) fn take_finding(&self) -> Option<Finding> {
        self.finding.lock().take()
    }

    fn check(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        host: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), Finding> {
        if !self.check_chain {
            let damaged = Finding::Path(webpki::Error::BadDer);
            return public_key_info(end_entity).map(drop).ok_or(damaged);
        }
        if now.as_secs() == 0 {
            return Err(Finding::ClockNotSet);
        }
        let certificate = EndEntityCert::try_from(end_entity).map_err(Finding::Path)?;
        self.check_chain(&certificate, intermediates, now)?;
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
        // A certificate that the caller added is trusted by itself, as with
        // OpenSSL: nobody has to vouch for it, and it may be an authority's,
        // since that is what `openssl req -x509` makes for a server. What it
        // says of itself still holds. That is all webpki can look at without
        // roots: the time, then whether it is an authority's, then the use,
        // and it ends at the issuer.
        let added = self.added.contains(&fingerprint(&certificate.der()));
        let (roots, intermediates) = match added {
            true => (&[][..], &[][..]),
            false => (&self.roots[..], intermediates),
        };
        let short_key = AtomicUsize::new(0);
        let algorithms = self.remembered.wrap(self.algorithms.all, &short_key);
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
            // A self-signed certificate usually is an authority's as well,
            // which webpki finds first; its owner has to hear of the former.
            Err(E::UnknownIssuer | E::CaUsedAsEndEntity)
                if certificate.issuer() == certificate.subject() =>
            {
                Err(Finding::SelfIssued)
            }
            // A key that is too short makes every signature a wrong one.
            Err(E::InvalidSignatureForPublicKey) if short_key.load(Ordering::Relaxed) > 0 => {
                Err(Finding::ShortRsaKey(short_key.into_inner()))
            }
            found => found.map_err(Finding::Path),
        }
    }

    /// The handshake's signature is checked even when the certificate is not:
    /// without it there would be no telling whether the peer has its key.
    fn check_signature(
        &self,
        version: Version,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.algorithms;
        if self.check_chain {
            let verify = match version {
                Version::Tls12 => verify_tls12_signature,
                Version::Tls13 => verify_tls13_signature,
            };
            return verify(message, certificate, signed, algorithms)
                .inspect_err(|error| self.note_short_key(certificate, error));
        }
        let info = public_key_info(certificate).ok_or(CertificateError::BadEncoding)?;
        match version {
            Version::Tls12 => check_tls12_signature(message, &info, signed, algorithms),
            Version::Tls13 => {
                verify_tls13_signature_with_raw_key(message, &info, signed, algorithms)
            }
        }
    }

    /// A wrong signature by a key that is too short is better explained by the
    /// key.
    fn note_short_key(&self, certificate: &CertificateDer<'_>, error: &Error) {
        if *error != Error::InvalidCertificate(CertificateError::BadSignature) {
            return;
        }
        let info = public_key_info(certificate);
        if let Some(bits) = info.and_then(|info| short_rsa_key(public_key(&info)?)) {
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

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.check_signature(Version::Tls12, message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.check_signature(Version::Tls13, message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

/// What webpki leaves out for an authority: whether the extended key usage, if
/// there is one, has that of servers (RFC 5280, section 4.2.1.12).
///
/// Only for what webpki could parse and found to be an authority's: so it has
/// extensions, and they are the last field.
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

/// As rustls does it, for a key without a certificate.
fn check_tls12_signature(
    message: &[u8],
    info: &SubjectPublicKeyInfoDer<'_>,
    signed: &DigitallySignedStruct,
    algorithms: &WebPkiSupportedAlgorithms,
) -> Result<HandshakeSignatureValid, Error> {
    let key = RawPublicKeyEntity::try_from(info).map_err(|_| CertificateError::BadEncoding)?;
    let offered = algorithms.mapping.iter();
    let possible = offered.filter(|(scheme, _)| *scheme == signed.scheme);
    for algorithm in possible.flat_map(|(_, algorithms)| *algorithms) {
        use webpki::Error as E;
        match key.verify_signature(*algorithm, message, signed.signature()) {
            Ok(()) => return Ok(HandshakeSignatureValid::assertion()),
            // An algorithm for another kind of key.
            Err(E::UnsupportedSignatureAlgorithmForPublicKeyContext(_)) => {}
            Err(_) => break,
        }
    }
    Err(CertificateError::BadSignature.into())
}

/// The public key of a certificate of any version, with its algorithm.
fn public_key_info<'a>(certificate: &'a CertificateDer<'_>) -> Option<SubjectPublicKeyInfoDer<'a>> {
    let body = first(AnyRef::from_der(certificate).ok()?.value());
    let is_version = |tag: Tag| tag.is_context_specific();
    let mut fields = SliceReader::new(body).ok()?;
    if is_version(Tag::peek(&fields).ok()?) {
        AnyRef::decode(&mut fields).ok()?;
    }
    // Serial number, algorithm, issuer, validity, subject.
    for _ in 0..5 {
        AnyRef::decode(&mut fields).ok()?;
    }
    Some(fields.tlv_bytes().ok()?.into())
}

/// The public key itself.
fn public_key<'a>(info: &'a SubjectPublicKeyInfoDer<'_>) -> Option<&'a [u8]> {
    let mut reader = SliceReader::new(info.as_ref()).ok()?;
    let key = reader.sequence(|fields| {
        AnyRef::decode(fields)?;
        BitStringRef::decode(fields)
    });
    key.ok()?.as_bytes()
}
