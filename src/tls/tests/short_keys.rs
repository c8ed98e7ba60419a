//! RSA keys that nobody should have any more, and certificates of version 1.

use super::server::{HOST, Leaf, Pair, authority, now};
use crate::{CertificateReason, Context, Error, Progress};
use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::sync::Arc;
use alloc::vec::Vec;
use der::asn1::AnyRef;
use der::{Decode, Encode, Reader, SliceReader};
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, PKCS_RSA_SHA256};
use rsa::pkcs1::EncodeRsaPublicKey;
use rsa::pkcs1v15::Pkcs1v15Sign;
use rsa::pss::Pss;
use rsa::traits::SignatureScheme as _;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::CertificateDer;
use rustls::sign::{CertifiedKey, Signer, SigningKey, SingleCertAndKey};
use rustls::version::{TLS12, TLS13};
use rustls::{ServerConfig, SignatureAlgorithm, SignatureScheme, SupportedProtocolVersion};
use sha2::{Digest, Sha256};

#[derive(Clone, Debug)]
struct RsaKey {
    key: rsa::RsaPrivateKey,
    public: Vec<u8>,
    scheme: SignatureScheme,
}

impl RsaKey {
    fn new(bits: usize) -> Self {
        let key = rsa::RsaPrivateKey::new(&mut UnwrapErr(SysRng), bits).unwrap();
        let public = key.to_public_key().to_pkcs1_der().unwrap();
        Self {
            public: public.as_bytes().to_vec(),
            key,
            scheme: SignatureScheme::RSA_PKCS1_SHA256,
        }
    }
}

impl rcgen::PublicKeyData for RsaKey {
    fn der_bytes(&self) -> &[u8] {
        &self.public
    }

    fn algorithm(&self) -> &'static rcgen::SignatureAlgorithm {
        &PKCS_RSA_SHA256
    }
}

impl rcgen::SigningKey for RsaKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rcgen::Error> {
        Ok(Signer::sign(self, message).unwrap())
    }
}

impl SigningKey for RsaKey {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        // TLS 1.3 has PSS alone; here TLS 1.2 takes what comes first.
        let scheme = *offered.iter().find(|scheme| {
            [
                SignatureScheme::RSA_PSS_SHA256,
                SignatureScheme::RSA_PKCS1_SHA256,
            ]
            .contains(scheme)
        })?;
        Some(Box::new(Self {
            scheme,
            ..self.clone()
        }))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::RSA
    }
}

impl Signer for RsaKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, rustls::Error> {
        let (rng, hash) = (Some(&mut SysRng), Sha256::digest(message));
        let signature = match self.scheme {
            SignatureScheme::RSA_PSS_SHA256 => Pss::<Sha256>::new().sign(rng, &self.key, &hash),
            _ => Pkcs1v15Sign::new::<Sha256>().sign(rng, &self.key, &hash),
        };
        Ok(signature.unwrap())
    }

    fn scheme(&self) -> SignatureScheme {
        self.scheme
    }
}

fn serving(
    chain: Vec<CertificateDer<'static>>,
    key: Arc<dyn SigningKey>,
    version: &'static SupportedProtocolVersion,
) -> Arc<ServerConfig> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let resolver = SingleCertAndKey::from(CertifiedKey::new(chain, key));
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(resolver));
    config.alpn_protocols = Vec::from([b"http/1.1".to_vec()]);
    Arc::new(config)
}

