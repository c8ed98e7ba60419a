//! Every form of a private key that a context takes authenticates its client.

use std::sync::Arc;

use httplib_host_tests::{Host, TlsContext};
use rustls::RootCertStore;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use rustls::server::WebPkiClientVerifier;

use super::keys::KeyKind;
use super::table::Version;
use super::{body, connection};
use crate::peers::nginx::{Block, Nginx};
use crate::peers::openssl;
use crate::peers::s_server::SServer;
use crate::servers::certificates::{authority, local_identity, server_config};
use crate::servers::{Server, trusting_context};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Pkcs8,
    Pkcs1,
    Sec1,
}

const FORMS: [(KeyKind, Format); 11] = [
    (KeyKind::Rsa2048, Format::Pkcs8),
    (KeyKind::Rsa2048, Format::Pkcs1),
    (KeyKind::Rsa3072, Format::Pkcs8),
    (KeyKind::Rsa3072, Format::Pkcs1),
    (KeyKind::Rsa4096, Format::Pkcs8),
    (KeyKind::Rsa4096, Format::Pkcs1),
    (KeyKind::P256, Format::Pkcs8),
    (KeyKind::P256, Format::Sec1),
    (KeyKind::P384, Format::Pkcs8),
    (KeyKind::P384, Format::Sec1),
    (KeyKind::Ed25519, Format::Pkcs8),
];

/// Each as PEM and as DER, in either version.
const AUTHENTICATIONS: usize = 11 * 2 * 2;

#[test]
fn every_form_of_key_authenticates_to_rustls() {
    let servers = Version::ALL.map(rustls_server);
    authenticates(servers.each_ref().map(Server::port));
}

#[test]
fn every_form_of_key_authenticates_to_nginx() {
    let inside = "ssl_client_certificate authority.pem; ssl_verify_client on;
        return 200 \"$ssl_client_verify $ssl_client_s_dn\";";
    let blocks = Version::ALL.map(|version| Block::tls(version.name(), inside));
    let Some(nginx) = Nginx::serve(local_identity(), &blocks) else {
        return;
    };
    authenticates(nginx.ports().try_into().unwrap());
}

#[test]
fn every_form_of_key_authenticates_to_s_server() {
    let servers = Version::ALL.map(|version| {
        SServer::start(&[
            "-www",
            version.option(),
            "-Verify",
            "1",
            "-verify_return_error",
            "-CAfile",
            "authority.pem",
        ])
    });
    let [Some(tls12), Some(tls13)] = &servers else {
        return;
    };
    authenticates([tls12.port, tls13.port]);
}

/// The servers say whom they have verified.
fn authenticates(ports: [u16; 2]) {
    let host = Host::new();
    let mut count = 0;
    for (key, format) in FORMS {
        let Some(contexts) = contexts(&host, key, format) else {
            return;
        };
        for context in contexts {
            for port in ports {
                let said = body(&connection(&host, port, &context));
                let subject = format!("{key:?}");
                assert!(said.contains(&subject), "{key:?}, {format:?}: {said}");
                count += 1;
            }
        }
    }
    println!("{count} authentications");
    assert_eq!(count, AUTHENTICATIONS);
}

/// With the key in PEM, and in DER.
fn contexts(host: &Host, key: KeyKind, format: Format) -> Option<[TlsContext; 2]> {
    let identity = key.identity();
    let pem = match format {
        Format::Pkcs8 => identity.key_pem,
        Format::Pkcs1 | Format::Sec1 => openssl::traditional(&identity.key_pem)?,
    };
    let der = PrivateKeyDer::from_pem_slice(pem.as_bytes()).unwrap();
    let found = match &der {
        PrivateKeyDer::Pkcs1(_) => Format::Pkcs1,
        PrivateKeyDer::Sec1(_) => Format::Sec1,
        _ => Format::Pkcs8,
    };
    assert_eq!(found, format);
    Some([pem.as_bytes(), der.secret_der()].map(|key| {
        let context = trusting_context(host);
        context
            .load_cert_chain(identity.chain_pem.as_bytes(), Some(key))
            .unwrap();
        // So that every connection signs.
        context.set_session_resumption(false);
        context
    }))
}

/// Its answer is the client's certificate.
fn rustls_server(version: Version) -> Server {
    let provider = aws_lc_rs::default_provider();
    let mut roots = RootCertStore::empty();
    roots.add(authority().der.clone().into()).unwrap();
    let verifier =
        WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::new(provider.clone()))
            .build()
            .unwrap();
    let config = server_config(provider, &[version.rustls()]).with_client_cert_verifier(verifier);
    let config = local_identity().complete(config);
    Server::start(Some(config.into()), |peer| {
        peer.request()?;
        let certificate = peer.tls().unwrap().peer_certificates().unwrap()[0].to_vec();
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n",
            certificate.len()
        );
        peer.send([head.as_bytes(), &certificate].concat())
    })
}
