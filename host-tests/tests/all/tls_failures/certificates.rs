//! Certificates that are not accepted, and why.

use httplib_host_tests::ErrorKind;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa,
    NameConstraints, SanType, date_time_ymd,
};
use rustls::crypto::ring;

use super::conduct::{answering, relayed};
use super::{Expected, HANDSHAKE, HELLO, HOST, Row, check_all, with_both};
use crate::peers::openssl::WeakIdentity;
use crate::peers::s_server::SServer;
use crate::servers::certificates::{Authority, Identity, authority};

/// Situation, name, what the server shows, reason, alert, text.
type Case = (
    &'static str,
    Option<&'static str>,
    fn() -> Identity,
    &'static str,
    u8,
    &'static [&'static str],
);

const DIFFERENT_TIMES: [Case; 3] = [
    (
        "expired",
        None,
        || ours(|params| params.not_after = date_time_ymd(2001, 9, 9)),
        "expired",
        45,
        &["expired at 2001-09-09T00:00:00Z", "the clock says 2"],
    ),
    (
        "not valid yet",
        None,
        || ours(|params| params.not_before = date_time_ymd(2999, 1, 1)),
        "not-yet-valid",
        45,
        &["not valid before 2999-01-01T00:00:00Z", "the clock says 2"],
    ),
    (
        "below an authority that has expired",
        None,
        || below(|params| params.not_after = date_time_ymd(2001, 9, 9)),
        "expired",
        45,
        &["expired at 2001-09-09T00:00:00Z"],
    ),
];

const OTHER_NAMES: [Case; 11] = [
    (
        "for another host",
        Some("www.example.org"),
        || authority().issue(&["example.org", "example.com", "192.0.2.1"]),
        "name-mismatch",
        42,
        &["for other names: example.org, example.com, 192.0.2.1"],
    ),
    (
        "for another address",
        None,
        || authority().issue(&["localhost", "127.0.0.2"]),
        "name-mismatch",
        42,
        &["for other names: localhost, 127.0.0.2"],
    ),
    (
        "for a host name that looks like the address",
        None,
        || for_dns_name(HOST),
        "name-mismatch",
        42,
        &["for other names: 127.0.0.1"],
    ),
    (
        "for all hosts below a top-level domain",
        Some("example.com"),
        || for_dns_name("*.com"),
        "name-mismatch",
        42,
        &["for other names: *.com"],
    ),
    (
        "for all hosts whose name begins the same way",
        Some("foo.example.org"),
        || for_dns_name("f*.example.org"),
        "name-mismatch",
        42,
        &["for other names: f*.example.org"],
    ),
    (
        "for all hosts one label below, and asked for one two labels below",
        Some("a.b.example.org"),
        || for_dns_name("*.example.org"),
        "name-mismatch",
        42,
        &["for other names: *.example.org"],
    ),
    (
        "for all hosts below a domain, and asked for the domain",
        Some("example.org"),
        || for_dns_name("*.example.org"),
        "name-mismatch",
        42,
        &["for other names: *.example.org"],
    ),
    (
        "with a wildcard for a part of the address",
        None,
        || for_dns_name("*.0.0.1"),
        "name-mismatch",
        42,
        &["for other names: *.0.0.1"],
    ),
    (
        "with a wildcard in the middle",
        Some("a.b.example.org"),
        || for_dns_name("a.*.example.org"),
        "name-mismatch",
        42,
        &["for other names: a.*.example.org"],
    ),
    (
        "for more names than a message has room for",
        Some("www.example.org"),
        || {
            let names: Vec<String> = (1000..3000).map(|it| format!("{it}.example.org")).collect();
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            authority().issue(&names)
        },
        "name-mismatch",
        42,
        &["for other names: 1000.example.org, ", ", and 1992 more"],
    ),
    (
        "with the host as its common name only",
        Some("www.example.org"),
        || {
            ours(|params| {
                params.subject_alt_names.clear();
                let name = &mut params.distinguished_name;
                name.push(DnType::CommonName, "www.example.org");
            })
        },
        "name-mismatch",
        42,
        &["not valid for any host name", "common name does not count"],
    ),
];

