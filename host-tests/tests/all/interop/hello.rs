//! What the component offers, as it is on the wire, and what comes of it.

use std::sync::mpsc;

use httplib_host_tests::{ErrorKind, Host, TlsContext};
use rustls::crypto::aws_lc_rs;
use sha2::{Digest, Sha256};

use super::client_hello::{ALPN, COOKIE, ClientHello, KEY_SHARE, record};
use super::table::{GROUPS, SUITES, Version};
use super::{body, connection};
use crate::servers::certificates::local_identity;
use crate::servers::{PATIENCE, Server, answering, ok, trusting_context};

const X25519MLKEM768: u16 = 0x11ec;
const X25519: u16 = 0x001d;
const SECP256R1: u16 = 0x0017;
const SECP384R1: u16 = 0x0018;
const SECP521R1: u16 = 0x0019;

/// The end of the suites of a client that takes TLS 1.2 (RFC 5746, section 3.4).
const RENEGOTIATION_INFO: u16 = 0x00ff;

const ILLEGAL_PARAMETER: u8 = 47;

#[test]
fn first_flight_prefers_the_hybrid_and_has_shares_for_it_and_x25519() {
    let host = Host::new();
    let hello = offered(&host, &trusting_context(&host));
    let suites = SUITES.iter().map(|suite| suite.rustls.suite().into());
    let suites: Vec<u16> = suites.chain([RENEGOTIATION_INFO]).collect();
    assert_eq!(hello.suites, suites);
    let groups: Vec<u16> = GROUPS
        .iter()
        .map(|group| group.rustls.name().into())
        .collect();
    assert_eq!(groups, [X25519MLKEM768, X25519, SECP256R1, SECP384R1]);
    assert_eq!(hello.groups(), groups);
    assert_eq!(hello.versions(), [0x0304, 0x0303]);
    assert_eq!(hello.extension(ALPN), Some(&b"\x00\x09\x08http/1.1"[..]));
    let [(X25519MLKEM768, hybrid), (X25519, classical)] = hello.key_shares()[..] else {
        panic!("{:?}", hello.key_shares());
    };
    assert_eq!((hybrid.len(), classical.len()), (1184 + 32, 32));
    assert!(hybrid.ends_with(classical), "X25519 has a key of its own");
}

#[test]
fn every_connection_has_shares_of_its_own() {
    let host = Host::new();
    let context = trusting_context(&host);
    let [one, other] = [(); 2].map(|()| offered(&host, &context));
    assert_ne!(one.random, other.random);
    for ((_, one), (_, other)) in one.key_shares().iter().zip(other.key_shares()) {
        assert_ne!(*one, other);
    }
}

#[test]
fn one_version_is_offered_with_the_groups_it_can_use() {
    let host = Host::new();
    for version in Version::ALL {
        let context = trusting_context(&host);
        context
            .set_versions(version.number(), version.number())
            .unwrap();
        let hello = offered(&host, &context);
        assert_eq!(hello.versions(), [version.number()]);
        assert_eq!(
            hello.extension(KEY_SHARE).is_some(),
            version == Version::Tls13
        );
        let usable = |number| version == Version::Tls13 || number != X25519MLKEM768;
        assert!(hello.groups().into_iter().all(usable), "{version:?}");
    }
}

#[test]
fn hybrid_and_chacha20_are_agreed_on_with_a_server_that_has_everything() {
    let mut config = local_identity().config(aws_lc_rs::default_provider(), rustls::ALL_VERSIONS);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let server = Server::start(Some(config.into()), answering(ok("hello")));
    let host = Host::new();
    let connection = connection(&host, server.port(), &trusting_context(&host));
    connection.connect().unwrap();
    let info = connection.tls_info().unwrap();
    assert_eq!(info.version, 0x0304);
    assert_eq!(info.cipher_suite, "TLS_CHACHA20_POLY1305_SHA256");
    assert_eq!(info.group.as_deref(), Some("X25519MLKEM768"));
    assert_eq!(info.alpn_protocol.as_deref(), Some("http/1.1"));
    assert_eq!(body(&connection), "hello");
}

