//! A certificate authority of the tests, and what it issues.

use std::sync::{Arc, OnceLock};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WantsServerCert;
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::ClientCertVerifier;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::version::{TLS12, TLS13};
use rustls::{ConfigBuilder, RootCertStore, ServerConfig, SupportedProtocolVersion, WantsVerifier};

/// An authority: a root, or below another one.
pub(crate) struct Authority {
    pub(crate) pem: String,
    pub(crate) der: Vec<u8>,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate of a server, with its key.
pub(crate) struct Identity {
    pub(crate) chain_pem: String,
    pub(crate) key_pem: String,
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

/// The names that the usual certificate is for.
const NAMES: [&str; 3] = ["localhost", "127.0.0.1", "::1"];

/// The authority that the tests trust.
pub(crate) fn authority() -> &'static Authority {
    static AUTHORITY: OnceLock<Authority> = OnceLock::new();
    AUTHORITY.get_or_init(|| Authority::new("the authority of the tests"))
}

/// A certificate for everything on this machine.
pub(crate) fn local_identity() -> &'static Identity {
    static IDENTITY: OnceLock<Identity> = OnceLock::new();
    IDENTITY.get_or_init(|| authority().issue(&NAMES))
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let (params, key) = (authority_params(name), KeyPair::generate().unwrap());
        let certificate = params.self_signed(&key).unwrap();
        Self::of(&certificate, params, key)
    }

    /// An authority below this one.
    pub(crate) fn subordinate(
        &self,
        name: &str,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Self {
        let (mut params, key) = (authority_params(name), KeyPair::generate().unwrap());
        change(&mut params);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        Self::of(&certificate, params, key)
    }

    fn of(certificate: &rcgen::Certificate, params: CertificateParams, key: KeyPair) -> Self {
        Self {
            pem: certificate.pem(),
            der: certificate.der().to_vec(),
            issuer: Issuer::new(params, key),
        }
    }

    /// A certificate for these DNS names and addresses.
    pub(crate) fn issue(&self, names: &[&str]) -> Identity {
        let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
        self.issue_with(CertificateParams::new(names).unwrap())
    }

    pub(crate) fn issue_with(&self, params: CertificateParams) -> Identity {
        self.issue_for(&KeyPair::generate().unwrap(), params)
    }

    /// A certificate for this key.
    pub(crate) fn issue_for(&self, key: &KeyPair, params: CertificateParams) -> Identity {
        let certificate = params.signed_by(key, &self.issuer).unwrap();
        Identity::of(&certificate, key)
    }

    /// Who accepts the clients that this authority has certified.
    pub(crate) fn client_verifier(&self) -> Arc<dyn ClientCertVerifier> {
        let mut roots = RootCertStore::empty();
        roots.add(self.der.clone().into()).unwrap();
        WebPkiClientVerifier::builder_with_provider(
            Arc::new(roots),
            Arc::new(ring::default_provider()),
        )
        .build()
        .unwrap()
    }
}

fn authority_params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

impl Identity {
    fn of(certificate: &rcgen::Certificate, key: &KeyPair) -> Self {
        Self {
            chain_pem: certificate.pem(),
            key_pem: key.serialize_pem(),
            chain: vec![certificate.der().clone()],
            key: PrivateKeyDer::Pkcs8(key.serialize_der().into()),
        }
    }

    pub(crate) fn self_signed(params: &CertificateParams) -> Self {
        let key = KeyPair::generate().unwrap();
        Self::of(&params.self_signed(&key).unwrap(), &key)
    }

    /// The same, sending the certificates of these authorities as well.
    pub(crate) fn through(mut self, authorities: &[&Authority]) -> Self {
        for authority in authorities {
            self.chain_pem.push_str(&authority.pem);
            self.chain.push(authority.der.clone().into());
        }
        self
    }

    /// The same key with other bytes as its certificate.
    pub(crate) fn showing(mut self, certificate: &[u8]) -> Self {
        self.chain = vec![certificate.to_vec().into()];
        self
    }

    /// Its own certificate.
    pub(crate) fn der(&self) -> &[u8] {
        &self.chain[0]
    }

    pub(crate) fn tls12(&self) -> Arc<ServerConfig> {
        Arc::new(self.config(ring::default_provider(), &[&TLS12]))
    }

    pub(crate) fn tls13(&self) -> Arc<ServerConfig> {
        Arc::new(self.config(ring::default_provider(), &[&TLS13]))
    }

    /// The provider is named, because with several in one build there is no
    /// default.
    pub(crate) fn config(
        &self,
        provider: CryptoProvider,
        versions: &[&'static SupportedProtocolVersion],
    ) -> ServerConfig {
        self.complete(server_config(provider, versions).with_no_client_auth())
    }

    /// Adds the certificate to a configuration that has the rest; unlike
    /// `with_single_cert` it takes whatever is to be sent.
    pub(crate) fn complete(
        &self,
        config: ConfigBuilder<ServerConfig, WantsServerCert>,
    ) -> ServerConfig {
        let key = config
            .crypto_provider()
            .key_provider
            .load_private_key(self.key.clone_key())
            .unwrap();
        let identity = CertifiedKey::new(self.chain.clone(), key);
        config.with_cert_resolver(Arc::new(SingleCertAndKey::from(identity)))
    }
}

/// The beginning of a server's configuration.
pub(crate) fn server_config(
    provider: CryptoProvider,
    versions: &[&'static SupportedProtocolVersion],
) -> ConfigBuilder<ServerConfig, WantsVerifier> {
    ServerConfig::builder_with_provider(Arc::new(provider))
        .with_protocol_versions(versions)
        .unwrap()
}
