//! Every failure is a typed error that says what happened.

use super::server::{HOST, Leaf, Pair, authority, authority_with, now, self_signed};
use crate::{CertificateReason as Reason, Context, Error, Kind, Progress, VerifyMode, Version};
use alloc::string::ToString;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::time::Duration;
use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, KeyPair, NameConstraints, PKCS_ECDSA_P256_SHA256, SanType, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::version::{TLS12, TLS13};

fn refusal(context: &Context, leaf: &Leaf, host: &str) -> Error {
    let server = Arc::new(leaf.server());
    let error = Pair::to_host(context, &server, host).run().unwrap_err();
    assert_eq!(error.kind, Kind::Certificate, "{error:?}");
    assert!(error.alert_sent.is_some());
    let mut unverified = Context::unverified(now);
    unverified.set_alpn(context.alpn().to_vec()).unwrap();
    assert!(Pair::to_host(&unverified, &server, host).run().is_ok());
    error
}

fn reason(context: &Context, leaf: &Leaf, host: &str) -> Reason {
    refusal(context, leaf, host).certificate_reason.unwrap()
}

fn leaf_with(ca: &super::server::Ca, change: impl FnOnce(&mut CertificateParams)) -> Leaf {
    ca.leaf_with(&PKCS_ECDSA_P256_SHA256, change)
}

#[test]
fn certificates_out_of_time_tell_the_time() {
    let ca = authority();
    let old = leaf_with(&ca, |params| params.not_after = date_time_ymd(2001, 9, 9));
    let error = refusal(&ca.context(), &old, HOST);
    assert!(
        error.message.contains("expired at 2001-09-09T00:00:00Z"),
        "{error}"
    );
    assert_eq!(error.certificate_reason, Some(Reason::Expired));
    assert_eq!(error.alert_sent, Some(45));

    let new = leaf_with(&ca, |params| params.not_before = date_time_ymd(2999, 1, 1));
    let early = reason(&ca.context(), &new, HOST);
    assert_eq!(early, Reason::NotYetValid);
}

#[test]
fn an_unset_clock_is_said_to_be_the_reason() {
    let ca = authority();
    for clock in [|| None, || Some(Duration::ZERO)] as [fn() -> Option<Duration>; 2] {
        let mut context = Context::new(clock);
        context.load_verify_locations(&ca.cert).unwrap();
        assert_eq!(reason(&context, &ca.leaf(), HOST), Reason::ClockNotSet);
        let unverified = Context::unverified(clock);
        assert!(
            Pair::new(&unverified, &Arc::new(ca.leaf().server()))
                .run()
                .is_ok()
        );
    }
}

#[test]
fn a_wrong_name_tells_the_right_ones() {
    let ca = authority();
    let message = |leaf: &Leaf, host: &str| {
        let error = refusal(&ca.context(), leaf, host);
        assert_eq!(error.certificate_reason, Some(Reason::NameMismatch));
        error.message
    };
    let told = "the certificate is for other names: ";
    assert_eq!(
        message(&ca.leaf(), "other.example"),
        told.to_string() + HOST
    );

    let wildcard = leaf_with(&ca, |params| {
        params.subject_alt_names = Vec::from([
            SanType::DnsName("*.server.example".try_into().unwrap()),
            SanType::IpAddress([192, 0, 2, 1].into()),
        ]);
    });
    let all = told.to_string() + "*.server.example, 192.0.2.1";
    for host in ["a.b.server.example", HOST, "192.0.2.2"] {
        assert_eq!(message(&wildcard, host), all);
    }
    let server = Arc::new(wildcard.server());
    for host in ["a.server.example", "192.0.2.1"] {
        assert!(Pair::to_host(&ca.context(), &server, host).run().is_ok());
    }

    let common_name = leaf_with(&ca, |params| {
        params.subject_alt_names.clear();
        params.distinguished_name.push(DnType::CommonName, HOST);
    });
    assert!(message(&common_name, HOST).contains("not valid for any host name"));
    let mut unnamed = ca.context();
    unnamed.set_check_hostname(false);
    assert!(
        Pair::new(&unnamed, &Arc::new(common_name.server()))
            .run()
            .is_ok()
    );
}

