//! From rustls' errors to ours.
//!
//! Of rustls' types only enumerations without content are printed by their
//! names: printing the others would bring the names of every suite and
//! extension into the component.

use crate::certificate::{self, Finding};
use crate::error::{Error, alert_name};
use alloc::format;
use alloc::string::{String, ToString};
use rustls::{AlertDescription as Alert, InvalidMessage, PeerIncompatible, PeerMisbehaved};

/// What went wrong. `finding` is what the certificate verifier noted
/// meanwhile; `unread` is what the peer sent and rustls did not accept;
/// `renegotiation_refused` tells that the peer had wanted to renegotiate.
pub(crate) fn explain(
    error: &rustls::Error,
    finding: Option<Finding>,
    unread: &[u8],
    renegotiation_refused: bool,
) -> Error {
    use rustls::Error as E;
    if let Some(finding) = finding {
        return finding.error();
    }
    match error {
        E::InvalidCertificate(error) => certificate::from_rustls(error),
        E::NoCertificatesPresented => Error::tls("the server sent no certificate"),
        E::AlertReceived(alert) => received(u8::from(*alert), renegotiation_refused),
        E::InvalidMessage(_) if looks_like_http(unread) => {
            Error::tls("the server answered in plain HTTP: it does not speak TLS on this port")
        }
        E::InvalidMessage(InvalidMessage::MessageTooLarge) | E::PeerSentOversizedRecord => {
            Error::tls("the peer sent a record that is too long")
        }
        E::InvalidMessage(what) => Error::tls(format!(
            "the peer sent something that is not TLS, or damaged TLS ({what:?})"
        )),
        E::InappropriateMessage { .. } | E::InappropriateHandshakeMessage { .. } => {
            Error::tls("the peer sent a message that does not belong there")
        }
        E::DecryptError => Error::tls("a record from the peer was tampered with or damaged"),
        E::PeerIncompatible(why) => Error::tls(incompatible(why)),
        E::PeerMisbehaved(why) => Error::tls(misbehaved(why)),
        E::NoApplicationProtocol => {
            Error::tls("the peer speaks none of the offered application protocols (ALPN)")
        }
        E::FailedToGetRandomBytes => Error::tls("the system gave no random bytes"),
        E::EncryptError => Error::tls("a record could not be encrypted"),
        E::General(message) => Error::tls(message.clone()),
        _ => Error::tls("the TLS connection failed"),
    }
}

fn received(alert: u8, renegotiation_refused: bool) -> Error {
    let advice = match alert {
        40 | 100 if renegotiation_refused => {
            ": it wants to renegotiate, perhaps for a client certificate, which is not supported"
        }
        40 => ": no common parameters, or it wants a client certificate",
        42..=46 | 48 => ": it does not accept the client certificate",
        70 => ": it speaks none of the offered TLS versions",
        112 => ": it does not know the server name",
        116 => ": it wants a client certificate",
        120 => ": it speaks none of the offered application protocols (ALPN)",
        _ => "",
    };
    let mut error = Error::tls(match alert_name(alert) {
        Some(name) => format!("the peer sent the alert {name}{advice}"),
        None => format!("the peer sent alert {alert}"),
    });
    error.alert_received = Some(alert);
    error
}

fn incompatible(why: &PeerIncompatible) -> String {
    let text = match why {
        PeerIncompatible::ServerDoesNotSupportTls12Or13 => {
            "the server speaks neither TLS 1.2 nor TLS 1.3"
        }
        PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig => {
            "the server speaks only a TLS version that is switched off here"
        }
        PeerIncompatible::NoCipherSuitesInCommon => {
            "the server has no cipher suite in common with us"
        }
        PeerIncompatible::NoKxGroupsInCommon => {
            "the server has no key exchange group in common with us"
        }
        PeerIncompatible::NoSignatureSchemesInCommon
        | PeerIncompatible::NoCertificateRequestSignatureSchemesInCommon => {
            "the server has no signature algorithm in common with us"
        }
        PeerIncompatible::ExtendedMasterSecretExtensionRequired => {
            "the server does not know the extended master secret (RFC 7627)"
        }
        _ => "the server's TLS is not compatible: it left out something that is needed",
    };
    text.to_string()
}

fn misbehaved(why: &PeerMisbehaved) -> String {
    let text = match why {
        PeerMisbehaved::AttemptedDowngradeToTls12WhenTls13IsSupported => {
            "somebody tries to force an older TLS version than both sides speak"
        }
        PeerMisbehaved::InvalidKeyShare => "the peer's key share is not valid",
        PeerMisbehaved::SelectedUnofferedApplicationProtocol => {
            "the server chose an application protocol (ALPN) that was not offered"
        }
        PeerMisbehaved::SelectedUnofferedCipherSuite
        | PeerMisbehaved::SelectedUnusableCipherSuiteForVersion => {
            "the server chose a cipher suite that was not offered"
        }
        PeerMisbehaved::TooManyRenegotiationRequests => {
            "the peer wants to renegotiate, perhaps for a client certificate, which is not supported"
        }
        other => return format!("the peer broke the TLS protocol ({other:?})"),
    };
    text.to_string()
}

fn looks_like_http(unread: &[u8]) -> bool {
    unread.starts_with(b"HTTP/") || unread.starts_with(b"http/")
}

/// The alert that rustls sends for an error, for those that leave encrypted.
pub(crate) fn alert_for(error: &rustls::Error) -> u8 {
    use rustls::Error as E;
    let alert = match error {
        E::InvalidCertificate(error) => Alert::from(error.clone()),
        E::InvalidMessage(error) => Alert::from(*error),
        E::InappropriateMessage { .. } | E::InappropriateHandshakeMessage { .. } => {
            Alert::UnexpectedMessage
        }
        E::DecryptError => Alert::BadRecordMac,
        E::PeerSentOversizedRecord => Alert::RecordOverflow,
        E::NoApplicationProtocol => Alert::NoApplicationProtocol,
        E::NoCertificatesPresented => Alert::DecodeError,
        E::PeerMisbehaved(why) => match why {
            PeerMisbehaved::KeyEpochWithPendingFragment
            | PeerMisbehaved::MessageInterleavedWithHandshakeMessage
            | PeerMisbehaved::IllegalMiddleboxChangeCipherSpec
            | PeerMisbehaved::TooManyEmptyFragments => Alert::UnexpectedMessage,
            PeerMisbehaved::IncorrectBinder => Alert::DecryptError,
            _ => Alert::IllegalParameter,
        },
        _ => Alert::HandshakeFailure,
    };
    u8::from(alert)
}
