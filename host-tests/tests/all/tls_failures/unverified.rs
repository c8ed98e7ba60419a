//! What a context accepts that verifies nothing, and what it still refuses.

use httplib_host_tests::{ErrorKind, Host, TlsContext};
use rustls::crypto::ring;

use super::conduct::{Conduct, answering, saying};
use super::{Expected, HANDSHAKE, HELLO, HOST, Row, check_all, fetch, with_both};
use crate::peers::openssl::WeakIdentity;
use crate::peers::s_server::SServer;
use crate::servers::certificates::{Identity, authority};

const CERTIFICATE: Expected = Expected {
    kind: ErrorKind::Certificate,
    certificate_reason: Some("other"),
    ..HANDSHAKE
};

#[test]
fn any_key_and_any_version_of_certificate_will_do_without_verification() {
    // 512 bits have no room for a signature of TLS 1.3.
    type Case = (fn() -> Option<WeakIdentity>, &'static [&'static str]);
    let cases: [Case; 3] = [
        (WeakIdentity::rsa1024, &["-tls1_2", "-tls1_3"]),
        (WeakIdentity::rsa512, &["-tls1_2"]),
        (WeakIdentity::version_1, &["-tls1_2", "-tls1_3"]),
    ];
    for (identity, versions) in cases {
        let Some(identity) = identity() else { return };
        for version in versions {
            let options = [*version, "-www", "-cipher", "ALL:@SECLEVEL=0"];
            let Some(server) = SServer::showing(&identity.chain, &identity.key, &options) else {
                return;
            };
            let host = Host::new();
            let context = host.unverified_tls_context();
            let connection = host.https(HOST, server.port, Some(&context)).unwrap();
            let page = fetch(&connection).unwrap();
            assert!(String::from_utf8_lossy(&page).contains("s_server"));

            context.set_check_hostname(true);
            let connection = host.https(HOST, server.port, Some(&context)).unwrap();
            assert!(
                fetch(&connection)
                    .unwrap_err()
                    .is_instance(ErrorKind::Certificate)
            );
        }
    }
}

#[test]
fn certificate_that_cannot_be_parsed_is_refused_without_verification() {
    let damaged = Expected {
        alert_sent: Some(42),
        text: &["damaged"],
        ..CERTIFICATE
    };
    type Change = fn(&[u8]) -> Vec<u8>;
    let cases: [(&str, Change); 4] = [
        ("no certificate", |_| b"no certificate".to_vec()),
        ("half a certificate", |der| der[..der.len() / 2].to_vec()),
        ("bytes after the certificate", |der| [der, b"more"].concat()),
        ("no bytes", |_| Vec::new()),
    ];
    let mut rows = Vec::new();
    for (situation, change) in cases {
        rows.extend(with_both(|version| {
            let identity = authority().issue(&[HOST]);
            let certificate = change(identity.der());
            let server = showing(identity.showing(&certificate), version);
            Row::new(situation, server, damaged).prepare(verify_nothing)
        }));
    }
    check_all(rows);
}

#[test]
fn certificate_without_its_key_is_refused_without_verification() {
    let expected = Expected {
        certificate_reason: Some("bad-signature"),
        alert_sent: Some(51),
        text: &["handshake does not match its certificate"],
        ..CERTIFICATE
    };
    check_all(with_both(|version| {
        let victim = authority().issue(&[HOST]);
        let thief = authority().issue(&[HOST]).showing(victim.der());
        Row::new("stolen", showing(thief, version), expected).prepare(verify_nothing)
    }));
}

#[test]
fn what_is_not_tls_is_refused_without_verification() {
    let expected = Expected {
        alert_sent: Some(50),
        text: &["plain HTTP"],
        ..HANDSHAKE
    };
    let server = saying(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec());
    check_all(vec![
        Row::new("plain HTTP", server, expected).prepare(verify_nothing),
    ]);
}

fn verify_nothing(context: &TlsContext) {
    context.set_check_hostname(false);
    context.set_verify_mode(false).unwrap();
}

fn showing(identity: Identity, version: &'static rustls::SupportedProtocolVersion) -> Conduct {
    answering(
        identity.config(ring::default_provider(), &[version]).into(),
        HELLO,
    )
}