#[test]
fn thousands_of_names_and_long_ones_give_a_short_message() {
    let ca = authority();
    let many = leaf_with(&ca, |params| {
        let name =
            |number| SanType::DnsName(alloc::format!("{number}.example").try_into().unwrap());
        params.subject_alt_names = (0..3000).map(name).collect();
    });
    let error = refusal(&ca.context(), &many, HOST);
    assert!(
        error.message.ends_with("7.example, and 2992 more"),
        "{error}"
    );
    assert!(error.message.len() < 200);

    let long = leaf_with(&ca, |params| {
        let name = "a.".repeat(10_000) + "example";
        params.subject_alt_names = Vec::from([SanType::DnsName(name.try_into().unwrap())]);
    });
    let error = refusal(&ca.context(), &long, HOST);
    assert!(error.message.len() < 200, "{error}");
}

#[test]
fn chains_that_lead_nowhere_have_an_unknown_issuer() {
    let (ca, stranger) = (
        authority(),
        authority_with(|params| {
            params
                .distinguished_name
                .push(DnType::CommonName, "stranger");
        }),
    );
    assert_eq!(
        reason(&ca.context(), &stranger.leaf(), HOST),
        Reason::UnknownIssuer
    );

    let intermediate = ca.intermediate(|_| {});
    let mut leaf = intermediate.leaf();
    assert_eq!(reason(&ca.context(), &leaf, HOST), Reason::UnknownIssuer);
    leaf.chain.push(intermediate.cert.clone());
    assert!(
        Pair::new(&ca.context(), &Arc::new(leaf.server()))
            .run()
            .is_ok()
    );

    for is_ca in [IsCa::NoCa, IsCa::Ca(BasicConstraints::Unconstrained)] {
        let leaf = self_signed(|params| params.is_ca = is_ca);
        let error = refusal(&ca.context(), &leaf, HOST);
        assert_eq!(error.certificate_reason, Some(Reason::UnknownIssuer));
        assert!(error.message.contains("self-signed"));
    }
}

#[test]
fn an_added_certificate_of_a_server_is_trusted_by_itself() {
    let ca = authority();
    let self_signed_leaf = self_signed(|params| params.is_ca = IsCa::NoCa);
    let for_servers = self_signed(|params| {
        params.extended_key_usages = Vec::from([
            ExtendedKeyUsagePurpose::ClientAuth,
            ExtendedKeyUsagePurpose::ServerAuth,
        ]);
    });
    let beside_an_old_issuer = {
        let old = ca.intermediate(|params| params.not_after = date_time_ymd(2001, 9, 9));
        let mut leaf = old.leaf();
        leaf.chain.push(old.cert);
        leaf
    };
    let expired = Reason::Expired;
    for (leaf, otherwise) in [
        (self_signed(|_| {}), Reason::UnknownIssuer),
        (self_signed_leaf, Reason::UnknownIssuer),
        (for_servers, Reason::UnknownIssuer),
        (ca.leaf(), Reason::UnknownIssuer),
        (beside_an_old_issuer, expired),
    ] {
        for version in [&TLS12, &TLS13] {
            let provider = aws_lc_rs::default_provider();
            let server = Arc::new(leaf.server_with(provider, &[version]));
            assert!(Pair::new(&leaf.context(), &server).run().is_ok());
        }
        let mut forgotten = leaf.context();
        forgotten.clear_roots();
        assert_eq!(reason(&forgotten, &leaf, HOST), otherwise);
    }
}

