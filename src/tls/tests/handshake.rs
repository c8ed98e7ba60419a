//! What both sides agree on, and that every byte arrives.

use super::server::{Pair, authority};
use crate::{Info, Progress, Version};
use alloc::sync::Arc;
use alloc::vec::Vec;
use rcgen::{
    KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ECDSA_P521_SHA512, PKCS_ED25519,
    PKCS_RSA_SHA256, RsaKeySize,
};
use rustls::crypto::aws_lc_rs;
use rustls::version::{TLS12, TLS13};

/// Does a handshake and an exchange of 100 000 bytes each way.
fn exchange(pair: &mut Pair) -> Info {
    assert_eq!(pair.run(), Ok(Progress::NeedsInput));
    assert!(!pair.client.is_handshaking());
    let body: Vec<u8> = (0..100_000u32).map(|i| (i * 7 % 251) as u8).collect();

    let (mut rest, mut heard) = (&body[..], Vec::new());
    while !rest.is_empty() {
        let taken = pair.write(rest).unwrap();
        rest = &rest[taken..];
        assert_eq!(pair.run(), Ok(Progress::NeedsInput));
        heard.extend(pair.heard());
    }
    assert!(heard == body);

    pair.received.clear();
    pair.say(&body);
    pair.server.send_close_notify();
    assert_eq!(pair.run(), Ok(Progress::Closed));
    assert!(pair.received == body);
    assert!(pair.client.peer_closed());
    assert!(pair.outgoing.is_empty());
    pair.client.close(&mut pair.outgoing);
    assert!((1..64).contains(&pair.outgoing.len()));
    assert!(pair.write(b"more").is_err());
    pair.client.info().unwrap()
}

#[test]
fn defaults_are_the_hybrid_and_chacha20_under_tls13() {
    let ca = authority();
    let mut pair = Pair::new(&ca.context(), &Arc::new(ca.leaf().server()));
    let info = exchange(&mut pair);
    assert_eq!(info.version, Version::Tls13);
    assert_eq!(info.group.as_deref(), Some("X25519MLKEM768"));
    assert_eq!(info.alpn.as_deref(), Some(&b"http/1.1"[..]));
    assert_eq!((info.resumed, info.hello_retry), (false, false));
    assert_eq!(info.peer_certificates.len(), 1);
}

#[test]
fn every_suite_carries_data_both_ways() {
    let ca = authority();
    let rsa = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
    let (ecdsa, rsa) = (ca.leaf(), ca.leaf_with_key(rsa, |_| {}));
    for suite in aws_lc_rs::ALL_CIPHER_SUITES {
        let leaf = match alloc::format!("{:?}", suite.suite()).contains("_RSA_") {
            true => &rsa,
            false => &ecdsa,
        };
        let mut provider = aws_lc_rs::default_provider();
        provider.cipher_suites = Vec::from([*suite]);
        let server = leaf.server_with(provider, &[suite.version()]);
        let info = exchange(&mut Pair::new(&ca.context(), &Arc::new(server)));
        let name = alloc::format!("{:?}", suite.suite()).replacen("TLS13", "TLS", 1);
        assert_eq!(info.suite, name);
    }
}

#[test]
fn every_group_is_agreed_on_in_both_versions() {
    let ca = authority();
    let leaf = ca.leaf();
    for group in httplib_provider::provider().kx_groups {
        for version in [&TLS12, &TLS13] {
            if !group.usable_for_version(version.version) {
                continue;
            }
            let mut provider = aws_lc_rs::default_provider();
            provider
                .kx_groups
                .retain(|other| other.name() == group.name());
            let server = leaf.server_with(provider, &[version]);
            let info = exchange(&mut Pair::new(&ca.context(), &Arc::new(server)));
            let first_flight =
                ["X25519MLKEM768", "x25519"].contains(&info.group.as_deref().unwrap());
            let retry = !first_flight && version.version == TLS13.version;
            assert_eq!(info.hello_retry, retry, "{group:?}");
        }
    }
}

#[test]
fn every_kind_of_server_key_is_verified_in_both_versions() {
    let ca = authority();
    let mut leaves = Vec::new();
    for algorithm in [
        &PKCS_ECDSA_P256_SHA256,
        &PKCS_ECDSA_P384_SHA384,
        &PKCS_ECDSA_P521_SHA512,
        &PKCS_ED25519,
    ] {
        leaves.push(ca.leaf_with(algorithm, |_| {}));
    }
    for size in [RsaKeySize::_2048, RsaKeySize::_3072] {
        let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, size).unwrap();
        leaves.push(ca.leaf_with_key(key, |_| {}));
    }
    for leaf in leaves {
        for version in [&TLS12, &TLS13] {
            let server = leaf.server_with(aws_lc_rs::default_provider(), &[version]);
            exchange(&mut Pair::new(&ca.context(), &Arc::new(server)));
        }
    }
}

#[test]
fn our_provider_also_serves() {
    let ca = authority();
    let server = ca
        .leaf()
        .server_with(httplib_provider::provider(), rustls::ALL_VERSIONS);
    let info = exchange(&mut Pair::new(&ca.context(), &Arc::new(server)));
    assert_eq!(info.suite, "TLS_CHACHA20_POLY1305_SHA256");
    assert_eq!(info.group.as_deref(), Some("X25519MLKEM768"));
}

