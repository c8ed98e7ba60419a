//! What can be agreed on, with the names that each implementation has for it.

use rustls::SupportedCipherSuite;
use rustls::SupportedProtocolVersion;
use rustls::crypto::SupportedKxGroup;
use rustls::crypto::aws_lc_rs::{cipher_suite as suites, kx_group as groups};
use rustls::version::{TLS12, TLS13};

use super::keys::KeyKind;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    Tls12,
    Tls13,
}

impl Version {
    pub(super) const ALL: [Self; 2] = [Self::Tls12, Self::Tls13];

    /// On the wire.
    pub(super) fn number(self) -> u16 {
        match self {
            Self::Tls12 => 0x0303,
            Self::Tls13 => 0x0304,
        }
    }

    /// In OpenSSL and nginx.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Tls12 => "TLSv1.2",
            Self::Tls13 => "TLSv1.3",
        }
    }

    /// Of `s_server`.
    pub(super) fn option(self) -> &'static str {
        match self {
            Self::Tls12 => "-tls1_2",
            Self::Tls13 => "-tls1_3",
        }
    }

    pub(super) fn rustls(self) -> &'static SupportedProtocolVersion {
        match self {
            Self::Tls12 => &TLS12,
            Self::Tls13 => &TLS13,
        }
    }
}

/// Which certificates a suite goes with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Certificates {
    Any,
    Rsa,
    /// Ed25519 is one of them (RFC 8422, section 5.10).
    Ecdsa,
}

pub(super) struct Suite {
    pub(super) version: Version,
    certificates: Certificates,
    /// In IANA's registry.
    pub(super) name: &'static str,
    pub(super) openssl: &'static str,
    pub(super) rustls: &'static SupportedCipherSuite,
}

impl Suite {
    pub(super) fn goes_with(&self, key: KeyKind) -> bool {
        match self.certificates {
            Certificates::Any => true,
            Certificates::Rsa => key.is_rsa(),
            Certificates::Ecdsa => !key.is_rsa(),
        }
    }
}

/// In the component's order.
pub(super) static SUITES: [Suite; 9] = [
    Suite {
        version: Version::Tls13,
        certificates: Certificates::Any,
        name: "TLS_CHACHA20_POLY1305_SHA256",
        openssl: "TLS_CHACHA20_POLY1305_SHA256",
        rustls: &suites::TLS13_CHACHA20_POLY1305_SHA256,
    },
    Suite {
        version: Version::Tls13,
        certificates: Certificates::Any,
        name: "TLS_AES_128_GCM_SHA256",
        openssl: "TLS_AES_128_GCM_SHA256",
        rustls: &suites::TLS13_AES_128_GCM_SHA256,
    },
    Suite {
        version: Version::Tls13,
        certificates: Certificates::Any,
        name: "TLS_AES_256_GCM_SHA384",
        openssl: "TLS_AES_256_GCM_SHA384",
        rustls: &suites::TLS13_AES_256_GCM_SHA384,
    },
    Suite {
        version: Version::Tls12,
        certificates: Certificates::Ecdsa,
        name: "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        openssl: "ECDHE-ECDSA-CHACHA20-POLY1305",
        rustls: &suites::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    },
    Suite {
        version: Version::Tls12,
        certificates: Certificates::Rsa,
        name: "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
        openssl: "ECDHE-RSA-CHACHA20-POLY1305",
        rustls: &suites::TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    },
    Suite {
        version: Version::Tls12,
        certificates: Certificates::Ecdsa,
        name: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        openssl: "ECDHE-ECDSA-AES128-GCM-SHA256",
        rustls: &suites::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    },
    Suite {
        version: Version::Tls12,
        certificates: Certificates::Rsa,
        name: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        openssl: "ECDHE-RSA-AES128-GCM-SHA256",
        rustls: &suites::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    },
    Suite {
        version: Version::Tls12,
        certificates: Certificates::Ecdsa,
        name: "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        openssl: "ECDHE-ECDSA-AES256-GCM-SHA384",
        rustls: &suites::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    },
    Suite {
        version: Version::Tls12,
        certificates: Certificates::Rsa,
        name: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        openssl: "ECDHE-RSA-AES256-GCM-SHA384",
        rustls: &suites::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    },
];

pub(super) struct Group {
    /// In IANA's registry.
    pub(super) name: &'static str,
    /// None where the OpenSSL of common distributions does not have it yet.
    pub(super) openssl: Option<&'static str>,
    pub(super) rustls: &'static dyn SupportedKxGroup,
    /// Whether the first flight has a share for it.
    pub(super) is_sent_first: bool,
    pub(super) is_for_tls12: bool,
}

/// In the component's order.
pub(super) static GROUPS: [Group; 4] = [
    Group {
        name: "X25519MLKEM768",
        openssl: None,
        rustls: groups::X25519MLKEM768,
        is_sent_first: true,
        is_for_tls12: false,
    },
    Group {
        name: "x25519",
        openssl: Some("X25519"),
        rustls: groups::X25519,
        is_sent_first: true,
        is_for_tls12: true,
    },
    Group {
        name: "secp256r1",
        openssl: Some("prime256v1"),
        rustls: groups::SECP256R1,
        is_sent_first: false,
        is_for_tls12: true,
    },
    Group {
        name: "secp384r1",
        openssl: Some("secp384r1"),
        rustls: groups::SECP384R1,
        is_sent_first: false,
        is_for_tls12: true,
    },
];

/// All that one server is limited to.
#[derive(Clone, Copy)]
pub(super) struct Combination {
    pub(super) suite: &'static Suite,
    pub(super) group: &'static Group,
}

/// Everything that can be agreed on with a certificate of this kind.
pub(super) fn combinations(key: KeyKind) -> impl Iterator<Item = Combination> {
    let suites = SUITES.iter().filter(move |suite| suite.goes_with(key));
    suites.flat_map(|suite| {
        GROUPS
            .iter()
            .filter(|group| suite.version == Version::Tls13 || group.is_for_tls12)
            .map(move |group| Combination { suite, group })
    })
}