const NO_WAY_TO_A_ROOT: [Case; 5] = [
    (
        "self-signed",
        None,
        || Identity::self_signed(&for_this_host()),
        "unknown-issuer",
        48,
        &["self-signed"],
    ),
    (
        "self-signed as an authority",
        None,
        || {
            let mut params = for_this_host();
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            Identity::self_signed(&params)
        },
        "unknown-issuer",
        48,
        &["self-signed"],
    ),
    (
        "of an unknown authority",
        None,
        || {
            let stranger = Authority::new("nobody");
            stranger.issue(&[HOST]).through(&[&stranger])
        },
        "unknown-issuer",
        48,
        &["issuer is unknown"],
    ),
    (
        "without the authority in between",
        None,
        || authority().subordinate("between", |_| ()).issue(&[HOST]),
        "unknown-issuer",
        48,
        &["issuer is unknown", "among the certificates"],
    ),
    (
        "of an authority that only has the name of a trusted one",
        None,
        || Authority::new("the authority of the tests").issue(&[HOST]),
        "bad-signature",
        51,
        &["signature", "wrong"],
    ),
];

const BROKEN_RULES: [Case; 7] = [
    (
        "issued by one that is no authority",
        None,
        || below(|params| params.is_ca = IsCa::ExplicitNoCa),
        "constraint-violated",
        42,
        &["no authority"],
    ),
    (
        "of an authority, itself trusted for nothing",
        None,
        || ours(|params| params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained)),
        "constraint-violated",
        42,
        &["that of an authority"],
    ),
    (
        "below more authorities than allowed",
        None,
        || {
            let short = authority().subordinate("short", |params| {
                params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
            });
            let below = short.subordinate("below", |_| ());
            below.issue(&[HOST]).through(&[&below, &short])
        },
        "constraint-violated",
        42,
        &["path length"],
    ),
    (
        "for a host that the authority may not certify",
        Some("www.example.org"),
        || {
            let elsewhere = authority().subordinate("elsewhere", |params| {
                params.name_constraints = Some(NameConstraints {
                    permitted_subtrees: vec![GeneralSubtree::DnsName("example.com".into())],
                    excluded_subtrees: Vec::new(),
                });
            });
            elsewhere.issue(&["www.example.org"]).through(&[&elsewhere])
        },
        "constraint-violated",
        42,
        &["name constraints"],
    ),
    (
        "for a host that the authority is kept from",
        Some("www.example.org"),
        || {
            let elsewhere = authority().subordinate("elsewhere", |params| {
                params.name_constraints = Some(NameConstraints {
                    permitted_subtrees: Vec::new(),
                    excluded_subtrees: vec![GeneralSubtree::DnsName("example.org".into())],
                });
            });
            elsewhere.issue(&["www.example.org"]).through(&[&elsewhere])
        },
        "constraint-violated",
        42,
        &["name constraints"],
    ),
    (
        "for clients only",
        None,
        || {
            ours(|params| {
                params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
            })
        },
        "not-for-servers",
        43,
        &["extended key usage"],
    ),
    (
        "below an authority for clients only",
        None,
        || {
            below(|params| {
                params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
            })
        },
        "not-for-servers",
        43,
        &["extended key usage"],
    ),
];

const NOT_THE_SERVER_S: [Case; 2] = [
    (
        "somebody else's",
        None,
        || {
            let victim = authority().issue(&[HOST]);
            authority().issue(&[HOST]).showing(victim.der())
        },
        "bad-signature",
        51,
        &["handshake does not match its certificate"],
    ),
    (
        "no certificate at all",
        None,
        || authority().issue(&[HOST]).showing(b"no certificate"),
        "other",
        42,
        &["damaged"],
    ),
];

#[test]
fn certificate_out_of_its_time_tells_the_time() {
    check_all(rows(&DIFFERENT_TIMES));
}

#[test]
fn certificate_for_other_names_tells_the_names() {
    check_all(rows(&OTHER_NAMES));
}

