//! From the findings of the certificate verifier to errors.

use crate::error::{CertificateReason as Reason, Error};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use rustls::CertificateError;
use rustls::pki_types::UnixTime;

/// Why a chain was refused: what webpki found, and what it does not look at.
#[derive(Clone, Debug)]
pub(crate) enum Finding {
    /// The clock stands at zero.
    ClockNotSet,
    /// The certificate has its subject as its issuer, and the caller did not
    /// add it.
    SelfIssued,
    /// An RSA key has so few bits: the server's, or an authority's.
    ShortRsaKey(usize),
    /// What webpki says.
    Path(webpki::Error),
}

impl Finding {
    pub(crate) fn error(self) -> Error {
        let error = match self {
            Self::Path(error) => error,
            Self::ClockNotSet => {
                return Error::certificate(
                    Reason::ClockNotSet,
                    "the certificate cannot be checked because the clock is not set",
                );
            }
            Self::SelfIssued => {
                return Error::certificate(
                    Reason::UnknownIssuer,
                    "the certificate names itself as its issuer, as a self-signed one does, and was not added to the trusted roots",
                );
            }
            Self::ShortRsaKey(bits) => {
                return Error::certificate(
                    Reason::WeakAlgorithm,
                    format!(
                        "a certificate's RSA key has {bits} bits, and at least 2048 are needed"
                    ),
                );
            }
        };
        let (reason, message) = explain(error);
        Error::certificate(reason, message)
    }

    /// The form in which rustls picks the alert for the peer.
    pub(crate) fn rustls_error(&self) -> rustls::Error {
        use webpki::Error as E;
        let error = match self {
            Self::Path(error) => error,
            Self::ShortRsaKey(_) => return CertificateError::BadSignature.into(),
            Self::ClockNotSet | Self::SelfIssued => {
                return CertificateError::UnknownIssuer.into();
            }
        };
        match error {
            E::CertExpired { .. } | E::CertNotValidYet { .. } => CertificateError::Expired,
            E::CertRevoked => CertificateError::Revoked,
            E::UnknownIssuer | E::CertDistrusted => CertificateError::UnknownIssuer,
            E::InvalidSignatureForPublicKey
            | E::UnsupportedSignatureAlgorithmContext(_)
            | E::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => {
                CertificateError::BadSignature
            }
            E::RequiredEkuNotFoundContext(_) => CertificateError::InvalidPurpose,
            _ => CertificateError::BadEncoding,
        }
        .into()
    }
}

fn explain(error: webpki::Error) -> (Reason, String) {
    use webpki::Error as E;
    let (reason, message) = match error {
        E::CertExpired { time, not_after } => return expired(time, not_after),
        E::CertNotValidYet { time, not_before } => return not_yet_valid(time, not_before),
        E::CertNotValidForName(context) => return name_mismatch(&context.presented),
        E::UnknownIssuer => (
            Reason::UnknownIssuer,
            "the certificate's issuer is unknown: neither a trusted root nor among the certificates that the server sent",
        ),
        E::CertDistrusted => (Reason::Revoked, "a certificate in the chain is distrusted"),
        E::CertRevoked => (Reason::Revoked, "a certificate in the chain was revoked"),
        E::InvalidSignatureForPublicKey | E::SignatureAlgorithmMismatch => (
            Reason::BadSignature,
            "a signature in the certificate chain is wrong",
        ),
        E::UnsupportedSignatureAlgorithmContext(_)
        | E::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => (
            Reason::WeakAlgorithm,
            "a certificate in the chain is signed with an algorithm that is too weak or not supported (SHA-1, for example)",
        ),
        E::RequiredEkuNotFoundContext(_) | E::EmptyEkuExtension => (
            Reason::NotForServers,
            "a certificate in the chain does not allow use by a server (extended key usage)",
        ),
        E::NameConstraintViolation => (
            Reason::ConstraintViolated,
            "the certificate has a name that its issuer may not certify (name constraints)",
        ),
        E::PathLenConstraintViolated => (
            Reason::ConstraintViolated,
            "the chain is longer than one of its authorities allows (path length)",
        ),
        E::EndEntityUsedAsCa => (
            Reason::ConstraintViolated,
            "the certificate was issued by one that is no authority",
        ),
        E::CaUsedAsEndEntity => (
            Reason::ConstraintViolated,
            "the server's certificate is that of an authority, which no server may use unless it was itself added to the trusted roots",
        ),
        E::MaximumNameConstraintComparisonsExceeded
        | E::MaximumPathBuildCallsExceeded
        | E::MaximumPathDepthExceeded
        | E::MaximumSignatureChecksExceeded => (
            Reason::ConstraintViolated,
            "the certificate chain is too long or too tangled to check",
        ),
        E::InvalidCertValidity => (
            Reason::Other,
            "a certificate in the chain ends before it begins",
        ),
        E::UnsupportedCertVersion => (
            Reason::Other,
            "a certificate in the chain is not of version 3",
        ),
        E::UnsupportedCriticalExtension => (
            Reason::Other,
            "a certificate in the chain has a critical extension that is not supported",
        ),
        _ => (Reason::Other, "a certificate in the chain is damaged"),
    };
    (reason, message.to_string())
}

