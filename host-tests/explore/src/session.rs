//! A TLS session: flights of a server that are changed on their way, any bytes in
//! place of them, and any messages under the right keys.

use crate::input::Input;
use httplib_tls::{Context, Error, Progress, Session, Version};
use rustls::crypto::cipher::{
    AeadKey, Iv, MessageDecrypter, MessageEncrypter, OutboundPlainMessage, Tls13AeadAlgorithm,
    UnsupportedOperationError,
};
use rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer};
use rustls::{
    CipherSuite, CipherSuiteCommon, ConnectionTrafficSecrets, ContentType, ProtocolVersion,
    ServerConfig, ServerConnection, SupportedCipherSuite, Tls13CipherSuite,
};
use std::io::Write;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

// An authority, and a certificate of it for `HOST` until 2098, made with `openssl`.
const AUTHORITY: &[u8] = include_bytes!("../certificates/authority.der");
const CERTIFICATE: &[u8] = include_bytes!("../certificates/server.der");
const KEY: &[u8] = include_bytes!("../certificates/server-key.der");
const HOST: &str = "server.example";

/// How often bytes go back and forth; the longest handshake needs four.
const ROUNDS: u32 = 16;

/// A session against a server that is changed on the way, or none.
pub fn session(data: &[u8]) {
    let mut input = Input::new(data);
    let bits = input.byte();
    let version = bits & 1;
    let mut client = Client::new(bits & 2 != 0, input.take(4));
    if bits & 12 == 12 {
        let _ = client.hand_in(input.rest());
        return;
    }
    let server = Arc::clone(&SERVERS[usize::from(version)]);
    let mut server = ServerConnection::new(server).unwrap();
    if bits & 5 == 4 {
        client.talk_to(&mut server, &mut |bytes| bytes).unwrap();
        assert!(!client.session.is_handshaking());
        client.sealed(server, &mut input);
        return;
    }
    let said = input.bytes();
    let mut edits = Edits(input, 0);
    let talked = client.talk_to(&mut server, &mut |bytes| edits.apply(bytes));
    if talked.is_ok() && !client.session.is_handshaking() {
        client
            .session
            .write(b"hello", &mut client.outgoing)
            .unwrap();
        let _ = server.writer().write_all(said);
        server.send_close_notify();
        let _ = client.talk_to(&mut server, &mut |bytes| edits.apply(bytes));
    }
    // Nobody without the keys can make the client believe anything.
    assert!(said.starts_with(&client.received));
}

/// A server for each version.
static SERVERS: LazyLock<[Arc<ServerConfig>; 2]> = LazyLock::new(|| {
    [&rustls::version::TLS13, &rustls::version::TLS12].map(|version| {
        let mut provider = httplib_provider::provider();
        // The quickest.
        let quick = rustls::NamedGroup::X25519;
        provider.kx_groups.retain(|group| group.name() == quick);
        for suite in &mut provider.cipher_suites {
            if let SupportedCipherSuite::Tls13(with) = suite
                && with.common.suite == CipherSuite::TLS13_CHACHA20_POLY1305_SHA256
            {
                let common = CipherSuiteCommon {
                    suite: with.common.suite,
                    hash_provider: with.common.hash_provider,
                    confidentiality_limit: with.common.confidentiality_limit,
                };
                *suite = SupportedCipherSuite::Tls13(Box::leak(Box::new(Tls13CipherSuite {
                    common,
                    aead_alg: Box::leak(Box::new(Open(with.aead_alg))),
                    ..**with
                })));
            }
        }
        let certificate = CertificateDer::from(CERTIFICATE);
        let mut config = ServerConfig::builder_with_provider(Arc::new(provider))
            .with_protocol_versions(&[version])
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate], PrivatePkcs8KeyDer::from(KEY).into())
            .unwrap();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        config.enable_secret_extraction = true;
        Arc::new(config)
    })
});

/// The certificates are valid, always.
fn now() -> Option<Duration> {
    Some(Duration::from_secs(1_900_000_000))
}

struct Client<'a> {
    session: Session,
    incoming: Vec<u8>,
    outgoing: Vec<u8>,
    received: Vec<u8>,
    /// Decides in which pieces the bytes come.
    cuts: &'a [u8],
}

impl<'a> Client<'a> {
    fn new(verifies: bool, cuts: &'a [u8]) -> Self {
        let mut context = Context::unverified(now);
        if verifies {
            context = Context::new(now);
            context.clear_roots();
            context.load_verify_locations(AUTHORITY).unwrap();
        }
        context.set_minimum_version(Version::Tls12).unwrap();
        Self {
            session: Session::new(&context, HOST).unwrap(),
            incoming: Vec::new(),
            outgoing: Vec::new(),
            received: Vec::new(),
            cuts,
        }
    }

    /// Carries bytes both ways until nobody has any.
    fn talk_to(
        &mut self,
        server: &mut ServerConnection,
        change: &mut dyn FnMut(Vec<u8>) -> Vec<u8>,
    ) -> Result<(), Error> {
        for _ in 0..ROUNDS {
            self.hand_in(&[])?;
            let sent = std::mem::take(&mut self.outgoing);
            let mut rest = &sent[..];
            while !rest.is_empty() && server.read_tls(&mut rest).is_ok_and(|count| count > 0) {
                let _ = server.process_new_packets();
            }
            let mut wire = Vec::new();
            while server.wants_write() {
                server.write_tls(&mut wire).unwrap();
            }
            if wire.is_empty() && sent.is_empty() {
                break;
            }
            self.hand_in(&change(wire))?;
        }
        Ok(())
    }

