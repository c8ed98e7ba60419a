//! What a handshake agreed on.

use crate::names::{group_name, suite_name};
use crate::settings::Version;
use alloc::string::String;
use alloc::vec::Vec;
use rustls::client::UnbufferedClientConnection;
use rustls::{HandshakeKind, ProtocolVersion};

/// What was agreed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Info {
    /// The protocol version.
    pub version: Version,
    /// The cipher suite's name in IANA's registry.
    pub suite: String,
    /// The key exchange group's name in IANA's registry.
    pub group: Option<String>,
    /// The application protocol (RFC 7301), if one was agreed on.
    pub alpn: Option<Vec<u8>>,
    /// Whether an earlier session was resumed.
    pub resumed: bool,
    /// Whether the server asked for another key share first (RFC 8446, section
    /// 4.1.4).
    pub hello_retry: bool,
    /// The certificates that the peer sent, its own first, in DER. Those of a
    /// resumed session were verified when it began.
    pub peer_certificates: Vec<Vec<u8>>,
}

impl Info {
    /// What `conn` agreed on; `None` before the end of the handshake.
    pub(crate) fn of(conn: &UnbufferedClientConnection) -> Option<Self> {
        if conn.is_handshaking() {
            return None;
        }
        let kind = conn.handshake_kind();
        Some(Self {
            version: match conn.protocol_version()? {
                ProtocolVersion::TLSv1_3 => Version::Tls13,
                _ => Version::Tls12,
            },
            suite: suite_name(conn.negotiated_cipher_suite()?.suite()),
            group: conn
                .negotiated_key_exchange_group()
                .map(|group| group_name(group.name())),
            alpn: conn.alpn_protocol().map(<[u8]>::to_vec),
            resumed: kind == Some(HandshakeKind::Resumed),
            hello_retry: kind == Some(HandshakeKind::FullWithHelloRetryRequest),
            peer_certificates: conn
                .peer_certificates()
                .unwrap_or_default()
                .iter()
                .map(|certificate| certificate.to_vec())
                .collect(),
        })
    }
}
