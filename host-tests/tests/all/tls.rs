//! Whom the component trusts, and what a context decides beside it. What it refuses
//! is in `tls_failures`.

use httplib_host_tests::{Connection, ErrorKind, Host, HttpError, Phase, TlsContext};

use crate::servers::certificates::{Authority, Identity, authority};
use crate::servers::{Scheme, Server, answering, ok, trusting_context};

#[test]
fn unknown_authority_is_refused_by_the_default_context() {
    for scheme in [Scheme::Tls12, Scheme::Tls13] {
        let server = scheme.server(answering(ok("hello")));
        let host = Host::new();
        let context = host.tls_context();
        for context in [None, Some(&context)] {
            let error = refused(&host, "127.0.0.1", &server, context);
            assert_eq!(error.certificate_reason.as_deref(), Some("unknown-issuer"));
            assert_eq!(error.tls_alert_sent, Some(48), "unknown_ca");
        }
    }
}

#[test]
fn trusted_authority_is_accepted_by_name_and_by_address() {
    for scheme in [Scheme::Tls12, Scheme::Tls13] {
        let server = scheme.server(answering(ok("hello")));
        let host = Host::new();
        let context = trusting_context(&host);
        for name in ["localhost", "LOCALHOST", "127.0.0.1"] {
            let connection = host.https(name, server.port(), Some(&context)).unwrap();
            assert_eq!(fetched(&connection), b"hello");
        }
    }
}

#[test]
fn roots_are_pem_or_der() {
    let server = Scheme::Tls13.server(answering(ok("hello")));
    let host = Host::new();
    let other = Authority::new("nobody").pem;
    let several = format!("# roots\n{other}\nand\n{}", authority().pem);
    for (data, count) in [
        (authority().pem.as_bytes(), 1),
        (&authority().der, 1),
        (several.as_bytes(), 2),
    ] {
        let context = host.tls_context();
        assert_eq!(context.load_verify_locations(data).unwrap(), count);
        let connection = host
            .https("127.0.0.1", server.port(), Some(&context))
            .unwrap();
        assert_eq!(fetched(&connection), b"hello");
    }
}

#[test]
fn data_without_certificates_is_a_value_error() {
    let pem = &authority().pem;
    let broken = pem.replacen("MII", "!!!", 1);
    let half = &pem[..pem.len() / 2];
    let wrong = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let one_right = format!("{pem}{wrong}");
    let der = &authority().der;
    for data in [
        &b""[..],
        b"no certificate",
        broken.as_bytes(),
        half.as_bytes(),
        wrong.as_bytes(),
        one_right.as_bytes(),
        &der[..der.len() / 2],
    ] {
        let error = Host::new()
            .tls_context()
            .load_verify_locations(data)
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::ValueError);
    }
}

#[test]
fn certificates_before_a_broken_one_are_not_added() {
    let server = Scheme::Tls13.server(answering(ok("hello")));
    let host = Host::new();
    let context = host.tls_context();
    let wrong = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let data = format!("{}{wrong}", authority().pem);
    context.load_verify_locations(data.as_bytes()).unwrap_err();
    refused(&host, "127.0.0.1", &server, Some(&context));
}

#[test]
fn unverified_context_accepts_everything() {
    let stranger = Authority::new("nobody");
    for identity in [
        stranger.issue(&["127.0.0.1"]),
        authority().issue(&["example.org"]),
    ] {
        let server = server_with(identity);
        let host = Host::new();
        let context = host.unverified_tls_context();
        for name in ["127.0.0.1", "localhost"] {
            let connection = host.https(name, server.port(), Some(&context)).unwrap();
            assert_eq!(fetched(&connection), b"hello");
        }
    }
}

#[test]
fn context_outlives_its_handle() {
    let server = Scheme::Tls13.server(answering(ok("hello")));
    let host = Host::new();
    let context = trusting_context(&host);
    let connection = host
        .https("127.0.0.1", server.port(), Some(&context))
        .unwrap();
    drop(context);
    assert_eq!(fetched(&connection), b"hello");
}

