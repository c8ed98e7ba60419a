//! What callers can pass to a context, and what becomes of it.

use super::server::{HOST, Pair, authority, now};
use crate::{Context, Error, Kind, ServerName, Session, VerifyMode, Version};
use alloc::string::ToString;
use alloc::sync::Arc;
use alloc::vec::Vec;
use der::asn1::ObjectIdentifier;
use der::{Decode, Encode};
use ed25519_dalek::pkcs8::PrivateKeyInfoRef;
use rcgen::{
    KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ECDSA_P521_SHA512, PKCS_ED25519,
    PKCS_RSA_SHA256, RsaKeySize,
};

fn refused(result: Result<impl core::fmt::Debug, Error>) -> alloc::string::String {
    let error = result.unwrap_err();
    assert_eq!(error.kind, Kind::Value);
    error.to_string()
}

#[test]
fn roots_are_found_in_pem_bundles_and_der() {
    let (one, two) = (authority(), authority());
    let bundle = [
        "\u{feff}# comment\r\n",
        &one.pem,
        "text\n",
        &two.pem,
        "\u{e9}nd",
    ]
    .concat();
    let mut context = Context::new(now);
    assert_eq!(context.load_verify_locations(bundle.as_bytes()), Ok(2));
    assert_eq!(context.load_verify_locations(&one.cert), Ok(1));
}

#[test]
fn bad_roots_are_refused_whole() {
    let ca = authority();
    let mut context = ca.context();
    let broken = ca.pem.replace("END", "end");
    let garbled = ca.pem.replacen('\n', "\n!", 1);
    let short = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    let half = [&ca.pem, short].concat();
    for (bad, words) in [
        (&b""[..], "no certificate found"),
        (b"hello", "no certificate found"),
        (broken.as_bytes(), "no end line"),
        (garbled.as_bytes(), "not base64"),
        (half.as_bytes(), "certificate 2 is damaged"),
        (&ca.cert[..100], "certificate 1 is damaged"),
        (&[&ca.cert[..], b"x"].concat(), "certificate 1 is damaged"),
    ] {
        let message = refused(context.load_verify_locations(bad));
        assert!(message.contains(words), "{message}");
    }
    assert!(
        Pair::new(&context, &Arc::new(ca.leaf().server()))
            .run()
            .is_ok()
    );
}

/// The inner key of a PKCS#8 one: PKCS#1 or SEC1.
fn inner(key: &KeyPair) -> Vec<u8> {
    let der = key.serialize_der();
    PrivateKeyInfoRef::from_der(&der)
        .unwrap()
        .private_key
        .as_bytes()
        .to_vec()
}

fn pem(label: &str, der: &[u8]) -> alloc::string::String {
    der::pem::encode_string(label, der::pem::LineEnding::LF, der).unwrap()
}

#[test]
fn private_keys_are_loaded_in_every_form() {
    let ca = authority();
    let mut context = ca.context();
    let rsa = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
    let rsa = ca.leaf_with_key(rsa, |_| {});
    for leaf in [
        &ca.leaf_with(&PKCS_ECDSA_P256_SHA256, |_| {}),
        &ca.leaf_with(&PKCS_ECDSA_P384_SHA384, |_| {}),
        &ca.leaf_with(&PKCS_ED25519, |_| {}),
        &rsa,
    ] {
        let (cert, pkcs8) = (&leaf.chain[0], leaf.key.serialize_der());
        assert_eq!(context.load_cert_chain(cert, Some(&pkcs8)), Ok(()));
        let both = pem("CERTIFICATE", cert) + &leaf.key.serialize_pem();
        assert_eq!(context.load_cert_chain(both.as_bytes(), None), Ok(()));
    }
    let pkcs1 = inner(&rsa.key);
    assert_eq!(context.load_cert_chain(&rsa.chain[0], Some(&pkcs1)), Ok(()));
    let pkcs1 = pem("RSA PRIVATE KEY", &pkcs1);
    assert_eq!(
        context.load_cert_chain(&rsa.chain[0], Some(pkcs1.as_bytes())),
        Ok(())
    );
}

#[test]
fn sec1_keys_are_loaded_if_they_name_their_curve() {
    let ca = authority();
    let mut context = ca.context();
    for (algorithm, curve) in [
        (&PKCS_ECDSA_P256_SHA256, "1.2.840.10045.3.1.7"),
        (&PKCS_ECDSA_P384_SHA384, "1.3.132.0.34"),
    ] {
        let leaf = ca.leaf_with(algorithm, |_| {});
        let unnamed = inner(&leaf.key);
        let message = refused(context.load_cert_chain(&leaf.chain[0], Some(&unnamed)));
        assert!(message.contains("does not name its curve"), "{message}");

        let mut key = sec1::EcPrivateKey::from_der(&unnamed).unwrap();
        key.parameters = Some(ObjectIdentifier::new_unwrap(curve).into());
        let named = key.to_der().unwrap();
        assert_eq!(
            context.load_cert_chain(&leaf.chain[0], Some(&named)),
            Ok(())
        );
        let named = pem("EC PRIVATE KEY", &named);
        assert_eq!(
            context.load_cert_chain(&leaf.chain[0], Some(named.as_bytes())),
            Ok(())
        );
    }
}