#[test]
fn an_added_certificate_is_held_to_what_it_says_of_itself() {
    for is_ca in [IsCa::NoCa, IsCa::Ca(BasicConstraints::Unconstrained)] {
        let leaf_with = |change: &dyn Fn(&mut CertificateParams)| {
            self_signed(|params| {
                params.is_ca = is_ca;
                change(params);
            })
        };
        let reason_with = |change: &dyn Fn(&mut CertificateParams)| {
            let leaf = leaf_with(change);
            reason(&leaf.context(), &leaf, HOST)
        };
        assert_eq!(
            reason_with(&|params| params.not_after = date_time_ymd(2001, 9, 9)),
            Reason::Expired
        );
        assert_eq!(
            reason_with(&|params| params.not_before = date_time_ymd(2999, 1, 1)),
            Reason::NotYetValid
        );
        assert_eq!(
            reason_with(&|params| {
                params.extended_key_usages = Vec::from([ExtendedKeyUsagePurpose::ClientAuth]);
            }),
            Reason::NotForServers
        );

        let leaf = leaf_with(&|_| {});
        let mut context = leaf.context();
        assert_eq!(
            reason(&context, &leaf, "other.example"),
            Reason::NameMismatch
        );
        context.set_check_hostname(false);
        let server = Arc::new(leaf.server());
        assert!(
            Pair::to_host(&context, &server, "other.example")
                .run()
                .is_ok()
        );
    }
}

#[test]
fn only_the_very_certificate_that_was_added_is_trusted_by_itself() {
    let added = self_signed(|_| {});
    // Same name and key, other bytes.
    let mut params = CertificateParams::new([HOST.to_string()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.serial_number = Some(7_u64.into());
    let chain = Vec::from([params.self_signed(&added.key).unwrap().der().clone()]);
    let context = added.context();
    let renewed = Leaf {
        chain,
        key: added.key,
    };
    assert_eq!(reason(&context, &renewed, HOST), Reason::UnknownIssuer);

    // Whoever has not its key cannot use it.
    let stolen = Leaf {
        chain: added.chain,
        key: KeyPair::generate().unwrap(),
    };
    let error = Pair::new(&context, &Arc::new(stolen.server()))
        .run()
        .unwrap_err();
    assert_eq!(error.certificate_reason, Some(Reason::BadSignature));
}

#[test]
fn an_authority_s_certificate_is_not_called_self_signed_when_it_is_not() {
    let ca = authority();
    let leaf = leaf_with(&ca, |params| {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    });
    let error = refusal(&ca.context(), &leaf, HOST);
    assert_eq!(error.certificate_reason, Some(Reason::ConstraintViolated));
    assert!(error.message.contains("that of an authority"), "{error}");
    assert!(!error.message.contains("self-signed"), "{error}");
    assert!(
        Pair::new(&leaf.context(), &Arc::new(leaf.server()))
            .run()
            .is_ok()
    );
}

#[test]
fn a_forged_signature_is_a_bad_one() {
    // An authority of the same name with another key.
    let (ca, impostor) = (authority(), authority());
    assert_eq!(
        reason(&ca.context(), &impostor.leaf(), HOST),
        Reason::BadSignature
    );
}

#[test]
fn broken_rules_of_the_chain_are_constraints() {
    let ca = authority();
    let mut cases = Vec::new();

    let no_authority = ca.intermediate(|params| params.is_ca = IsCa::ExplicitNoCa);
    cases.push((no_authority.leaf(), Vec::from([no_authority.cert])));

    let short = ca.intermediate(|params| params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0)));
    let below = short.intermediate(|params| {
        params
            .distinguished_name
            .push(DnType::OrganizationName, "below");
    });
    cases.push((below.leaf(), Vec::from([below.cert, short.cert])));

    let elsewhere = ca.intermediate(|params| {
        params.name_constraints = Some(NameConstraints {
            permitted_subtrees: Vec::from([GeneralSubtree::DnsName("elsewhere.example".into())]),
            excluded_subtrees: Vec::new(),
        });
    });
    cases.push((elsewhere.leaf(), Vec::from([elsewhere.cert])));

    for (mut leaf, above) in cases {
        leaf.chain.extend(above);
        assert_eq!(
            reason(&ca.context(), &leaf, HOST),
            Reason::ConstraintViolated
        );
    }
}

