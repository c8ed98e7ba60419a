//! The other side: certificates made on the spot, a rustls server on
//! aws-lc-rs, and the wire.

use super::sealer::Sealer;
use crate::{Context, Error, Progress, Session};
use alloc::sync::Arc;
use alloc::vec::Vec;
use rcgen::{
    BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    PKCS_ECDSA_P256_SHA256, PublicKeyData, SignatureAlgorithm,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{RootCertStore, ServerConfig, ServerConnection};
use std::io::{Read, Write};
use std::time::SystemTime;

/// The host of every test that does not say otherwise.
pub(super) const HOST: &str = "server.example";

pub(super) fn now() -> Option<core::time::Duration> {
    SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .ok()
}

/// An authority.
pub(super) struct Ca {
    pub(super) cert: CertificateDer<'static>,
    pub(super) pem: alloc::string::String,
    issuer: Issuer<'static, KeyPair>,
}

pub(super) fn authority() -> Ca {
    authority_with(|_| {})
}

pub(super) fn authority_with(change: impl FnOnce(&mut CertificateParams)) -> Ca {
    let params = authority_params(change);
    let key = KeyPair::generate().unwrap();
    let cert = params.self_signed(&key).unwrap();
    Ca {
        cert: cert.der().clone(),
        pem: cert.pem(),
        issuer: Issuer::new(params, key),
    }
}

fn authority_params(change: impl FnOnce(&mut CertificateParams)) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let name = alloc::format!("authority {:?}", std::thread::current().id());
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, name);
    change(&mut params);
    params
}

