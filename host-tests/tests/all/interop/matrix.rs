//! Every version, suite, group and kind of server certificate, with a full
//! handshake and a resumed one. Each server has no choice, and says in its
//! response what it agreed on.

use httplib_host_tests::{Host, TlsInfo};
use rustls::HandshakeKind;
use rustls::crypto::{CryptoProvider, aws_lc_rs};

use super::keys::KeyKind;
use super::table::{Combination, Version, combinations};
use super::{body, connection};
use crate::peers::nginx::{Block, Nginx};
use crate::peers::s_server::SServer;
use crate::servers::certificates::Identity;
use crate::servers::{Peer, Server, ok, trusting_context};

/// Six certificates, nine suites of which each goes with six, and the groups:
/// in TLS 1.3 four, in TLS 1.2 three.
const WITH_RUSTLS: usize = 6 * (3 * 4 + 3 * 3);
/// Without X25519MLKEM768.
const WITH_OPENSSL: usize = 6 * (3 * 3 + 3 * 3);

#[test]
fn every_combination_is_agreed_on_with_rustls() {
    let host = Host::new();
    let mut count = 0;
    for key in KeyKind::ALL {
        let identity = key.identity();
        for combination in combinations(key) {
            let server = rustls_server(&identity, combination);
            agrees(
                &host,
                server.port(),
                key,
                &identity,
                combination,
                |body, resumed| {
                    assert_eq!(
                        body,
                        agreed_by_rustls(combination, kind(combination, resumed))
                    );
                },
            );
            count += 1;
        }
    }
    assert_count(count, WITH_RUSTLS);
}

#[test]
fn every_combination_is_agreed_on_with_nginx() {
    let host = Host::new();
    let mut count = 0;
    for key in KeyKind::ALL {
        let identity = key.identity();
        let combinations: Vec<_> = openssl_combinations(key).collect();
        let blocks: Vec<_> = combinations
            .iter()
            .map(|&(combination, group)| nginx_block(combination, group))
            .collect();
        let Some(nginx) = Nginx::serve(&identity, &blocks) else {
            return;
        };
        for (&port, (combination, group)) in nginx.ports().iter().zip(combinations) {
            agrees(&host, port, key, &identity, combination, |body, resumed| {
                let reused = if resumed { "r" } else { "." };
                let Combination { suite, .. } = combination;
                let version = suite.version.name();
                let expected = format!("{version} {} {group} {reused}", suite.openssl);
                assert_eq!(body, expected);
            });
            count += 1;
        }
    }
    assert_count(count, WITH_OPENSSL);
}

#[test]
fn every_combination_is_agreed_on_with_s_server() {
    let host = Host::new();
    let mut count = 0;
    for key in KeyKind::ALL {
        let identity = key.identity();
        for (combination, group) in openssl_combinations(key) {
            let Combination { suite, .. } = combination;
            let suites = match suite.version {
                Version::Tls12 => "-cipher",
                Version::Tls13 => "-ciphersuites",
            };
            let options = [
                ["-www", suite.version.option()],
                [suites, suite.openssl],
                ["-groups", group],
                ["-alpn", "http/1.1"],
            ];
            let Some(server) = SServer::start_as(&identity, options.as_flattened()) else {
                return;
            };
            agrees(
                &host,
                server.port,
                key,
                &identity,
                combination,
                |body, resumed| {
                    let reused = if resumed { "Reused" } else { "New" };
                    let version = suite.version.name();
                    let expected = format!("{reused}, {version}, Cipher is {}\n", suite.openssl);
                    assert!(body.contains(&expected), "{body}");
                },
            );
            count += 1;
        }
    }
    assert_count(count, WITH_OPENSSL);
}

/// Two connections of one context to a server that has this combination alone.
fn agrees(
    host: &Host,
    port: u16,
    key: KeyKind,
    identity: &Identity,
    combination: Combination,
    check_body: impl Fn(&str, bool),
) {
    let Combination { suite, group } = combination;
    let context = trusting_context(host);
    for resumed in [false, true] {
        // The last one that is told is the one that failed.
        println!(
            "{key:?}, {}, {}, resumed: {resumed}",
            suite.name, group.name
        );
        let connection = connection(host, port, &context);
        connection.connect().unwrap();
        let expected = TlsInfo {
            version: suite.version.number(),
            cipher_suite: suite.name.to_owned(),
            group: agrees_on_a_group(combination, resumed).then(|| group.name.to_owned()),
            alpn_protocol: Some("http/1.1".to_owned()),
            resumed,
            peer_certificates: vec![identity.der().to_vec()],
        };
        assert_eq!(connection.tls_info(), Some(expected));
        check_body(&body(&connection), resumed);
    }
}

/// A resumed session of TLS 1.2 has no key exchange.
fn agrees_on_a_group(combination: Combination, resumed: bool) -> bool {
    combination.suite.version == Version::Tls13 || !resumed
}

fn rustls_server(identity: &Identity, Combination { suite, group }: Combination) -> Server {
    let provider = CryptoProvider {
        cipher_suites: vec![*suite.rustls],
        kx_groups: vec![group.rustls],
        ..aws_lc_rs::default_provider()
    };
    let mut config = identity.config(provider, &[suite.version.rustls()]);
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Server::start(Some(config.into()), |peer| {
        peer.request()?;
        let agreed = agreed(peer);
        peer.send(ok(&agreed))
    })
}

fn agreed(peer: &Peer) -> String {
    let tls = peer.tls().unwrap();
    let suite = tls.negotiated_cipher_suite().unwrap().suite();
    let group = tls
        .negotiated_key_exchange_group()
        .map(|group| group.name());
    format!("{suite:?} {group:?} {:?}", tls.handshake_kind().unwrap())
}

fn agreed_by_rustls(combination: Combination, kind: HandshakeKind) -> String {
    let Combination { suite, group } = combination;
    let suite = suite.rustls.suite();
    let has_group = agrees_on_a_group(combination, kind == HandshakeKind::Resumed);
    let group = has_group.then(|| group.rustls.name());
    format!("{suite:?} {group:?} {kind:?}")
}

/// A group that the first flight has no share for takes another flight; the
/// context then knows, and sends it first.
fn kind(Combination { suite, group }: Combination, resumed: bool) -> HandshakeKind {
    match (resumed, suite.version) {
        (true, _) => HandshakeKind::Resumed,
        (false, Version::Tls13) if !group.is_sent_first => HandshakeKind::FullWithHelloRetryRequest,
        (false, _) => HandshakeKind::Full,
    }
}

fn openssl_combinations(key: KeyKind) -> impl Iterator<Item = (Combination, &'static str)> {
    combinations(key).filter_map(|combination| Some((combination, combination.group.openssl?)))
}

fn nginx_block(Combination { suite, .. }: Combination, group: &str) -> Block {
    let suites = match suite.version {
        Version::Tls12 => "ssl_ciphers",
        Version::Tls13 => "ssl_conf_command Ciphersuites",
    };
    let inside = format!(
        "{suites} {}; ssl_ecdh_curve {group};
        return 200 \"$ssl_protocol $ssl_cipher $ssl_curve $ssl_session_reused\";",
        suite.openssl
    );
    Block::tls(suite.version.name(), &inside)
}

/// Says how many there were; an emptied table is no success.
fn assert_count(count: usize, expected: usize) {
    println!("{count} combinations, each with a full and a resumed handshake");
    assert_eq!(count, expected);
}