/// What rustls itself says of a certificate: of its encoding, and of the
/// handshake's signature.
pub(crate) fn from_rustls(error: &CertificateError) -> Error {
    use CertificateError as E;
    let (reason, message) = match error {
        E::BadSignature => (
            Reason::BadSignature,
            "the server's signature in the handshake does not match its certificate".to_string(),
        ),
        E::UnsupportedSignatureAlgorithmContext { .. }
        | E::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => (
            Reason::WeakAlgorithm,
            "the server's key is of a kind that is not supported, or does not fit its signature"
                .to_string(),
        ),
        E::BadEncoding => (
            Reason::Other,
            "the server's certificate is damaged".to_string(),
        ),
        _ => (
            Reason::Other,
            "the server's certificate was refused".to_string(),
        ),
    };
    Error::certificate(reason, message)
}

fn expired(time: UnixTime, not_after: UnixTime) -> (Reason, String) {
    let (now, end) = (date(time.as_secs()), date(not_after.as_secs()));
    let message = format!("a certificate in the chain expired at {end} (the clock says {now})");
    (Reason::Expired, message)
}

fn not_yet_valid(time: UnixTime, not_before: UnixTime) -> (Reason, String) {
    let (now, start) = (date(time.as_secs()), date(not_before.as_secs()));
    let message =
        format!("a certificate in the chain is not valid before {start} (the clock says {now})");
    (Reason::NotYetValid, message)
}

/// How many names of a certificate are told, and how many characters of each:
/// a certificate can have thousands, of any length.
const NAMES: usize = 8;
const NAME_LENGTH: usize = 100;

fn name_mismatch(presented: &[String]) -> (Reason, String) {
    let mut names = presented.iter().filter_map(|name| plain_name(name));
    let told: Vec<String> = names.by_ref().take(NAMES).collect();
    let message = match (told.is_empty(), names.count()) {
        (true, _) => "the certificate is not valid for any host name or address (its common name does not count)".to_string(),
        (_, 0) => format!("the certificate is for other names: {}", told.join(", ")),
        (_, more) => format!("the certificate is for other names: {}, and {more} more", told.join(", ")),
    };
    (Reason::NameMismatch, message)
}

/// webpki writes `DnsName("a.example")` and `IpAddress(192.0.2.1)`.
fn plain_name(presented: &str) -> Option<String> {
    let inner = presented
        .strip_prefix("DnsName(")
        .or_else(|| presented.strip_prefix("IpAddress("))?
        .strip_suffix(')')?
        .trim_matches('"');
    Some(match inner.char_indices().nth(NAME_LENGTH) {
        Some((end, _)) => format!("{}…", &inner[..end]),
        None => inner.to_string(),
    })
}

/// RFC 3339, in the proleptic Gregorian calendar. A year is counted from
/// March, so that the leap day is its last and 153 days make five months.
fn date(seconds: u64) -> String {
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let days = days + 719_468; // from 0000-03-01
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (month, next) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    let year = era * 400 + year + next;
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn dates_are_those_of_the_calendar() {
        for (seconds, expected) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_735_689_599, "2024-12-31T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(date(seconds), expected);
        }
    }
}