    /// To the session, piece by piece. An error stays.
    fn hand_in(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let mut pieces = Input::new(self.cuts).cut(bytes);
        if bytes.is_empty() {
            pieces.push(bytes);
        }
        for piece in pieces {
            for part in piece.chunks(256) {
                self.incoming.extend_from_slice(part);
                self.go_on()?;
            }
            self.go_on()?;
        }
        Ok(())
    }

    fn go_on(&mut self) -> Result<(), Error> {
        loop {
            let (before, had) = (self.received.len(), self.incoming.len());
            let processed = self.session.process(
                &mut self.incoming,
                &mut self.outgoing,
                &mut self.received,
                1,
            );
            assert!(processed.consumed <= had);
            self.incoming.drain(..processed.consumed);
            let appended = self.received.len() - before;
            assert!(appended <= 16_384);
            match processed.progress {
                Ok(Progress::More) => assert!(processed.consumed > 0 || appended > 0),
                Ok(Progress::NeedsInput) => {
                    assert!(self.incoming.len() < Session::MAX_INCOMING);
                    return Ok(());
                }
                Ok(Progress::Closed) => return Ok(()),
                Err(error) => {
                    assert_eq!(appended, 0);
                    assert!(!error.to_string().is_empty());
                    let again = self.session.end_of_stream();
                    assert_eq!(again.as_ref(), Err(&error));
                    assert!(self.session.write(b"x", &mut self.outgoing).is_err());
                    return Err(error);
                }
            }
        }
    }

    /// Any messages after the handshake, in place of the server's.
    fn sealed(&mut self, server: ServerConnection, input: &mut Input<'_>) {
        let mut sealer = Sealer::new(server);
        let mut said = Vec::new();
        while !input.is_empty() {
            let typ = match input.below(8) {
                0..3 => ContentType::Handshake,
                3 => ContentType::Alert,
                4 => ContentType::ChangeCipherSpec,
                // Zero is padding, before which the payload would have its type.
                5 => ContentType::from(input.byte().max(1)),
                _ => ContentType::ApplicationData,
            };
            let payload = input.bytes();
            if typ == ContentType::ApplicationData {
                said.extend_from_slice(payload);
            }
            let record = sealer.record(typ, payload);
            let handed = self.hand_in(&record);
            assert!(said.starts_with(&self.received));
            if handed.is_err() || self.session.peer_closed() {
                break;
            }
        }
    }
}

/// Changes at certain places of what the server sends.
struct Edits<'a>(Input<'a>, usize);

impl Edits<'_> {
    fn apply(&mut self, mut bytes: Vec<u8>) -> Vec<u8> {
        let mut at = self.1;
        while !self.0.is_empty() {
            let skip = usize::from(self.0.byte());
            at += skip;
            // The next flight's.
            if at >= bytes.len() {
                self.1 = at - bytes.len();
                return bytes;
            }
            match self.0.below(6) {
                0 => bytes[at] ^= self.0.byte(),
                1 => bytes[at] = self.0.byte(),
                2 => drop(bytes.splice(at..at, self.0.bytes().iter().copied())),
                3 => drop(bytes.drain(at..bytes.len().min(at + 1 + usize::from(self.0.byte())))),
                4 => bytes.truncate(at),
                // Only a move on.
                _ => {}
            }
        }
        self.1 = 0;
        bytes
    }
}

/// An algorithm that gives its keys away, which the client's does not.
struct Open(&'static dyn Tls13AeadAlgorithm);

impl Tls13AeadAlgorithm for Open {
    fn encrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageEncrypter> {
        self.0.encrypter(key, iv)
    }

    fn decrypter(&self, key: AeadKey, iv: Iv) -> Box<dyn MessageDecrypter> {
        self.0.decrypter(key, iv)
    }

    fn key_len(&self) -> usize {
        self.0.key_len()
    }

    fn extract_keys(
        &self,
        key: AeadKey,
        iv: Iv,
    ) -> Result<ConnectionTrafficSecrets, UnsupportedOperationError> {
        Ok(ConnectionTrafficSecrets::Chacha20Poly1305 { key, iv })
    }
}

/// A server's records, made by hand after its handshake.
struct Sealer {
    encrypter: Box<dyn MessageEncrypter>,
    sequence: u64,
}

impl Sealer {
    fn new(server: ServerConnection) -> Self {
        let suite = server.negotiated_cipher_suite().unwrap();
        let (sequence, secrets) = server.dangerous_extract_secrets().unwrap().tx;
        let ConnectionTrafficSecrets::Chacha20Poly1305 { key, iv } = secrets else {
            panic!("another suite was agreed on");
        };
        let suite = suite.tls13().unwrap();
        Self {
            encrypter: suite.aead_alg.encrypter(key, iv),
            sequence,
        }
    }

    fn record(&mut self, typ: ContentType, payload: &[u8]) -> Vec<u8> {
        let message = OutboundPlainMessage {
            typ,
            version: ProtocolVersion::TLSv1_2,
            payload: payload.into(),
        };
        let sealed = self.encrypter.encrypt(message, self.sequence).unwrap();
        self.sequence += 1;
        sealed.encode()
    }
}
