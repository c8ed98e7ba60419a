//! How much a session allocates by itself is never more than it said before.

#![allow(clippy::unwrap_used, clippy::panic)]

extern crate alloc;

mod counting;
#[allow(dead_code)]
#[path = "../sealer.rs"]
mod sealer;
#[allow(dead_code)]
#[path = "../server.rs"]
mod server;

use counting::{Counting, limited, peak};
use httplib_tls::{CertificateReason, Context, Error, Kind, Progress, Session};
use rcgen::{KeyPair, PKCS_RSA_SHA256, RsaKeySize, SanType};
use rustls::crypto::aws_lc_rs;
use rustls::version::{TLS12, TLS13};
use rustls::{CipherSuite, ContentType, ServerConfig, ServerConnection, SupportedProtocolVersion};
use sealer::{Sealer, ticket};
use server::{HOST, Leaf, authority};
use std::io::{Read, Write};
use std::sync::Arc;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// A client whose every call is measured.
struct Measured {
    session: Session,
    incoming: Vec<u8>,
    outgoing: Vec<u8>,
    plaintext: Vec<u8>,
}

impl Measured {
    fn new(context: &Context) -> Self {
        let reserve = context.reserve();
        let (session, peak) = peak(|| Session::new(context, HOST).unwrap());
        assert!(peak <= reserve, "new: {peak} of {reserve}");
        Self {
            session,
            incoming: Vec::with_capacity(Session::MAX_INCOMING),
            outgoing: Vec::new(),
            plaintext: Vec::with_capacity(4 * 16_384),
        }
    }

    fn process(&mut self) -> Result<Progress, Error> {
        let reserve = self.session.reserve(self.incoming.len());
        let state = format!(
            "{} bytes, handshake {}",
            self.incoming.len(),
            self.session.is_handshaking()
        );
        self.plaintext.clear();
        let (processed, peak) = peak(|| {
            self.session.process(
                &mut self.incoming,
                &mut self.outgoing,
                &mut self.plaintext,
                4,
            )
        });
        assert!(peak <= reserve, "process, {state}: {peak} of {reserve}");
        self.incoming.drain(..processed.consumed);
        processed.progress
    }

    fn receive(&mut self, mut bytes: &[u8]) -> Result<Progress, Error> {
        loop {
            let room = Session::MAX_INCOMING - self.incoming.len();
            let (part, rest) = bytes.split_at(room.min(bytes.len()));
            self.incoming.extend_from_slice(part);
            bytes = rest;
            match self.process()? {
                Progress::NeedsInput if !bytes.is_empty() => {}
                Progress::More => {}
                progress => return Ok(progress),
            }
        }
    }

    fn write(&mut self, bytes: &[u8]) {
        let (reserve, room) = (self.session.reserve(0), Session::sealed_size(bytes.len()));
        self.outgoing.reserve(room);
        let (written, peak) = peak(|| self.session.write(bytes, &mut self.outgoing));
        assert_eq!(written, Ok(bytes.len()));
        assert!(peak <= reserve, "write: {peak} of {reserve}");
    }

    fn close(&mut self) {
        let reserve = self.session.reserve(self.incoming.len());
        let ((), peak) = peak(|| self.session.close(&mut self.outgoing));
        assert!(peak <= reserve, "close: {peak} of {reserve}");
    }
}

/// Handshake, both ways of a bulk transfer, and the end.
fn transfer(context: &Context, config: &Arc<ServerConfig>, bytes: usize) {
    let mut server = ServerConnection::new(config.clone()).unwrap();
    server.set_buffer_limit(None);
    let mut client = Measured::new(context);
    let mut heard = vec![0; 16_384];
    let mut carry = |client: &mut Measured, server: &mut ServerConnection| {
        loop {
            client.process().unwrap();
            let sent = std::mem::take(&mut client.outgoing);
            let mut left = &sent[..];
            while !left.is_empty() {
                server.read_tls(&mut left).unwrap();
                server.process_new_packets().unwrap();
                while server
                    .reader()
                    .read(&mut heard)
                    .is_ok_and(|count| count > 0)
                {}
            }
            let mut wire = Vec::new();
            while server.wants_write() {
                server.write_tls(&mut wire).unwrap();
            }
            if sent.is_empty() && wire.is_empty() {
                return;
            }
            client.receive(&wire).unwrap();
        }
    };
    carry(&mut client, &mut server);
    assert!(!client.session.is_handshaking());
    server.writer().write_all(&vec![1; bytes]).unwrap();
    carry(&mut client, &mut server);
    for size in [1, bytes] {
        client.write(&vec![1; size]);
        carry(&mut client, &mut server);
    }
    client.close();
    carry(&mut client, &mut server);
}