#[test]
fn bad_private_keys_are_refused() {
    let ca = authority();
    let mut context = ca.context();
    let leaf = ca.leaf();
    let cert = &leaf.chain[0];
    let stranger = KeyPair::generate().unwrap();
    let p521 = KeyPair::generate_for(&PKCS_ECDSA_P521_SHA512).unwrap();
    let der = leaf.key.serialize_der();
    for (key, words) in [
        (stranger.serialize_pem().into_bytes(), "does not belong"),
        (p521.serialize_der(), "curve"),
        (Vec::new(), "no private key found"),
        (ca.pem.clone().into_bytes(), "no private key found"),
        (der[..60].to_vec(), ""),
        (
            pem("ENCRYPTED PRIVATE KEY", b"secret").into_bytes(),
            "encrypted",
        ),
        (pem("PRIVATE KEY", &der[..60]).into_bytes(), "damaged"),
        (pem("EC PRIVATE KEY", &der).into_bytes(), "damaged"),
        (pem("RSA PRIVATE KEY", &der).into_bytes(), "damaged"),
    ] {
        let message = refused(context.load_cert_chain(cert, Some(&key)));
        assert!(message.contains(words), "{message}");
    }
    refused(context.load_cert_chain(b"", Some(&der)));
    refused(context.load_cert_chain(cert, None));
}

#[test]
fn python_s_rule_ties_verification_to_the_host_name() {
    let mut context = Context::new(now);
    refused(context.set_verify_mode(VerifyMode::None));
    context.set_check_hostname(false);
    assert_eq!(context.set_verify_mode(VerifyMode::None), Ok(()));
    context.set_check_hostname(true);
    assert_eq!(context.verify_mode(), VerifyMode::Required);

    let unverified = Context::unverified(now);
    assert!(!unverified.check_hostname());
    assert_eq!(unverified.verify_mode(), VerifyMode::None);
}

#[test]
fn settings_out_of_range_are_refused() {
    let mut context = Context::new(now);
    context.set_minimum_version(Version::Tls13).unwrap();
    refused(context.set_maximum_version(Version::Tls12));
    refused(context.set_alpn(Vec::from([Vec::new()])));
    refused(context.set_alpn(Vec::from([alloc::vec![b'x'; 256]])));
    refused(context.set_alpn(alloc::vec![alloc::vec![b'x'; 255]; 100]));
    assert_eq!(context.alpn(), [b"http/1.1"]);
    for host in [
        "",
        "a b",
        "-a.example",
        "[::1",
        "caf\u{e9}.example",
        "a..b",
        &"x".repeat(300),
    ] {
        refused(Session::new(&context, host).map(|_| ()));
    }
    for host in [
        "localhost",
        "a_b.example",
        "127.0.0.1",
        "::1",
        "[::1]",
        "fe80::1%eth0",
    ] {
        assert!(Session::new(&context, host).is_ok(), "{host}");
    }
}

#[test]
fn the_server_name_is_the_host_s_an_override_or_absent() {
    let ca = authority();
    let server = Arc::new(ca.leaf().server());
    for (name, host, sent) in [
        (ServerName::Host, HOST, Some(HOST)),
        (
            ServerName::Override(HOST.to_string()),
            "192.0.2.1",
            Some(HOST),
        ),
        (ServerName::Omit, HOST, None),
    ] {
        let mut context = ca.context();
        context.set_server_name(name);
        let mut pair = Pair::to_host(&context, &server, host);
        pair.run().unwrap();
        assert_eq!(pair.server.server_name(), sent);
    }
    let mut context = ca.context();
    context.set_server_name(ServerName::Override("not a name".to_string()));
    refused(Session::new(&context, HOST).map(|_| ()));
}

#[test]
fn key_log_lines_have_the_nss_form_and_are_taken_once() {
    let ca = authority();
    let server = Arc::new(ca.leaf().server());
    let mut context = ca.context();
    Pair::new(&context, &server).run().unwrap();
    assert!(context.take_keylog().is_empty());

    context.set_keylog(true);
    Pair::new(&context, &server).run().unwrap();
    let lines = context.take_keylog();
    assert!(
        lines
            .iter()
            .any(|line| line.starts_with("CLIENT_TRAFFIC_SECRET_0 "))
    );
    for line in &lines {
        let lengths: Vec<_> = line.split(' ').skip(1).map(str::len).collect();
        assert_eq!(lengths, [64, 64]);
    }
    assert!(context.take_keylog().is_empty());
}

#[test]
fn the_configuration_is_built_once_for_each_change() {
    let mut context = Context::new(now);
    let first = context.client_config().unwrap();
    assert!(Arc::ptr_eq(&first, &context.client_config().unwrap()));
    context.set_resumption(false);
    assert!(!Arc::ptr_eq(&first, &context.client_config().unwrap()));
}