#[test]
fn body_with_a_length_needs_no_close_notify() {
    for scheme in [Scheme::Tls12, Scheme::Tls13] {
        let server = scheme.server(|peer| {
            peer.request()?;
            peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello")?;
            peer.cut()
        });
        let host = Host::new();
        let connection = scheme.connection(&host, server.port());
        assert_eq!(fetched(&connection), b"hello");
    }
}

#[test]
fn close_says_goodbye() {
    for scheme in [Scheme::Tls12, Scheme::Tls13] {
        let (sender, receiver) = std::sync::mpsc::channel();
        let server = scheme.server(move |peer| {
            peer.request()?;
            peer.send(ok("hello"))?;
            // An end without close_notify is an error here.
            let end = peer.rest().map(|_| ());
            sender.send(end.map_err(|error| error.to_string())).unwrap();
            Ok(())
        });
        let host = Host::new();
        let connection = scheme.connection(&host, server.port());
        assert_eq!(fetched(&connection), b"hello");
        connection.close();
        let end = receiver.recv_timeout(crate::servers::PATIENCE).unwrap();
        assert_eq!(end, Ok(()), "{scheme:?}");
    }
}

#[test]
fn key_log_has_the_secrets_of_the_version() {
    let tls12: &[&str] = &["CLIENT_RANDOM"];
    let tls13: &[&str] = &[
        "CLIENT_HANDSHAKE_TRAFFIC_SECRET",
        "CLIENT_TRAFFIC_SECRET_0",
        "EXPORTER_SECRET",
        "SERVER_HANDSHAKE_TRAFFIC_SECRET",
        "SERVER_TRAFFIC_SECRET_0",
    ];
    for (scheme, labels) in [(Scheme::Tls12, tls12), (Scheme::Tls13, tls13)] {
        let server = scheme.server(answering(ok("hello")));
        let host = Host::new();
        let context = trusting_context(&host);
        let fetch = || {
            let connection = host.https("127.0.0.1", server.port(), Some(&context));
            assert_eq!(fetched(&connection.unwrap()), b"hello");
        };
        fetch();
        assert_eq!(context.take_keylog(), [""; 0]);

        context.set_keylog(true);
        fetch();
        let lines = context.take_keylog();
        let mut logged: Vec<_> = lines
            .iter()
            .map(|line| line.split(' ').next().unwrap())
            .collect();
        logged.sort_unstable();
        assert_eq!(logged, labels, "{scheme:?}");
        let randoms: Vec<_> = lines
            .iter()
            .map(|line| line.split(' ').nth(1).unwrap())
            .collect();
        assert!(randoms.iter().all(|random| *random == randoms[0]));
        assert_eq!(context.take_keylog(), [""; 0]);

        // Nothing is collected any more.
        context.set_keylog(false);
        fetch();
        assert_eq!(context.take_keylog(), [""; 0]);
    }
}

fn server_with(identity: Identity) -> Server {
    Server::start(Some(identity.tls13()), answering(ok("hello")))
}

fn fetched(connection: &Connection) -> Vec<u8> {
    connection.request("GET", "/", None, &[]).unwrap();
    connection.get_response().unwrap().read(None).unwrap()
}

/// The error of a connection whose certificate is not accepted.
fn refused(host: &Host, name: &str, server: &Server, context: Option<&TlsContext>) -> HttpError {
    let connection = host.https(name, server.port(), context).unwrap();
    let error = connection.connect().unwrap_err();
    assert_eq!(error.kind, ErrorKind::Certificate, "{error}");
    assert_eq!(error.phase, Some(Phase::Tls));
    for kind in [ErrorKind::Tls, ErrorKind::ValueError, ErrorKind::OsError] {
        assert!(error.is_instance(kind));
    }
    assert!(!error.is_instance(ErrorKind::HttpException));
    error
}