#[test]
fn nothing_depends_on_how_the_bytes_are_cut() {
    let ca = authority();
    let leaf = ca.leaf();
    for version in [&TLS12, &TLS13] {
        for step in [1, 7, 1000] {
            let server = leaf.server_with(aws_lc_rs::default_provider(), &[version]);
            let mut pair = Pair::new(&ca.context(), &Arc::new(server));
            pair.step = step;
            exchange(&mut pair);
        }
    }
}

#[test]
fn the_second_connection_is_resumed() {
    let ca = authority();
    for version in [&TLS12, &TLS13] {
        let server = Arc::new(
            ca.leaf()
                .server_with(aws_lc_rs::default_provider(), &[version]),
        );
        let mut context = ca.context();
        let first = exchange(&mut Pair::new(&context, &server));
        let second = exchange(&mut Pair::new(&context, &server));
        assert_eq!((first.resumed, second.resumed), (false, true));
        assert_eq!(first.peer_certificates, second.peer_certificates);

        assert!(!exchange(&mut Pair::new(&ca.context(), &server)).resumed);
        context.set_resumption(false);
        exchange(&mut Pair::new(&context, &server));
        assert!(!exchange(&mut Pair::new(&context, &server)).resumed);
    }
}

#[test]
fn key_updates_are_answered() {
    let ca = authority();
    let mut pair = Pair::new(&ca.context(), &Arc::new(ca.leaf().server()));
    assert_eq!(pair.run(), Ok(Progress::NeedsInput));
    for _ in 0..3 {
        pair.server.refresh_traffic_keys().unwrap();
        pair.say(b"after");
        assert_eq!(pair.run(), Ok(Progress::NeedsInput));
        assert_eq!(pair.write(b"before"), Ok(6));
        assert_eq!(pair.run(), Ok(Progress::NeedsInput));
        assert_eq!(pair.heard(), b"before");
    }
    assert_eq!(pair.received, b"afterafterafter");
}

#[test]
fn writing_takes_all_once_the_handshake_is_done() {
    let ca = authority();
    for version in [&TLS12, &TLS13] {
        let leaf = ca.leaf();
        let server = leaf.server_with(aws_lc_rs::default_provider(), &[version]);
        let mut pair = Pair::new(&ca.context(), &Arc::new(server));
        assert_eq!(pair.write(b"early"), Ok(0));
        assert_eq!(pair.run(), Ok(Progress::NeedsInput));
        assert_eq!(pair.write(b""), Ok(0));
        assert!(pair.outgoing.is_empty());
        assert_eq!(pair.write(&[1; 1_000_000]), Ok(1_000_000));
        pair.run().unwrap();
        assert!(pair.heard() == [1; 1_000_000]);
    }
}

#[test]
fn no_more_records_are_decrypted_than_were_asked_for() {
    let ca = authority();
    let mut pair = Pair::new(&ca.context(), &Arc::new(ca.leaf().server()));
    assert_eq!(pair.run(), Ok(Progress::NeedsInput));
    for part in [&b"one"[..], b"two", b"three"] {
        pair.say(part);
    }
    pair.incoming = pair.sent();
    assert_eq!(pair.process(0), Ok(Progress::More));
    assert_eq!(pair.process(2), Ok(Progress::More));
    assert_eq!(pair.received, b"onetwo");
    assert_eq!(pair.process(1), Ok(Progress::NeedsInput));
    assert_eq!(pair.received, b"onetwothree");
}

#[test]
fn data_that_arrives_while_writing_is_kept() {
    let ca = authority();
    let mut pair = Pair::new(&ca.context(), &Arc::new(ca.leaf().server()));
    assert_eq!(pair.run(), Ok(Progress::NeedsInput));
    pair.say(&[7; 50_000]);
    pair.incoming = pair.sent();
    assert_eq!(pair.write(b"request"), Ok(7));
    assert_eq!(pair.run(), Ok(Progress::NeedsInput));
    assert_eq!(pair.received, [7; 50_000]);
    assert_eq!(pair.heard(), b"request");
}

#[test]
fn client_certificates_of_every_kind_are_accepted() {
    let ca = authority();
    let mut keys = Vec::from([
        KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap(),
        KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap(),
        KeyPair::generate_for(&PKCS_ED25519).unwrap(),
    ]);
    keys.push(KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap());
    for key in keys {
        let client = ca.leaf_with_key(key, |params| params.extended_key_usages.clear());
        for version in [&TLS12, &TLS13] {
            let server = Arc::new(ca.leaf().server_for_clients_of(&ca, &[version]));
            let mut context = ca.context();
            let key = client.key.serialize_pem();
            context
                .load_cert_chain(&client.chain[0], Some(key.as_bytes()))
                .unwrap();
            let mut pair = Pair::new(&context, &server);
            exchange(&mut pair);
            assert_eq!(pair.server.peer_certificates().unwrap(), &client.chain[..]);
        }
    }
}