#[test]
fn handshakes_and_transfers_stay_within_their_reserve() {
    let ca = authority();
    let rsa = || KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048).unwrap();
    let between = ca.intermediate_with(rsa(), |_| {});
    let mut below_rsa = between.leaf_with_key(rsa(), |_| {});
    below_rsa.chain.push(between.cert.clone());
    for leaf in [ca.leaf(), below_rsa] {
        for version in [&TLS12, &TLS13] {
            let config = Arc::new(leaf.server_for_clients_of(&ca, &[version]));
            let client = ca.leaf_with_key(rsa(), |params| params.extended_key_usages.clear());
            let mut context = ca.context();
            let key = client.key.serialize_pem();
            context
                .load_cert_chain(&client.chain[0], Some(key.as_bytes()))
                .unwrap();
            for _ in ["full", "resumed"] {
                transfer(&context, &config, 300_000);
            }
        }
    }
}

#[test]
fn context_with_everything_stays_within_its_reserve() {
    let ca = authority();
    let mut context = Context::new(server::now);
    for _ in 0..300 {
        context.load_verify_locations(&ca.cert).unwrap();
    }
    context.set_alpn(vec![vec![b'x'; 255]; 60]).unwrap();
    Measured::new(&context);
    Measured::new(&context);
}

/// The client's outcome where the server's flight comes in pieces.
fn handshake(context: &Context, leaf: &Leaf) -> Result<(), Error> {
    let mut server = ServerConnection::new(Arc::new(leaf.server())).unwrap();
    let mut client = Measured::new(context);
    client.process()?;
    server.read_tls(&mut &client.outgoing[..]).unwrap();
    server.process_new_packets().unwrap();
    let mut wire = Vec::new();
    while server.wants_write() {
        server.write_tls(&mut wire).unwrap();
    }
    let mut pieces = wire.chunks(4000);
    pieces.try_for_each(|piece| client.receive(piece).map(drop))
}

#[test]
fn certificate_of_nothing_but_names_stays_within_the_reserve() {
    let ca = authority();
    for (name, count) in [("a", 20_000), ("a.example", 5000)] {
        let leaf = ca.leaf_with(&rcgen::PKCS_ECDSA_P256_SHA256, |params| {
            let name = SanType::DnsName(name.try_into().unwrap());
            params.subject_alt_names = vec![name; count];
        });
        let error = handshake(&ca.context(), &leaf).unwrap_err();
        let reason = error.certificate_reason;
        assert_eq!(reason, Some(CertificateReason::NameMismatch));
    }
}

#[test]
fn chain_of_many_certificates_stays_within_the_reserve() {
    let ca = authority();
    let mut leaf = ca.leaf();
    for _ in 0..130 {
        leaf.chain.push(ca.cert.clone());
    }
    handshake(&ca.context(), &leaf).unwrap();
}

