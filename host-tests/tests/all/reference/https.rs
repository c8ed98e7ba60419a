//! `HTTPSTest`: whom an HTTPS connection trusts, against servers on this machine.

use httplib_host_tests::{ErrorKind, Host, HttpError, Phase, Response, TlsContext};
use rcgen::CertificateParams;

use super::LIMIT;
use crate::servers::certificates::{Authority, Identity, authority, local_identity};
use crate::servers::{Gate, Server, answering, trusting_context};

const ANSWER: &str = "HTTP/1.1 404 Not Found\r\nX-Here: yes\r\nContent-Length: 0\r\n\r\n";

fn server_of(identity: &Identity) -> Server {
    Server::start(Some(identity.tls13()), answering(ANSWER))
}

/// A server that nobody but itself has certified.
fn self_signed() -> (Identity, Server) {
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let params = CertificateParams::new(names).unwrap();
    let identity = Identity::self_signed(&params);
    let server = server_of(&identity);
    (identity, server)
}

fn fetch(
    host: &Host,
    server: &Server,
    context: Option<&TlsContext>,
) -> Result<Response, HttpError> {
    let connection = host.https("localhost", server.port(), context)?;
    connection.request("GET", "/nonexistent", None, &[])?;
    connection.get_response()
}

fn assert_accepted(host: &Host, server: &Server, context: &TlsContext) {
    let response = fetch(host, server, Some(context)).unwrap();
    assert_eq!(response.status(), 404);
    assert_eq!(response.header("x-here").as_deref(), Some("yes"));
}

/// The counterpart of `CERTIFICATE_VERIFY_FAILED`.
fn assert_refused(host: &Host, server: &Server, context: Option<&TlsContext>, reason: &str) {
    let error = fetch(host, server, context).err().unwrap();
    assert_eq!(error.kind, ErrorKind::Certificate, "{error}");
    assert_eq!(error.certificate_reason.as_deref(), Some(reason));
}

#[test]
fn attributes() {
    // The time limit that was set is the one that applies.
    let gate = Gate::default();
    let held = gate.clone();
    let server = Server::start(None, move |_| {
        held.wait();
        Ok(())
    });
    let host = Host::new();
    let connection = host.https("127.0.0.1", server.port(), None).unwrap();
    connection.set_timeout(Some(LIMIT));
    let error = connection.connect().unwrap_err();
    assert_eq!(error.kind, ErrorKind::TimedOut);
    assert_eq!(error.phase, Some(Phase::Tls));
    gate.open();
}

#[test]
fn networked() {
    let (_, server) = self_signed();
    assert_refused(&Host::new(), &server, None, "unknown-issuer");
}

#[test]
fn networked_noverification() {
    let (_, server) = self_signed();
    let host = Host::new();
    assert_accepted(&host, &server, &host.unverified_tls_context());
}

#[test]
fn networked_good_cert() {
    let (identity, server) = self_signed();
    let host = Host::new();
    let context = host.tls_context();
    let pem = identity.chain_pem.as_bytes();
    assert_eq!(context.load_verify_locations(pem).unwrap(), 1);
    assert_accepted(&host, &server, &context);
}

#[test]
fn networked_bad_cert() {
    let (_, server) = self_signed();
    let host = Host::new();
    let context = host.tls_context();
    let unrelated = Authority::new("unrelated").pem;
    context.load_verify_locations(unrelated.as_bytes()).unwrap();
    assert_refused(&host, &server, Some(&context), "unknown-issuer");
}

#[test]
fn local_unknown_cert() {
    let server = server_of(local_identity());
    assert_refused(&Host::new(), &server, None, "unknown-issuer");
}

#[test]
fn local_good_hostname() {
    let server = server_of(local_identity());
    let host = Host::new();
    assert_accepted(&host, &server, &trusting_context(&host));
}

#[test]
fn local_bad_hostname() {
    let server = server_of(&authority().issue(&["elsewhere.example"]));
    let host = Host::new();
    let context = trusting_context(&host);
    assert_refused(&host, &server, Some(&context), "name-mismatch");
    // Without looking at names it is a certificate that is trusted.
    context.set_check_hostname(false);
    assert_accepted(&host, &server, &context);
}

#[test]
fn host_port() {
    let host = Host::new();
    for text in ["example.org:https", "name:secret@example.org"] {
        let error = host.https(text, None, None).err().unwrap();
        assert_eq!(error.kind, ErrorKind::InvalidUrl, "{text}");
    }
    for (text, name, port) in [
        ("[fe80::7]:8443", "fe80::7", 8443),
        ("example.org:8443", "example.org", 8443),
        ("example.org:", "example.org", 443),
        ("example.org", "example.org", 443),
        ("[fe80::7]", "fe80::7", 443),
        ("[fe80::7]:", "fe80::7", 443),
    ] {
        let connection = host.https(text, None, None).unwrap();
        assert_eq!((&*connection.host(), connection.port()), (name, port));
    }
}