fn run(context: &Context, server: &Arc<ServerConfig>) -> Result<Progress, Error> {
    Pair::new(context, server).run()
}

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new([HOST.to_string()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

#[test]
fn server_with_a_short_key_is_accepted_without_verification_alone() {
    let ca = authority();
    let key = RsaKey::new(1024);
    let chain = Vec::from([ca.certify(&key)]);
    for version in [&TLS12, &TLS13] {
        let server = serving(chain.clone(), Arc::new(key.clone()), version);
        assert!(run(&Context::unverified(now), &server).is_ok());
        let error = run(&ca.context(), &server).unwrap_err();
        let reason = error.certificate_reason;
        assert_eq!(reason, Some(CertificateReason::WeakAlgorithm), "{error}");
        assert!(error.message.contains("1024 bits"), "{error}");
    }
}

#[test]
fn short_key_that_is_not_the_certificate_s_is_refused_without_verification() {
    let ca = authority();
    let (key, other) = (RsaKey::new(1024), RsaKey::new(1024));
    let chain = Vec::from([ca.certify(&key)]);
    for version in [&TLS12, &TLS13] {
        let server = serving(chain.clone(), Arc::new(other.clone()), version);
        let error = run(&Context::unverified(now), &server).unwrap_err();
        let reason = error.certificate_reason;
        assert_eq!(reason, Some(CertificateReason::BadSignature), "{error}");
    }
}

#[test]
fn key_that_lacks_the_topmost_bit_is_accepted() {
    let ca = authority();
    let key = RsaKey::new(2047);
    let chain = Vec::from([ca.certify(&key)]);
    for version in [&TLS12, &TLS13] {
        let server = serving(chain.clone(), Arc::new(key.clone()), version);
        assert_eq!(run(&ca.context(), &server), Ok(Progress::NeedsInput));
    }
}

#[test]
fn short_key_of_an_authority_is_a_weak_algorithm() {
    let key = RsaKey::new(1024);
    let mut authority_params = params("short");
    authority_params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root = authority_params.self_signed(&key).unwrap();
    let ca = authority();
    let between = ca.certify_with(authority_params.clone(), &key);
    let issuer = Issuer::new(authority_params, key);
    let leaf_key = KeyPair::generate().unwrap();
    let leaf = params("leaf").signed_by(&leaf_key, &issuer).unwrap();

    let mut trusting = Context::new(now);
    trusting.load_verify_locations(root.der()).unwrap();
    for (context, above) in [(trusting, None), (ca.context(), Some(between))] {
        let leaf = Leaf {
            chain: [leaf.der().clone()].into_iter().chain(above).collect(),
            key: KeyPair::try_from(leaf_key.serialize_der()).unwrap(),
        };
        let error = run(&context, &Arc::new(leaf.server())).unwrap_err();
        let reason = error.certificate_reason;
        assert_eq!(reason, Some(CertificateReason::WeakAlgorithm), "{error}");
        assert!(error.message.contains("1024 bits"), "{error}");
    }
}

#[test]
fn certificate_of_version_1_is_accepted_without_verification_alone() {
    let ca = authority();
    let mut leaf = ca.leaf();
    leaf.chain = Vec::from([version_1(&leaf.chain[0])]);
    for version in [&TLS12, &TLS13] {
        let server = leaf.server_with(aws_lc_rs::default_provider(), &[version]);
        let server = Arc::new(server);
        let outcome = run(&Context::unverified(now), &server);
        assert_eq!(outcome, Ok(Progress::NeedsInput));
        let error = run(&ca.context(), &server).unwrap_err();
        assert_eq!(error.certificate_reason, Some(CertificateReason::Other));
    }
}

/// The certificate without what version 3 has more, and with a wrong
/// signature.
fn version_1(certificate: &[u8]) -> CertificateDer<'static> {
    let [body, algorithm, signature] = &elements(certificate)[..] else {
        panic!("no certificate");
    };
    let fields = elements(body);
    let body = sequence(&fields[1..7]);
    sequence(&[body, algorithm.clone(), signature.clone()]).into()
}

fn elements(sequence: &[u8]) -> Vec<Vec<u8>> {
    let mut reader = SliceReader::new(AnyRef::from_der(sequence).unwrap().value()).unwrap();
    let mut found = Vec::new();
    while !reader.is_finished() {
        found.push(AnyRef::decode(&mut reader).unwrap().to_der().unwrap());
    }
    found
}

fn sequence(elements: &[Vec<u8>]) -> Vec<u8> {
    let contents = elements.concat();
    AnyRef::new(der::Tag::Sequence, &contents)
        .unwrap()
        .to_der()
        .unwrap()
}