/// A connection after its handshake, with a chain of many certificates.
fn established(
    version: &'static SupportedProtocolVersion,
    certificates: usize,
) -> (Context, Measured, Sealer) {
    let ca = authority();
    let mut leaf = ca.leaf();
    for _ in 1..certificates {
        leaf.chain.push(ca.cert.clone());
    }
    let mut provider = aws_lc_rs::default_provider();
    provider.cipher_suites.retain(|suite| {
        [
            CipherSuite::TLS13_CHACHA20_POLY1305_SHA256,
            CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        ]
        .contains(&suite.suite())
    });
    let mut config = leaf.server_with(provider, &[version]);
    config.send_tls13_tickets = 0;
    let mut server = ServerConnection::new(Arc::new(config)).unwrap();
    let context = ca.context();
    let mut client = Measured::new(&context);
    while client.session.is_handshaking() || server.is_handshaking() {
        client.process().unwrap();
        let sent = std::mem::take(&mut client.outgoing);
        let mut left = &sent[..];
        while !left.is_empty() {
            server.read_tls(&mut left).unwrap();
            server.process_new_packets().unwrap();
        }
        let mut wire = Vec::new();
        while server.wants_write() {
            server.write_tls(&mut wire).unwrap();
        }
        client.receive(&wire).unwrap();
    }
    (context, client, Sealer::new(server))
}

#[test]
fn key_log_stays_within_the_reserve() {
    let ca = authority();
    let config = Arc::new(ca.leaf().server());
    let mut context = ca.context();
    context.set_keylog(true);
    for _ in 0..450 {
        transfer(&context, &config, 1);
    }
    assert_eq!(context.take_keylog().len(), 5 * 450);
}

#[test]
fn flood_of_tickets_stays_within_the_reserve() {
    for certificates in [1, 100] {
        let (context, mut client, mut server) = established(&TLS13, certificates);
        for size in [1, 100, 15_000, 60_000] {
            for _ in 0..4 {
                let tickets = ticket(size).repeat(16_000_usize.div_ceil(usize::from(size) + 20));
                let parts = tickets.chunks(16_384);
                let wire: Vec<_> = parts
                    .flat_map(|part| server.record(ContentType::Handshake, part))
                    .collect();
                client.receive(&wire).unwrap();
            }
        }
        client
            .receive(&server.record(ContentType::Handshake, &ticket(60_000)[..16_384]))
            .unwrap();
        client.write(b"meanwhile");
        client.close();
        // With the ticket in its first flight.
        assert_eq!(Measured::new(&context).process(), Ok(Progress::NeedsInput));
    }
}

#[test]
fn call_that_finds_no_memory_can_be_made_again_and_nothing_is_lost() {
    for version in [&TLS12, &TLS13] {
        let (_, mut client, mut server) = established(version, 1);
        let mut wire = server.record(ContentType::ApplicationData, &[1; 16_384]);
        wire.extend(server.record(ContentType::ApplicationData, &[2; 16_384]));
        let (mut plaintext, mut outgoing) = (Vec::new(), Vec::with_capacity(64));
        let mut process = |wire: &mut Vec<u8>, plaintext: &mut Vec<u8>| {
            let processed = client.session.process(wire, &mut outgoing, plaintext, 4);
            wire.drain(..processed.consumed);
            processed.progress
        };
        // What rustls allocates itself is small here beside a record.
        let none = limited(10_000, || process(&mut wire, &mut plaintext));
        assert_eq!(none.map_err(|error| error.kind), Err(Kind::Memory));
        assert!(plaintext.is_empty());
        assert_eq!(wire.len(), server_records(version, 2));

        plaintext.reserve_exact(16_384 + 10);
        let one = limited(17_000, || process(&mut wire, &mut plaintext));
        assert_eq!(one, Ok(Progress::More));
        assert_eq!(plaintext, [1; 16_384]);

        assert_eq!(process(&mut wire, &mut plaintext), Ok(Progress::NeedsInput));
        assert_eq!(plaintext[16_384..], [2; 16_384]);

        let (sent, rest) = (b"request", &mut Vec::new());
        let none = limited(10, || client.session.write(sent, rest));
        assert_eq!(none.map_err(|error| error.kind), Err(Kind::Memory));
        assert!(rest.is_empty());
        assert_eq!(client.session.write(sent, rest), Ok(7));
    }
}

/// The size of full records of ChaCha20-Poly1305.
fn server_records(version: &SupportedProtocolVersion, count: usize) -> usize {
    let inner_type = usize::from(version.version == TLS13.version);
    count * (5 + 16_384 + 16 + inner_type)
}
