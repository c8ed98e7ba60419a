//! Servers that nothing can be agreed on with.

use rustls::crypto::ring;
use std::sync::Arc;

use httplib_host_tests::{ErrorKind, Phase, TlsContext};
use rcgen::{CertificateParams, date_time_ymd};
use rustls::version::{TLS12, TLS13};

use super::conduct::{Conduct, answering, relayed, saying};
use super::{Expected, HANDSHAKE, HELLO, Row, check_all, local, with_both};
use crate::peers::s_server::SServer;
use crate::servers::certificates::{Authority, Identity, authority, local_identity, server_config};

/// What is in a message.
type Text = &'static [&'static str];

const PROTOCOL_VERSION: Expected = Expected {
    alert_received: Some(70),
    text: &["none of the offered TLS versions"],
    ..HANDSHAKE
};

const HANDSHAKE_FAILURE: Expected = Expected {
    alert_received: Some(40),
    text: &["handshake_failure", "no common parameters"],
    ..HANDSHAKE
};

#[test]
fn version_that_is_not_offered_is_told() {
    let only_new = |context: &TlsContext| context.set_versions(0x0304, 0x0304).unwrap();
    let only_old = |context: &TlsContext| context.set_versions(0x0303, 0x0303).unwrap();
    let old = || answering(local(&TLS12), HELLO);
    let new = || answering(local(&TLS13), HELLO);
    check_all(vec![
        Row::new("TLS 1.2 alone, not offered", old(), PROTOCOL_VERSION).prepare(only_new),
        Row::new("TLS 1.3 alone, not offered", new(), PROTOCOL_VERSION).prepare(only_old),
    ]);
}

#[test]
fn server_of_openssl_without_common_parameters_says_so() {
    let cases: [(&str, &[&str], Expected); 6] = [
        ("TLS 1.0 alone", &["-tls1"], PROTOCOL_VERSION),
        ("TLS 1.1 alone", &["-tls1_1"], PROTOCOL_VERSION),
        (
            "CBC suites alone",
            &["-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA256"],
            HANDSHAKE_FAILURE,
        ),
        (
            "CCM suites alone",
            &["-tls1_3", "-ciphersuites", "TLS_AES_128_CCM_SHA256"],
            HANDSHAKE_FAILURE,
        ),
        (
            "P-521 alone, in TLS 1.2",
            &["-tls1_2", "-groups", "P-521"],
            HANDSHAKE_FAILURE,
        ),
        (
            "P-521 alone, in TLS 1.3",
            &["-tls1_3", "-groups", "P-521"],
            HANDSHAKE_FAILURE,
        ),
    ];
    let mut rows = Vec::new();
    for (situation, options, expected) in cases {
        let options = [&["-www", "-cipher", "ALL:@SECLEVEL=0"][..], options].concat();
        let Some(server) = SServer::start(&options) else {
            return;
        };
        let relay = relayed(server.port);
        let conduct: Conduct = Box::new(move |socket| {
            let _running = &server;
            relay(socket)
        });
        rows.push(Row::new(situation, conduct, expected));
    }
    check_all(rows);
}

#[test]
fn server_hello_with_what_was_not_offered_is_refused() {
    let hello = ServerHello::default;
    let cases: [(&str, ServerHello, u8, Text); 8] = [
        (
            "SSL 3.0",
            hello().version(0x0300),
            70,
            &["neither TLS 1.2 nor TLS 1.3"],
        ),
        (
            "TLS 1.0",
            hello().version(0x0301),
            70,
            &["neither TLS 1.2 nor TLS 1.3"],
        ),
        (
            "TLS 1.1",
            hello().version(0x0302),
            70,
            &["neither TLS 1.2 nor TLS 1.3"],
        ),
        (
            "a version after 1.3",
            hello().extension(43, &[3, 5]),
            70,
            &["neither TLS 1.2 nor TLS 1.3"],
        ),
        (
            "a suite that was not offered",
            hello().suite(0x002f),
            40,
            &["cipher suite that was not offered"],
        ),
        (
            "a suite of TLS 1.3 in TLS 1.2",
            hello().suite(0x1301),
            47,
            &["cipher suite that was not offered"],
        ),
        (
            "an application protocol that was not offered",
            hello().extension(16, &[0, 3, 2, b'h', b'2']),
            47,
            &["(ALPN) that was not offered"],
        ),
        (
            "the mark of a downgrade",
            hello().random(*b"........................DOWNGRD\x01"),
            47,
            &["force an older TLS version"],
        ),
    ];
    let rows = cases.map(|(situation, hello, alert, text)| {
        let expected = Expected {
            alert_sent: Some(alert),
            text,
            ..HANDSHAKE
        };
        Row::new(situation, saying(hello.record()), expected)
    });
    check_all(rows.into());
}