#[test]
fn certificates_for_other_uses_and_with_unknown_demands_are_refused() {
    let ca = authority();
    let client = leaf_with(&ca, |params| {
        params.extended_key_usages = Vec::from([ExtendedKeyUsagePurpose::ClientAuth]);
    });
    let error = refusal(&ca.context(), &client, HOST);
    assert_eq!(error.certificate_reason, Some(Reason::NotForServers));
    assert_eq!(error.alert_sent, Some(43));

    let demanding = leaf_with(&ca, |params| {
        let mut extension = CustomExtension::from_oid_content(&[1, 2, 3, 4], Vec::from([5, 0]));
        extension.set_criticality(true);
        params.custom_extensions.push(extension);
    });
    let error = Pair::new(&ca.context(), &Arc::new(demanding.server()))
        .run()
        .unwrap_err();
    assert_eq!(error.certificate_reason, Some(Reason::Other));
    assert!(error.message.contains("critical extension"));
}

#[test]
fn a_server_without_common_parameters_says_so() {
    let ca = authority();
    let leaf = ca.leaf();
    let mut old = ca.context();
    old.set_maximum_version(Version::Tls12).unwrap();
    let new_server = leaf.server_with(aws_lc_rs::default_provider(), &[&TLS13]);
    let error = Pair::new(&old, &Arc::new(new_server)).run().unwrap_err();
    assert_eq!((error.kind, error.alert_received), (Kind::Tls, Some(70)));

    let mut new = ca.context();
    new.set_minimum_version(Version::Tls13).unwrap();
    let old_server = leaf.server_with(aws_lc_rs::default_provider(), &[&TLS12]);
    let error = Pair::new(&new, &Arc::new(old_server)).run().unwrap_err();
    assert_eq!((error.kind, error.alert_received), (Kind::Tls, Some(70)));

    let mut other = ca.context();
    other.set_alpn(Vec::from([b"h2".to_vec()])).unwrap();
    let error = Pair::new(&other, &Arc::new(leaf.server()))
        .run()
        .unwrap_err();
    assert_eq!((error.kind, error.alert_received), (Kind::Tls, Some(120)));
    assert!(error.message.contains("ALPN"));
}

#[test]
fn a_missing_client_certificate_is_asked_for_by_alert() {
    let ca = authority();
    for version in [&TLS12, &TLS13] {
        let server = Arc::new(ca.leaf().server_for_clients_of(&ca, &[version]));
        let error = Pair::new(&ca.context(), &server).run().unwrap_err();
        assert_eq!(
            (error.kind, error.alert_received),
            (Kind::Tls, Some(116)),
            "{error}"
        );
    }
}

#[test]
fn a_peer_that_speaks_http_is_recognised() {
    let ca = authority();
    for greeting in [
        &b"HTTP/1.1 400 Bad Request\r\n\r\n"[..],
        b"SSH-2.0-OpenSSH\r\n",
        &[0; 64],
    ] {
        let mut pair = Pair::new(&ca.context(), &Arc::new(ca.leaf().server()));
        assert_eq!(pair.process(1), Ok(Progress::NeedsInput));
        let error = pair.hand_in(greeting).unwrap_err();
        assert_eq!(error.kind, Kind::Tls);
        assert_eq!(
            error.message.contains("plain HTTP"),
            greeting.starts_with(b"HTTP")
        );
        assert_eq!(pair.process(1), Err(error));
    }
}

#[test]
fn an_end_during_the_handshake_is_an_error_at_every_byte() {
    let ca = authority();
    let leaf = ca.leaf();
    for version in [&TLS12, &TLS13] {
        let server = Arc::new(leaf.server_with(aws_lc_rs::default_provider(), &[version]));
        let mut position = 0;
        loop {
            let mut left = position;
            let mut pair = Pair::new(&ca.context(), &server);
            pair.run_through(|mut wire| {
                wire.truncate(left);
                left -= wire.len();
                wire
            })
            .unwrap();
            if !pair.client.is_handshaking() {
                assert_eq!(pair.client.end_of_stream(), Ok(()));
                assert!(!pair.client.peer_closed());
                break;
            }
            let error = pair.client.end_of_stream().unwrap_err();
            assert_eq!(error.kind, Kind::Tls);
            assert_eq!(pair.process(1), Err(error));
            position += 1;
        }
        assert!(position > 500);
    }
}