/// A self-signed certificate for [`HOST`] that is an authority's, as `openssl
/// req -x509` makes it.
pub(super) fn self_signed(change: impl FnOnce(&mut CertificateParams)) -> Leaf {
    let mut params = CertificateParams::new([HOST.into()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    let chain = Vec::from([params.self_signed(&key).unwrap().der().clone()]);
    Leaf { chain, key }
}

/// A certificate with its key, and what the server sends after it.
pub(super) struct Leaf {
    pub(super) chain: Vec<CertificateDer<'static>>,
    pub(super) key: KeyPair,
}

impl Ca {
    pub(super) fn leaf(&self) -> Leaf {
        self.leaf_with(&PKCS_ECDSA_P256_SHA256, |_| {})
    }

    pub(super) fn leaf_with(
        &self,
        algorithm: &'static SignatureAlgorithm,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Leaf {
        self.leaf_with_key(KeyPair::generate_for(algorithm).unwrap(), change)
    }

    pub(super) fn leaf_with_key(
        &self,
        key: KeyPair,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Leaf {
        let mut params = CertificateParams::new([HOST.into()]).unwrap();
        params.extended_key_usages = Vec::from([ExtendedKeyUsagePurpose::ServerAuth]);
        change(&mut params);
        let cert = params.signed_by(&key, &self.issuer).unwrap();
        Leaf {
            chain: Vec::from([cert.der().clone()]),
            key,
        }
    }

    /// A certificate for [`HOST`] with any key.
    pub(super) fn certify(&self, key: &impl PublicKeyData) -> CertificateDer<'static> {
        self.certify_with(CertificateParams::new([HOST.into()]).unwrap(), key)
    }

    pub(super) fn certify_with(
        &self,
        params: CertificateParams,
        key: &impl PublicKeyData,
    ) -> CertificateDer<'static> {
        params.signed_by(key, &self.issuer).unwrap().der().clone()
    }

    /// An authority below this one.
    pub(super) fn intermediate(&self, change: impl FnOnce(&mut CertificateParams)) -> Ca {
        self.intermediate_with(KeyPair::generate().unwrap(), change)
    }

    pub(super) fn intermediate_with(
        &self,
        key: KeyPair,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Ca {
        let params = authority_params(|params| {
            params
                .distinguished_name
                .push(rcgen::DnType::OrganizationName, "intermediate");
            change(params);
        });
        let cert = params.signed_by(&key, &self.issuer).unwrap();
        Ca {
            cert: cert.der().clone(),
            pem: cert.pem(),
            issuer: Issuer::new(params, key),
        }
    }

    /// A context that trusts this authority alone.
    pub(super) fn context(&self) -> Context {
        let mut context = Context::new(now);
        context.clear_roots();
        assert_eq!(context.load_verify_locations(self.pem.as_bytes()), Ok(1));
        context
    }
}

impl Leaf {
    /// A context that trusts this certificate alone.
    pub(super) fn context(&self) -> Context {
        let mut context = Context::new(now);
        context.clear_roots();
        assert_eq!(context.load_verify_locations(&self.chain[0]), Ok(1));
        context
    }

    pub(super) fn private_key(&self) -> PrivateKeyDer<'static> {
        PrivatePkcs8KeyDer::from(self.key.serialize_der()).into()
    }

    pub(super) fn server(&self) -> ServerConfig {
        self.server_with(
            rustls::crypto::aws_lc_rs::default_provider(),
            rustls::ALL_VERSIONS,
        )
    }

    pub(super) fn server_with(
        &self,
        provider: rustls::crypto::CryptoProvider,
        versions: &[&'static rustls::SupportedProtocolVersion],
    ) -> ServerConfig {
        let mut config = ServerConfig::builder_with_provider(Arc::new(provider))
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_cert_resolver(self.resolver());
        config.alpn_protocols = Vec::from([b"http/1.1".to_vec()]);
        config.enable_secret_extraction = true;
        config
    }

    /// Without rustls' own look at the certificate.
    fn resolver(&self) -> Arc<SingleCertAndKey> {
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        let key = provider
            .key_provider
            .load_private_key(self.private_key())
            .unwrap();
        Arc::new(CertifiedKey::new(self.chain.clone(), key).into())
    }

    /// A server that wants a client certificate of `ca`.
    pub(super) fn server_for_clients_of(
        &self,
        ca: &Ca,
        versions: &[&'static rustls::SupportedProtocolVersion],
    ) -> ServerConfig {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(ca.cert.clone()).unwrap();
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone())
                .build()
                .unwrap();
        ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_client_cert_verifier(verifier)
            .with_single_cert(self.chain.clone(), self.private_key())
            .unwrap()
    }
}

/// Both ends and the wire between them.
pub(super) struct Pair {
    pub(super) client: Session,
    pub(super) server: ServerConnection,
    /// How many bytes the wire carries at once.
    pub(super) step: usize,
    /// Everything that the client received, decrypted.
    pub(super) received: Vec<u8>,
    /// What the client has not used up yet.
    pub(super) incoming: Vec<u8>,
    /// What the client wants to send.
    pub(super) outgoing: Vec<u8>,
    heard: Vec<u8>,
    config: Arc<ServerConfig>,
}

impl Pair {
    pub(super) fn new(context: &Context, server: &Arc<ServerConfig>) -> Self {
        Self::to_host(context, server, HOST)
    }

    pub(super) fn to_host(context: &Context, server: &Arc<ServerConfig>, host: &str) -> Self {
        Self {
            client: Session::new(context, host).unwrap(),
            server: ServerConnection::new(server.clone()).unwrap(),
            step: usize::MAX,
            received: Vec::new(),
            incoming: Vec::new(),
            outgoing: Vec::new(),
            heard: Vec::new(),
            config: server.clone(),
        }
    }

    /// Carries bytes both ways until both sides wait.
    pub(super) fn run(&mut self) -> Result<Progress, Error> {
        self.run_through(|bytes| bytes)
    }

    /// The same, with the server's bytes changed on their way.
    pub(super) fn run_through(
        &mut self,
        mut change: impl FnMut(Vec<u8>) -> Vec<u8>,
    ) -> Result<Progress, Error> {
        loop {
            let progress = self.hand_in(&[]);
            let sent = self.carry_out();
            let progress = progress?;
            let wire = self.sent();
            if wire.is_empty() && !sent {
                return Ok(progress);
            }
            for part in change(wire).chunks(self.step) {
                self.hand_in(part)?;
            }
        }
    }

    /// What the server wants to send.
    pub(super) fn sent(&mut self) -> Vec<u8> {
        let mut wire = Vec::new();
        while self.server.wants_write() {
            self.server.write_tls(&mut wire).unwrap();
        }
        wire
    }

    /// To the client, which then goes on as far as it can.
    pub(super) fn hand_in(&mut self, mut bytes: &[u8]) -> Result<Progress, Error> {
        loop {
            let room = Session::MAX_INCOMING - self.incoming.len();
            let (part, rest) = bytes.split_at(room.min(bytes.len()));
            self.incoming.extend_from_slice(part);
            bytes = rest;
            match self.process(4)? {
                Progress::NeedsInput if !bytes.is_empty() => {}
                Progress::More => {}
                progress => return Ok(progress),
            }
        }
    }

    /// One call of the client's `process`.
    pub(super) fn process(&mut self, records: usize) -> Result<Progress, Error> {
        let before = self.received.len();
        let processed = self.client.process(
            &mut self.incoming,
            &mut self.outgoing,
            &mut self.received,
            records,
        );
        self.incoming.drain(..processed.consumed);
        let appended = self.received.len() - before;
        assert!(appended <= records * 16_384);
        assert!(appended == 0 || processed.progress.is_ok());
        processed.progress
    }

    /// Has the client write.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<usize, Error> {
        let before = self.outgoing.len();
        let count = self.client.write(bytes, &mut self.outgoing)?;
        assert!(self.outgoing.len() - before <= Session::sealed_size(bytes.len()));
        Ok(count)
    }

    /// To the server, whose opinion does not matter here.
    pub(super) fn carry_out(&mut self) -> bool {
        let outgoing = core::mem::take(&mut self.outgoing);
        for mut part in outgoing.chunks(self.step) {
            while !part.is_empty() {
                if self.server.read_tls(&mut part).unwrap() == 0 {
                    break;
                }
                let _ = self.server.process_new_packets();
                let _ = self.server.reader().read_to_end(&mut self.heard);
            }
        }
        !outgoing.is_empty()
    }

    /// After the handshake: takes the server away and seals in its place.
    pub(super) fn sealer(&mut self) -> Sealer {
        let fresh = ServerConnection::new(self.config.clone()).unwrap();
        let server = core::mem::replace(&mut self.server, fresh);
        Sealer::new(server)
    }

    /// Sends from the server.
    pub(super) fn say(&mut self, bytes: &[u8]) {
        self.server.set_buffer_limit(None);
        self.server.writer().write_all(bytes).unwrap();
    }

    /// What the server has received since the last call.
    pub(super) fn heard(&mut self) -> Vec<u8> {
        core::mem::take(&mut self.heard)
    }
}
