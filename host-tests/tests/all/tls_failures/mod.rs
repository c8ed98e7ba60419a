//! Everything that can go wrong with TLS, as tables: what happens, and the error
//! that tells of it.

mod alerts;
mod certificates;
mod closing;
mod conduct;
mod cuts;
mod parameters;
mod records;
mod renegotiation;
mod unverified;

use rustls::crypto::ring;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use httplib_host_tests::{Connection, ErrorKind, Host, HttpError, Phase, TlsContext};
use rcgen::CertificateParams;
use rustls::SupportedProtocolVersion;
use rustls::version::{TLS12, TLS13};

use crate::servers::certificates::authority;
use crate::servers::trusting_context;
use conduct::{Conduct, answering, first_then};

/// What both versions of TLS are to be tried with.
const VERSIONS: [&SupportedProtocolVersion; 2] = [&TLS12, &TLS13];

/// The address that all servers here have.
const HOST: &str = "127.0.0.1";

/// A response whose end is known.
const HELLO: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

/// A situation and what comes of it.
struct Row {
    situation: String,
    /// What the server does; none if it cannot be made on this machine.
    server: Option<Conduct>,
    /// The name that the certificate has to have, if it is not the host's.
    name: Option<&'static str>,
    /// Whose certificates are trusted beside those of the authority of the tests.
    trusted: Option<String>,
    /// Changes the context.
    prepare: Box<dyn Fn(&TlsContext)>,
    tls_timeout: Option<Duration>,
    expected: Expected,
}

/// What an error says.
#[derive(Clone, Copy)]
struct Expected {
    kind: ErrorKind,
    /// One of these; none where there are none.
    phases: &'static [Phase],
    certificate_reason: Option<&'static str>,
    alert_sent: Option<u8>,
    alert_received: Option<u8>,
    /// What had arrived of the body.
    partial: Option<&'static str>,
    /// All these are in the message.
    text: &'static [&'static str],
}

/// A failure of the handshake that is not the certificate's.
const HANDSHAKE: Expected = Expected {
    kind: ErrorKind::Tls,
    phases: &[Phase::Tls],
    certificate_reason: None,
    alert_sent: None,
    alert_received: None,
    partial: None,
    text: &[],
};

impl Row {
    fn new(
        situation: impl Into<String>,
        server: impl Into<Option<Conduct>>,
        expected: Expected,
    ) -> Self {
        Self {
            situation: situation.into(),
            server: server.into(),
            name: None,
            trusted: None,
            prepare: Box::new(|_| ()),
            tls_timeout: None,
            expected,
        }
    }

    fn named(self, name: Option<&'static str>) -> Self {
        Self { name, ..self }
    }

    fn prepare(self, prepare: impl Fn(&TlsContext) + 'static) -> Self {
        Self {
            prepare: Box::new(prepare),
            ..self
        }
    }

    fn check(mut self) -> Outcome {
        let Some(bad) = self.server.take() else {
            return Outcome::Skipped;
        };
        let host = Host::new();
        let context = trusting_context(&host);
        if let Some(pem) = &self.trusted {
            context.load_verify_locations(pem.as_bytes()).unwrap();
        }
        if let Some(name) = self.name {
            context.set_server_name(httplib_host_tests::ServerName::Name(name));
        }
        (self.prepare)(&context);

        let port = first_then(bad, good(self.name));
        let connection = host.https(HOST, port, Some(&context)).unwrap();
        connection.set_tls_timeout(self.tls_timeout);
        let error = fetch(&connection).unwrap_err();
        self.expected.check(&error);

        // The same connection and context are as good as new.
        connection.close();
        connection.set_tls_timeout(None);
        assert_eq!(fetch(&connection).unwrap(), b"hello");
        Outcome::Passed
    }
}

impl Expected {
    fn check(&self, error: &HttpError) {
        println!("    {error:?}");
        assert_eq!(error.kind, self.kind, "{error}");
        match error.phase {
            Some(phase) => assert!(self.phases.contains(&phase), "{phase:?}: {error}"),
            None => assert!(self.phases.is_empty(), "{error}"),
        }
        assert_eq!(
            error.certificate_reason.as_deref(),
            self.certificate_reason,
            "{error}"
        );
        assert_eq!(error.tls_alert_sent, self.alert_sent, "{error}");
        assert_eq!(error.tls_alert_received, self.alert_received, "{error}");
        assert_eq!(
            error.partial.as_deref(),
            self.partial.map(str::as_bytes),
            "{error}"
        );
        for text in self.text {
            assert!(error.message.contains(text), "{text:?} is not in: {error}");
        }
        assert!(!error.is_instance(ErrorKind::Certificate) || error.is_instance(ErrorKind::Tls));
        if error.is_instance(ErrorKind::OsError) {
            assert_eq!(error.host.as_deref(), Some(HOST), "{error}");
        }
    }
}

#[derive(PartialEq)]
enum Outcome {
    Passed,
    Skipped,
}

/// Tries every row, then fails if one of them has failed.
fn check_all(rows: Vec<Row>) {
    let total = rows.len();
    let (mut passed, mut skipped, mut failed) = (0, 0, Vec::new());
    for row in rows {
        let situation = row.situation.clone();
        println!("{situation}");
        match catch_unwind(AssertUnwindSafe(|| row.check())) {
            Ok(Outcome::Passed) => passed += 1,
            Ok(Outcome::Skipped) => skipped += 1,
            Err(_) => failed.push(situation),
        }
    }
    assert!(failed.is_empty(), "failed: {failed:#?}");
    assert_eq!(passed + skipped, total);
    assert!(passed > 0);
}

/// A server that does everything right, for an address and a name.
fn good(name: Option<&str>) -> Conduct {
    let names: Vec<String> = [Some(HOST), name]
        .into_iter()
        .flatten()
        .map(str::to_owned)
        .collect();
    let identity = authority().issue_with(CertificateParams::new(names).unwrap());
    answering(
        identity.config(ring::default_provider(), &VERSIONS).into(),
        HELLO,
    )
}

/// Connects, sends a request and reads the response.
fn fetch(connection: &Connection) -> Result<Vec<u8>, HttpError> {
    connection.connect()?;
    connection.request("GET", "/", None, &[])?;
    connection.get_response()?.read(None)
}

/// A row for each version.
fn with_both(row: impl Fn(&'static SupportedProtocolVersion) -> Row) -> Vec<Row> {
    VERSIONS
        .into_iter()
        .map(|version| {
            let mut row = row(version);
            row.situation = format!("{} ({:?})", row.situation, version.version);
            row
        })
        .collect()
}

/// A configuration in one version of the certificate of this machine.
fn local(version: &'static SupportedProtocolVersion) -> Arc<rustls::ServerConfig> {
    let identity = crate::servers::certificates::local_identity();
    Arc::new(identity.config(ring::default_provider(), &[version]))
}
