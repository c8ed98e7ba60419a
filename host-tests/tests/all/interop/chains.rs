//! Chains in which every certificate has a key of another algorithm.

use httplib_host_tests::{ErrorKind, Host, TlsContext};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, IsCa, Issuer, KeyPair,
    PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, PKCS_ECDSA_P521_SHA512, PKCS_ED25519,
    PKCS_RSA_SHA256, PKCS_RSA_SHA384, PKCS_RSA_SHA512, SignatureAlgorithm,
};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::keys::KeyKind;
use super::table::Version;
use super::{body, connection};
use crate::servers::certificates::server_config;
use crate::servers::{Server, answering, ok};

/// What the keys of root, intermediate and leaf are for.
static CHAINS: [[&SignatureAlgorithm; 3]; 8] = [
    [
        &PKCS_RSA_SHA256,
        &PKCS_ECDSA_P256_SHA256,
        &PKCS_ECDSA_P384_SHA384,
    ],
    [&PKCS_RSA_SHA384, &PKCS_ECDSA_P384_SHA384, &PKCS_ED25519],
    [&PKCS_RSA_SHA512, &PKCS_ED25519, &PKCS_ECDSA_P256_SHA256],
    [
        &PKCS_ECDSA_P256_SHA256,
        &PKCS_RSA_SHA384,
        &PKCS_ECDSA_P384_SHA384,
    ],
    [&PKCS_ECDSA_P384_SHA384, &PKCS_RSA_SHA512, &PKCS_ED25519],
    [
        &PKCS_ECDSA_P384_SHA384,
        &PKCS_ECDSA_P521_SHA512,
        &PKCS_RSA_SHA256,
    ],
    [
        &PKCS_ECDSA_P521_SHA512,
        &PKCS_ECDSA_P256_SHA256,
        &PKCS_RSA_SHA256,
    ],
    [
        &PKCS_ED25519,
        &PKCS_ECDSA_P384_SHA384,
        &PKCS_ECDSA_P521_SHA512,
    ],
];

/// The RSA keys of a chain, and of one that is not to be taken for it.
const RSA: KeyKind = KeyKind::Rsa3072;
const OTHER_RSA: KeyKind = KeyKind::Rsa2048;

#[test]
fn chain_of_three_algorithms_is_verified() {
    let host = Host::new();
    for algorithms in &CHAINS {
        let chain = Chain::new(algorithms);
        let sent = [&chain.intermediate, &chain.leaf].map(|one| one.der().clone());
        let [intermediate, leaf] = &sent;
        for version in Version::ALL {
            let server = chain.server(version, &[leaf, intermediate]);
            let context = chain.trusting_context(&host);
            let connection = connection(&host, server.port(), &context);
            connection
                .connect()
                .unwrap_or_else(|error| panic!("{algorithms:?}, {version:?}: {error}"));
            let peer_certificates = connection.tls_info().unwrap().peer_certificates;
            assert_eq!(peer_certificates, [leaf.to_vec(), intermediate.to_vec()]);
            assert_eq!(body(&connection), "hello");
        }
    }
}

#[test]
fn chain_with_another_intermediate_of_the_same_name_is_refused() {
    let host = Host::new();
    for algorithms in &CHAINS {
        let [chain, other] = [RSA, OTHER_RSA].map(|rsa| Chain::with_rsa(rsa, algorithms));
        let leaf = chain.leaf.der();
        // The other one's is trusted, but has not signed this leaf.
        let server = chain.server(Version::Tls13, &[leaf, other.intermediate.der()]);
        let connection = connection(&host, server.port(), &other.trusting_context(&host));
        let error = connection.connect().unwrap_err();
        assert_eq!(
            error.kind,
            ErrorKind::Certificate,
            "{algorithms:?}: {error}"
        );
    }
}

#[test]
fn chain_without_its_intermediate_is_of_an_unknown_issuer() {
    let host = Host::new();
    for algorithms in &CHAINS {
        let chain = Chain::new(algorithms);
        let server = chain.server(Version::Tls13, &[chain.leaf.der()]);
        let connection = connection(&host, server.port(), &chain.trusting_context(&host));
        let error = connection.connect().unwrap_err();
        let reason = error.certificate_reason.as_deref();
        assert_eq!(reason, Some("unknown-issuer"), "{algorithms:?}: {error}");
    }
}

struct Chain {
    root: Certificate,
    intermediate: Certificate,
    leaf: Certificate,
    leaf_key: KeyPair,
}

impl Chain {
    fn new(algorithms: &[&'static SignatureAlgorithm; 3]) -> Self {
        Self::with_rsa(RSA, algorithms)
    }

    fn with_rsa(rsa: KeyKind, algorithms: &[&'static SignatureAlgorithm; 3]) -> Self {
        let [root_key, intermediate_key, leaf_key] =
            algorithms.map(|algorithm| key(rsa, algorithm));

        let root_params = authority("root");
        let root = root_params.self_signed(&root_key).unwrap();
        let root_issuer = Issuer::new(root_params, root_key);

        let intermediate_params = authority("intermediate");
        let intermediate = intermediate_params
            .signed_by(&intermediate_key, &root_issuer)
            .unwrap();
        let intermediate_issuer = Issuer::new(intermediate_params, intermediate_key);

        let leaf = CertificateParams::new(["127.0.0.1".to_owned()])
            .unwrap()
            .signed_by(&leaf_key, &intermediate_issuer)
            .unwrap();
        Self {
            root,
            intermediate,
            leaf,
            leaf_key,
        }
    }

    fn server(&self, version: Version, sent: &[&CertificateDer<'static>]) -> Server {
        let sent = sent
            .iter()
            .map(|&certificate| certificate.clone())
            .collect();
        let key = PrivateKeyDer::Pkcs8(self.leaf_key.serialize_der().into());
        let config = server_config(aws_lc_rs::default_provider(), &[version.rustls()])
            .with_no_client_auth()
            .with_single_cert(sent, key)
            .unwrap();
        Server::start(Some(config.into()), answering(ok("hello")))
    }

    /// A context that trusts the root and nothing else.
    fn trusting_context(&self, host: &Host) -> TlsContext {
        let context = host.tls_context();
        context.clear_roots();
        context.load_verify_locations(self.root.der()).unwrap();
        context
    }
}

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

/// A new key, but for RSA, where that takes its time.
fn key(rsa: KeyKind, algorithm: &'static SignatureAlgorithm) -> KeyPair {
    let with_rsa = [&PKCS_RSA_SHA256, &PKCS_RSA_SHA384, &PKCS_RSA_SHA512];
    if with_rsa.contains(&algorithm) {
        let key = PrivateKeyDer::Pkcs8(rsa.key().serialize_der().into());
        return KeyPair::from_der_and_sign_algo(&key, algorithm).unwrap();
    }
    KeyPair::generate_for(algorithm).unwrap()
}