#[test]
fn hello_retry_request_is_followed_with_the_same_hello_and_the_share_it_asks_for() {
    const COOKIE_CONTENT: &[u8] = b"\x00\x06cookie";
    for (group, length) in [(SECP256R1, 65), (SECP384R1, 97)] {
        let (sender, receiver) = mpsc::channel();
        let server = Server::start(None, move |peer| {
            let first = ClientHello::receive(peer)?;
            peer.send(hello_retry_request(&first, group, Some(COOKIE_CONTENT)))?;
            let (kind, content) = record(peer)?;
            // RFC 8446, appendix D.4.
            assert_eq!((kind, content), (20, vec![1]), "change_cipher_spec");
            sender.send((first, ClientHello::receive(peer)?)).unwrap();
            Ok(())
        });
        let host = Host::new();
        let connection = connection(&host, server.port(), &trusting_context(&host));
        connection.connect().unwrap_err();
        let (first, second) = receiver.recv_timeout(PATIENCE).unwrap();
        let [(shared, share)] = second.key_shares()[..] else {
            panic!("{:?}", second.key_shares());
        };
        assert_eq!((shared, share.len()), (group, length));
        assert_eq!(second.extension(COOKIE), Some(COOKIE_CONTENT));
        assert_eq!(second.random, first.random);
        assert_eq!(second.session_id, first.session_id);
        assert_eq!(second.suites, first.suites);
        let changed = [KEY_SHARE, COOKIE];
        assert_eq!(
            second.extensions_without(&changed),
            first.extensions_without(&changed)
        );
    }
}

#[test]
fn hello_retry_request_for_a_group_that_needs_none_is_refused() {
    // Two that the first flight has shares for, and one that was not offered.
    for group in [X25519MLKEM768, X25519, SECP521R1] {
        let server = Server::start(None, move |peer| {
            let hello = ClientHello::receive(peer)?;
            peer.send(hello_retry_request(&hello, group, None))?;
            peer.rest().map(drop)
        });
        let host = Host::new();
        let connection = connection(&host, server.port(), &trusting_context(&host));
        let error = connection.connect().unwrap_err();
        assert_eq!(error.kind, ErrorKind::Tls, "{group:#06x}: {error}");
        assert_eq!(
            error.tls_alert_sent,
            Some(ILLEGAL_PARAMETER),
            "{group:#06x}"
        );
    }
}

/// The ClientHello of a new connection.
fn offered(host: &Host, context: &TlsContext) -> ClientHello {
    let (sender, receiver) = mpsc::channel();
    let server = Server::start(None, move |peer| {
        sender.send(ClientHello::receive(peer)?).unwrap();
        Ok(())
    });
    let connection = connection(host, server.port(), context);
    connection.connect().unwrap_err();
    receiver.recv_timeout(PATIENCE).unwrap()
}

/// RFC 8446, sections 4.1.3 and 4.1.4.
fn hello_retry_request(hello: &ClientHello, group: u16, cookie: Option<&[u8]>) -> Vec<u8> {
    let cookie = cookie.map(|cookie| extension(COOKIE, cookie));
    let extensions = [
        extension(43, &[3, 4]),
        extension(KEY_SHARE, &group.to_be_bytes()),
        cookie.unwrap_or_default(),
    ]
    .concat();
    let random = Sha256::digest(b"HelloRetryRequest");
    let message = [
        &[3, 3][..],
        &random,
        &[hello.session_id.len() as u8],
        &hello.session_id,
        &hello.suites[0].to_be_bytes(),
        &[0],
        &length(&extensions),
        &extensions,
    ]
    .concat();
    let message = [&[2, 0][..], &length(&message), &message].concat();
    [&[22, 3, 3][..], &length(&message), &message].concat()
}

fn extension(number: u16, content: &[u8]) -> Vec<u8> {
    [&number.to_be_bytes()[..], &length(content), content].concat()
}

fn length(bytes: &[u8]) -> [u8; 2] {
    u16::try_from(bytes.len()).unwrap().to_be_bytes()
}
