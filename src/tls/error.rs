//! What can go wrong with TLS, in words that a person can act on.

use alloc::string::String;
use core::fmt;

/// An error of this room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    /// What it is about.
    pub kind: Kind,
    /// One sentence, without the host.
    pub message: String,
    /// The number of the alert that is queued for the peer (RFC 8446, section
    /// 6).
    pub alert_sent: Option<u8>,
    /// The number of the alert that the peer sent.
    pub alert_received: Option<u8>,
    /// Why the certificate was refused; present if and only if `kind` is
    /// `Certificate`.
    pub certificate_reason: Option<CertificateReason>,
}

/// What an error is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The protocol: the peer broke it, does not speak it, or sent an alert.
    Tls,
    /// The peer's certificate.
    Certificate,
    /// What the caller passed in. Nothing was changed.
    Value,
    /// There is no memory for it. Nothing was changed.
    Memory,
}

/// Why the peer's certificate was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateReason {
    /// It, or one above it, is past its end.
    Expired,
    /// It, or one above it, is not valid yet.
    NotYetValid,
    /// It is for other names. Its common name does not count (RFC 9525,
    /// section 2).
    NameMismatch,
    /// No trusted root leads to it.
    UnknownIssuer,
    /// A signature in the chain, or that of the handshake, is wrong.
    BadSignature,
    /// A signature or a key is of a kind that is too weak or not supported.
    WeakAlgorithm,
    /// Its extended key usage does not allow servers (RFC 5280, section
    /// 4.2.1.12).
    NotForServers,
    /// The chain breaks a rule of one of its certificates: name constraints,
    /// path length, or an issuer that is no authority (RFC 5280, section 6).
    ConstraintViolated,
    /// It was revoked, or is distrusted.
    Revoked,
    /// The clock is not set, so that no time can be checked.
    ClockNotSet,
    /// It is damaged, or something else; the message says what.
    Other,
}

impl Error {
    /// The caller passed something that cannot be used.
    pub(crate) fn value(message: impl Into<String>) -> Self {
        Self::new(Kind::Value, message)
    }

    /// Memory could not be had.
    pub(crate) fn memory() -> Self {
        // Without words, which would take memory.
        Self::new(Kind::Memory, String::new())
    }

    pub(crate) fn tls(message: impl Into<String>) -> Self {
        Self::new(Kind::Tls, message)
    }

    pub(crate) fn certificate(reason: CertificateReason, message: impl Into<String>) -> Self {
        let mut error = Self::new(Kind::Certificate, message);
        error.certificate_reason = Some(reason);
        error
    }

    fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            alert_sent: None,
            alert_received: None,
            certificate_reason: None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl core::error::Error for Error {}

/// The name of an alert, as RFC 8446, section 6, has it.
pub(crate) fn alert_name(number: u8) -> Option<&'static str> {
    Some(match number {
        0 => "close_notify",
        10 => "unexpected_message",
        20 => "bad_record_mac",
        21 => "decryption_failed",
        22 => "record_overflow",
        40 => "handshake_failure",
        42 => "bad_certificate",
        43 => "unsupported_certificate",
        44 => "certificate_revoked",
        45 => "certificate_expired",
        46 => "certificate_unknown",
        47 => "illegal_parameter",
        48 => "unknown_ca",
        49 => "access_denied",
        50 => "decode_error",
        51 => "decrypt_error",
        70 => "protocol_version",
        71 => "insufficient_security",
        80 => "internal_error",
        86 => "inappropriate_fallback",
        90 => "user_canceled",
        100 => "no_renegotiation",
        109 => "missing_extension",
        110 => "unsupported_extension",
        112 => "unrecognized_name",
        113 => "bad_certificate_status_response",
        115 => "unknown_psk_identity",
        116 => "certificate_required",
        120 => "no_application_protocol",
        _ => return None,
    })
}
