//! Whom the component trusts, and what it says when it does not.

use httplib_host_tests::{Connection, ErrorKind, Host, HttpError, Phase, TlsContext};
use rcgen::{CertificateParams, date_time_ymd};

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
fn other_authority_is_refused() {
    let server = Scheme::Tls13.server(answering(ok("hello")));
    let host = Host::new();
    let context = host.tls_context();
    let other = Authority::new("nobody").pem;
    context.load_verify_locations(other.as_bytes()).unwrap();
    let error = refused(&host, "127.0.0.1", &server, Some(&context));
    assert_eq!(error.certificate_reason.as_deref(), Some("unknown-issuer"));
}

#[test]
fn wrong_name_is_refused() {
    let server = server_with(authority().issue(&["example.org", "192.0.2.1"]));
    let host = Host::new();
    let context = trusting_context(&host);
    for name in ["127.0.0.1", "localhost"] {
        let error = refused(&host, name, &server, Some(&context));
        assert_eq!(error.certificate_reason.as_deref(), Some("name-mismatch"));
        assert_eq!(error.host.as_deref(), Some(name));
    }
}

#[test]
fn certificate_with_the_address_as_a_name_only_is_refused() {
    // A DNS name that looks like an address.
    let mut params = CertificateParams::default();
    let name = "127.0.0.1".try_into().unwrap();
    params.subject_alt_names = vec![rcgen::SanType::DnsName(name)];
    let server = server_with(authority().issue_with(params));
    let host = Host::new();
    let context = trusting_context(&host);
    refused(&host, "127.0.0.1", &server, Some(&context));
}

#[test]
fn certificate_out_of_its_time_is_refused() {
    let times = [("expired", (2001, 2002)), ("not-yet-valid", (2998, 2999))];
    for (reason, (from, until)) in times {
        let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        params.not_before = date_time_ymd(from, 1, 1);
        params.not_after = date_time_ymd(until, 1, 1);
        let server = server_with(authority().issue_with(params));
        let host = Host::new();
        let context = trusting_context(&host);
        let error = refused(&host, "127.0.0.1", &server, Some(&context));
        assert_eq!(error.certificate_reason.as_deref(), Some(reason));
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
fn plain_http_peer_is_a_tls_error() {
    let server = Scheme::Http.server(|peer| {
        peer.receive()?;
        peer.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")?;
        peer.rest().map(drop)
    });
    let host = Host::new();
    let connection = Scheme::Tls13.connection(&host, server.port());
    let error = connection.connect().unwrap_err();
    assert_eq!(
        (error.kind, error.phase),
        (ErrorKind::Tls, Some(Phase::Tls))
    );
    assert!(error.is_instance(ErrorKind::OsError));
    assert!(!error.is_instance(ErrorKind::Certificate));
}

#[test]
fn peer_that_closes_in_the_handshake_is_an_error_of_the_tls_phase() {
    let server = Scheme::Http.server(|peer| peer.receive().map(drop));
    let host = Host::new();
    let connection = Scheme::Tls13.connection(&host, server.port());
    let error = connection.connect().unwrap_err();
    assert_eq!(error.phase, Some(Phase::Tls));
    assert!(error.is_instance(ErrorKind::OsError), "{error}");
}

#[test]
fn alert_of_the_peer_is_told() {
    let server = Scheme::Http.server(|peer| {
        peer.receive()?;
        // handshake_failure
        peer.send([21, 3, 3, 0, 2, 2, 40])?;
        peer.rest().map(drop)
    });
    let host = Host::new();
    let connection = Scheme::Tls13.connection(&host, server.port());
    let error = connection.connect().unwrap_err();
    assert_eq!(error.kind, ErrorKind::Tls);
    assert_eq!(error.tls_alert_received, Some(40));
}

#[test]
fn body_cut_off_without_close_notify_is_incomplete() {
    for scheme in [Scheme::Tls12, Scheme::Tls13] {
        let server = scheme.server(|peer| {
            peer.request()?;
            peer.send("HTTP/1.1 200 OK\r\n\r\nhello")?;
            match peer.number {
                0 => peer.cut(),
                _ => Ok(()),
            }
        });
        let host = Host::new();
        let connection = scheme.connection(&host, server.port());
        connection.request("GET", "/", None, &[]).unwrap();
        let error = connection.get_response().unwrap().read(None).unwrap_err();
        assert_eq!(error.kind, ErrorKind::IncompleteRead);
        assert_eq!(error.partial.as_deref(), Some(&b"hello"[..]));
        assert_eq!(error.expected, None);
        // With close_notify it is the end.
        assert_eq!(fetched(&connection), b"hello");
    }
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