#[test]
fn certificate_with_thousands_of_names_gives_a_short_message() {
    let names: Vec<_> = (0..3000)
        .map(|number| format!("{number}.example"))
        .collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    check_all(with_both(|version| {
        let config = authority()
            .issue(&names)
            .config(ring::default_provider(), &[version]);
        let expected = Expected {
            certificate_reason: Some("name-mismatch"),
            alert_sent: Some(42),
            text: &[
                "other names: 0.example, 1.example, ",
                "7.example, and 2992 more",
            ],
            ..CERTIFICATE
        };
        Row::new("3000 names", answering(config.into(), HELLO), expected)
    }));
}

#[test]
fn certificate_that_leads_to_no_root_is_refused() {
    check_all(rows(&NO_WAY_TO_A_ROOT));
}

#[test]
fn certificate_against_the_rules_of_its_chain_is_refused() {
    check_all(rows(&BROKEN_RULES));
}

#[test]
fn certificate_that_is_not_the_server_s_is_refused() {
    check_all(rows(&NOT_THE_SERVER_S));
}

#[test]
fn weak_signature_or_key_is_refused() {
    let expected = Expected {
        certificate_reason: Some("weak-algorithm"),
        ..CERTIFICATE
    };
    let sha1 = Expected {
        alert_sent: Some(51),
        text: &["signed with an algorithm that is too weak", "SHA-1"],
        ..expected
    };
    let short_key = Expected {
        alert_sent: Some(51),
        text: &["RSA key has 1024 bits", "at least 2048"],
        ..expected
    };
    let mut rows = Vec::new();
    for version in ["-tls1_2", "-tls1_3"] {
        for (what, make, expected) in [
            ("signed with SHA-1", WeakIdentity::sha1 as fn() -> _, sha1),
            ("with a short RSA key", WeakIdentity::rsa1024, short_key),
            (
                "of an authority with a short RSA key",
                WeakIdentity::below_rsa1024,
                short_key,
            ),
        ] {
            let Some(identity) = make() else { return };
            let options = [version, "-www", "-cipher", "ALL:@SECLEVEL=0"];
            let server = SServer::showing(&identity.chain, &identity.key, &options);
            let conduct = server.map(|server| -> super::Conduct {
                let relay = relayed(server.port);
                Box::new(move |socket| {
                    let _running = &server;
                    relay(socket)
                })
            });
            let mut row = Row::new(format!("{what} ({version})"), conduct, expected);
            row.trusted = Some(identity.authority);
            rows.push(row);
        }
    }
    check_all(rows);
}

const CERTIFICATE: Expected = Expected {
    kind: ErrorKind::Certificate,
    ..HANDSHAKE
};

fn rows(cases: &[Case]) -> Vec<Row> {
    let rows = cases
        .iter()
        .map(|&(situation, name, identity, reason, alert, text)| {
            with_both(move |version| {
                let config = identity().config(ring::default_provider(), &[version]);
                let expected = Expected {
                    certificate_reason: Some(reason),
                    alert_sent: Some(alert),
                    text,
                    ..CERTIFICATE
                };
                Row::new(situation, answering(config.into(), HELLO), expected).named(name)
            })
        });
    rows.flatten().collect()
}

fn for_this_host() -> CertificateParams {
    CertificateParams::new(vec![HOST.to_owned()]).unwrap()
}

/// A certificate for this host, changed.
fn ours(change: impl FnOnce(&mut CertificateParams)) -> Identity {
    let mut params = for_this_host();
    change(&mut params);
    authority().issue_with(params)
}

/// A certificate for this host below a changed authority.
fn below(change: impl FnOnce(&mut CertificateParams)) -> Identity {
    let between = authority().subordinate("between", change);
    between.issue(&[HOST]).through(&[&between])
}

fn for_dns_name(name: &str) -> Identity {
    let mut params = CertificateParams::default();
    params.subject_alt_names = vec![SanType::DnsName(name.try_into().unwrap())];
    authority().issue_with(params)
}
