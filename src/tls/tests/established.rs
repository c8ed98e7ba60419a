//! What a peer may do once the handshake is done.

use super::sealer::ticket;
use super::server::{Pair, authority};
use crate::{Kind, Progress, Session};
use alloc::sync::Arc;
use alloc::vec::Vec;
use rustls::crypto::aws_lc_rs;
use rustls::version::{TLS12, TLS13};
use rustls::{CipherSuite, ContentType, SupportedProtocolVersion};

/// A connection after its handshake, with ChaCha20-Poly1305.
fn established(version: &'static SupportedProtocolVersion) -> Pair {
    let ca = authority();
    let mut provider = aws_lc_rs::default_provider();
    provider.cipher_suites.retain(|suite| {
        [
            CipherSuite::TLS13_CHACHA20_POLY1305_SHA256,
            CipherSuite::TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        ]
        .contains(&suite.suite())
    });
    let server = Arc::new(ca.leaf().server_with(provider, &[version]));
    let mut pair = Pair::new(&ca.context(), &server);
    assert_eq!(pair.run(), Ok(Progress::NeedsInput));
    pair
}

#[test]
fn flood_of_tickets_is_handled_in_bounded_pieces() {
    let mut pair = established(&TLS13);
    let mut sealer = pair.sealer();
    let tickets = ticket(1).repeat(850);
    let full = sealer.record(ContentType::Handshake, &tickets);
    assert!(full.len() > 16_000);
    for _ in 0..3 {
        pair.incoming
            .extend(sealer.record(ContentType::Handshake, &tickets));
    }
    pair.incoming.splice(0..0, full);
    pair.incoming
        .extend(sealer.record(ContentType::ApplicationData, b"after"));
    // No call goes through more than two of these records.
    for left in [2, 0] {
        assert_eq!(pair.process(16), Ok(Progress::More));
        assert!(pair.incoming.len() < (left + 1) * 16_500, "{left}");
        assert!(pair.received.is_empty());
    }
    assert_eq!(pair.process(16), Ok(Progress::NeedsInput));
    assert_eq!(pair.received, b"after");
}

#[test]
fn tickets_that_never_end_with_a_record_are_an_error_in_the_end() {
    let mut pair = established(&TLS13);
    let mut sealer = pair.sealer();
    let tickets = ticket(100).repeat(2000);
    let outcome = tickets.chunks(16_000).try_for_each(|part| {
        pair.hand_in(&sealer.record(ContentType::Handshake, part))
            .map(drop)
    });
    let error = outcome.unwrap_err();
    assert_eq!(error.kind, Kind::Tls);
    assert!(error.message.contains("handshake messages"), "{error}");
    assert!(pair.incoming.is_empty());
}

#[test]
fn large_ticket_in_several_records_is_taken_and_delays_no_writing() {
    let mut pair = established(&TLS13);
    let mut server = pair.sealer();
    let ticket = ticket(50_000);
    let (first, rest) = ticket.split_at(16_000);
    pair.hand_in(&server.record(ContentType::Handshake, first))
        .unwrap();
    assert!(pair.incoming.len() > 16_000);
    assert_eq!(pair.write(b"meanwhile"), Ok(9));
    for part in rest.chunks(16_000) {
        pair.hand_in(&server.record(ContentType::Handshake, part))
            .unwrap();
    }
    assert!(pair.incoming.is_empty());
    pair.hand_in(&server.record(ContentType::ApplicationData, b"after"))
        .unwrap();
    assert_eq!(pair.received, b"after");

    pair.hand_in(&server.record(ContentType::Handshake, &ticket[..100]))
        .unwrap();
    let before = pair.outgoing.len();
    pair.client.close(&mut pair.outgoing);
    assert!((1..64).contains(&(pair.outgoing.len() - before)));
}

#[test]
fn message_after_the_handshake_may_come_byte_by_byte() {
    let mut pair = established(&TLS13);
    let mut server = pair.sealer();
    let parts: Vec<_> = ticket(100).chunks(7).map(<[u8]>::to_vec).collect();
    for part in parts {
        for byte in server.record(ContentType::Handshake, &part) {
            pair.hand_in(&[byte]).unwrap();
            assert_eq!(pair.write(b"x"), Ok(1));
        }
    }
    assert!(pair.incoming.is_empty());
}

#[test]
fn renegotiation_is_refused_and_named_when_the_peer_gives_up() {
    // RFC 5246, section 7.4.1.1.
    let hello_request = [0, 0, 0, 0];
    for alert in [40, 100] {
        let mut pair = established(&TLS12);
        let mut server = pair.sealer();
        pair.hand_in(&server.record(ContentType::ApplicationData, b"half"))
            .unwrap();
        let progress = pair.hand_in(&server.record(ContentType::Handshake, &hello_request));
        assert_eq!(progress, Ok(Progress::NeedsInput));
        assert_eq!(pair.outgoing.first(), Some(&21));
        let error = pair
            .hand_in(&server.record(ContentType::Alert, &[2, alert]))
            .unwrap_err();
        assert_eq!(error.alert_received, Some(alert));
        assert!(error.message.contains("wants to renegotiate"), "{error}");
        assert_eq!(pair.received, b"half");
    }

    let mut pair = established(&TLS12);
    let mut server = pair.sealer();
    pair.hand_in(&server.record(ContentType::Handshake, &hello_request))
        .unwrap();
    let error = pair
        .hand_in(&server.record(ContentType::Handshake, &hello_request))
        .unwrap_err();
    assert!(error.message.contains("wants to renegotiate"), "{error}");
}

#[test]
fn alert_after_the_handshake_is_not_taken_for_renegotiation() {
    for version in [&TLS12, &TLS13] {
        let mut pair = established(version);
        let mut server = pair.sealer();
        let error = pair
            .hand_in(&server.record(ContentType::Alert, &[2, 40]))
            .unwrap_err();
        assert!(!error.message.contains("renegotiate"), "{error}");
    }
}

#[test]
fn alert_without_a_name_is_told_by_its_number() {
    let mut pair = established(&TLS13);
    let mut server = pair.sealer();
    let error = pair
        .hand_in(&server.record(ContentType::Alert, &[2, 200]))
        .unwrap_err();
    assert_eq!(error.message, "the peer sent alert 200");
}

#[test]
fn what_follows_close_notify_is_used_up_and_ignored() {
    let mut pair = established(&TLS13);
    let mut server = pair.sealer();
    let mut bytes = server.record(ContentType::ApplicationData, b"last");
    bytes.extend(server.record(ContentType::Alert, &[1, 0]));
    bytes.extend(server.record(ContentType::ApplicationData, b"late"));
    assert_eq!(pair.hand_in(&bytes), Ok(Progress::Closed));
    assert_eq!(pair.received, b"last");
    assert!(pair.incoming.is_empty());
    assert_eq!(pair.hand_in(b"anything"), Ok(Progress::Closed));
    assert!(pair.incoming.is_empty());
}

#[test]
fn error_comes_after_the_plaintext_before_it() {
    let mut pair = established(&TLS13);
    let mut server = pair.sealer();
    let mut bytes = server.record(ContentType::ApplicationData, b"good");
    bytes.extend(server.record(ContentType::Alert, &[2, 80]));
    pair.incoming = bytes;
    assert_eq!(pair.process(16), Ok(Progress::More));
    assert_eq!(pair.received, b"good");
    for _ in 0..2 {
        let error = pair.process(16).unwrap_err();
        assert_eq!(error.alert_received, Some(80));
    }
    assert!(pair.incoming.len() <= Session::MAX_INCOMING);
}