#[test]
fn a_changed_byte_is_an_error_and_what_came_before_is_kept() {
    let ca = authority();
    let leaf = ca.leaf();
    for version in [&TLS12, &TLS13] {
        let server = Arc::new(leaf.server_with(aws_lc_rs::default_provider(), &[version]));
        for position in (0..900).step_by(13) {
            let mut at = position;
            let mut pair = Pair::new(&ca.context(), &server);
            let outcome = pair.run_through(|mut wire| {
                match wire.get_mut(at) {
                    Some(byte) => {
                        *byte ^= 0x55;
                        at = usize::MAX;
                    }
                    None => at = at.saturating_sub(wire.len()),
                }
                wire
            });
            // A changed length makes the client wait for more.
            let outcome = outcome.and_then(|_| pair.client.end_of_stream());
            assert!(outcome.is_err() || !pair.client.is_handshaking());
        }

        let mut pair = Pair::new(&ca.context(), &server);
        pair.run().unwrap();
        pair.say(b"whole");
        pair.run().unwrap();
        pair.say(&[b'x'; 20_000]);
        let error = pair
            .run_through(|mut wire| {
                if let Some(byte) = wire.last_mut() {
                    *byte ^= 1;
                }
                wire
            })
            .unwrap_err();
        assert!(error.message.contains("tampered"));
        assert_eq!(error.alert_sent, Some(20));
        assert_eq!(pair.received.len(), 5 + 16_384);
        assert_eq!(pair.write(b"x"), Err(error));
    }
}

#[test]
fn an_oversized_record_is_an_error() {
    let ca = authority();
    let mut pair = Pair::new(&ca.context(), &Arc::new(ca.leaf().server()));
    pair.run().unwrap();
    let record = [&[23, 3, 3, 0xff, 0xff][..], &[0; 60_000]].concat();
    let error = pair.hand_in(&record).unwrap_err();
    assert_eq!(
        (error.kind, error.alert_sent),
        (Kind::Tls, Some(50)),
        "{error}"
    );
    assert!(error.message.contains("too long"));
}

#[test]
fn a_close_during_the_handshake_is_an_error() {
    let ca = authority();
    let mut pair = Pair::new(&ca.context(), &Arc::new(ca.leaf().server()));
    pair.process(1).unwrap();
    // Before the keys are agreed on anybody could have sent it, so the
    // transport's end decides.
    let close_notify = [21, 3, 3, 0, 2, 1, 0];
    assert_eq!(pair.hand_in(&close_notify), Ok(Progress::NeedsInput));
    assert_eq!(pair.client.end_of_stream().unwrap_err().kind, Kind::Tls);
}

#[test]
fn every_fatal_alert_has_its_number() {
    let ca = authority();
    let server: Arc<ServerConfig> = Arc::new(ca.leaf().server());
    for alert in (10..=121).filter(|alert| *alert != 90) {
        let mut pair = Pair::new(&ca.context(), &server);
        pair.process(1).unwrap();
        let error = pair.hand_in(&[21, 3, 3, 0, 2, 2, alert]).unwrap_err();
        assert_eq!((error.kind, error.alert_received), (Kind::Tls, Some(alert)));
        assert!(!error.message.contains("alert alert"), "{error}");
        assert_eq!(error.alert_sent, None);
    }
}

#[test]
fn verification_without_roots_knows_no_issuer() {
    let ca = authority();
    let mut context = ca.context();
    context.clear_roots();
    assert_eq!(context.verify_mode(), VerifyMode::Required);
    assert_eq!(reason(&context, &ca.leaf(), HOST), Reason::UnknownIssuer);
}