#[test]
fn peer_that_does_not_speak_tls_is_recognised() {
    let http = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
    let cases: [(&str, &str, &[&str]); 3] = [
        ("HTTP", http, &["plain HTTP"]),
        ("SSH", "SSH-2.0-OpenSSH_9.9\r\n", &["not TLS"]),
        ("SMTP", "220 mail.example.org ESMTP\r\n", &["not TLS"]),
    ];
    let rows = cases.map(|(situation, greeting, text)| {
        let expected = Expected {
            alert_sent: Some(50),
            text,
            ..HANDSHAKE
        };
        Row::new(situation, saying(greeting.into()), expected)
    });
    check_all(rows.into());
}

#[test]
fn no_common_application_protocol_is_told() {
    check_all(with_both(|version| {
        let mut config = local_identity().config(ring::default_provider(), &[version]);
        config.alpn_protocols = vec![b"h2".to_vec()];
        let expected = Expected {
            alert_received: Some(120),
            text: &["none of the offered application protocols (ALPN)"],
            ..HANDSHAKE
        };
        Row::new("h2 alone", answering(Arc::new(config), HELLO), expected)
    }));
}

#[test]
fn client_certificate_that_is_missing_or_wrong_is_told() {
    type Case = (&'static str, fn() -> Option<Identity>, u8, Text);
    let cases: [Case; 3] = [
        (
            "missing",
            || None,
            116,
            &["certificate_required", "wants a client certificate"],
        ),
        (
            "of an unknown authority",
            || Some(Authority::new("nobody").issue(&["client"])),
            48,
            &["unknown_ca", "does not accept the client certificate"],
        ),
        (
            "expired",
            || {
                let mut params = CertificateParams::new(vec!["client".to_owned()]).unwrap();
                params.not_after = date_time_ymd(2001, 9, 9);
                Some(authority().issue_with(params))
            },
            45,
            &["certificate_expired", "client certificate"],
        ),
    ];
    let mut rows = Vec::new();
    for (situation, client, alert, text) in cases {
        rows.extend(with_both(|version| {
            let clients = authority().client_verifier();
            let config = local_identity().complete(
                server_config(ring::default_provider(), &[version])
                    .with_client_cert_verifier(clients),
            );
            // In TLS 1.3 the client is done before the server has looked.
            let phases: &[Phase] = match version.version {
                rustls::ProtocolVersion::TLSv1_3 => &[Phase::Send, Phase::FirstByte],
                _ => &[Phase::Tls],
            };
            let expected = Expected {
                kind: ErrorKind::Tls,
                phases,
                alert_received: Some(alert),
                text,
                ..HANDSHAKE
            };
            let server = answering(Arc::new(config), HELLO);
            Row::new(situation, server, expected).prepare(move |context| {
                if let Some(client) = client() {
                    let (chain, key) = (client.chain_pem.as_bytes(), client.key_pem.as_bytes());
                    context.load_cert_chain(chain, Some(key)).unwrap();
                }
            })
        }));
    }
    check_all(rows);
}

/// A ServerHello of TLS 1.2 (RFC 5246, section 7.4.1.3).
struct ServerHello {
    version: u16,
    random: [u8; 32],
    suite: u16,
    extensions: Vec<u8>,
}

impl Default for ServerHello {
    fn default() -> Self {
        Self {
            version: 0x0303,
            random: [7; 32],
            // TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
            suite: 0xc02b,
            extensions: Vec::new(),
        }
    }
}

impl ServerHello {
    fn version(self, version: u16) -> Self {
        Self { version, ..self }
    }

    fn random(self, random: [u8; 32]) -> Self {
        Self { random, ..self }
    }

    fn suite(self, suite: u16) -> Self {
        Self { suite, ..self }
    }

    fn extension(mut self, number: u16, contents: &[u8]) -> Self {
        self.extensions.extend(number.to_be_bytes());
        self.extensions.extend(with_length(contents));
        self
    }

    fn record(&self) -> Vec<u8> {
        let body = [
            &self.version.to_be_bytes()[..],
            &self.random,
            // No session, no compression.
            &[0],
            &self.suite.to_be_bytes(),
            &[0],
            &with_length(&self.extensions),
        ]
        .concat();
        let message = [&[2, 0], &with_length(&body)[..]].concat();
        [&[22, 3, 3], &with_length(&message)[..]].concat()
    }
}

fn with_length(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap();
    [&length.to_be_bytes(), bytes].concat()
}
