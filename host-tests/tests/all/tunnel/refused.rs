//! Proxies that open no tunnel.

use httplib_host_tests::{Connection, ErrorKind, Host, HttpError, Phase};

use crate::servers::{Scheme, Server};

/// A proxy with one answer, and a connection of either class through it.
fn answered(scheme: Scheme, answer: &'static str) -> (Server, Host, Connection) {
    let proxy = Scheme::Http.server(move |peer| {
        peer.request()?;
        peer.send(answer)
    });
    let host = Host::new();
    let connection = scheme.connection(&host, proxy.port());
    connection.set_tunnel("localhost", 8, &[]).unwrap();
    (proxy, host, connection)
}

type Call = fn(&Connection) -> Result<(), HttpError>;

const CALLS: [Call; 2] = [Connection::connect, |connection| {
    connection.request("GET", "/", None, &[])
}];

#[test]
fn refusal_is_an_os_error_and_the_connection_idle() {
    for (answer, text) in [
        (
            "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\
             Content-Length: 6\r\n\r\nno way",
            "407 Proxy Authentication Required",
        ),
        ("HTTP/1.1 201 Created\r\n\r\n", "201 Created"),
        ("HTTP/1.0 503   Busy  \r\n\r\n", "503 Busy"),
        ("HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n", "302 Found"),
        ("HTTP/1.1 500\r\n\r\n", "500 "),
    ] {
        for scheme in [Scheme::Http, Scheme::Tls13] {
            for call in CALLS {
                let (proxy, _host, connection) = answered(scheme, answer);
                let error = call(&connection).unwrap_err();
                assert_eq!(error.kind, ErrorKind::OsError, "{error}");
                assert_eq!(error.message, format!("Tunnel connection failed: {text}"));
                assert_eq!(error.phase, Some(Phase::Tunnel));
                assert_eq!(error.host.as_deref(), Some("127.0.0.1"));
                // Closed.
                let error = connection.fileno().unwrap_err();
                assert_eq!(error.kind, ErrorKind::NotConnected);
                // Idle.
                let error = connection.get_response().err().unwrap();
                assert_eq!(error.state.as_deref(), Some("Idle"));
                call(&connection).unwrap_err();
                assert_eq!(proxy.accepts(), 2);
            }
        }
    }
}

#[test]
fn headers_of_a_refusal_can_be_read() {
    let answer = "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"r\"\r\nX: y\r\n\r\n";
    let (_proxy, _host, connection) = answered(Scheme::Tls13, answer);
    connection.connect().unwrap_err();
    let message = connection.proxy_response_headers().unwrap();
    assert_eq!(message.keys(), ["Proxy-Authenticate", "X"]);
    let challenge = message.get("proxy-authenticate", None);
    assert_eq!(challenge.as_deref(), Some("Basic realm=\"r\""));
}

#[test]
fn nonsense_is_an_error_of_its_class_in_the_phase_tunnel() {
    for (answer, kind) in [
        ("SSH-2.0-OpenSSH_9.9\r\n", ErrorKind::BadStatusLine),
        ("HTTP/1.1 yes\r\n\r\n", ErrorKind::BadStatusLine),
        ("HTTP/2.0 200 OK\r\n\r\n", ErrorKind::UnknownProtocol),
        ("", ErrorKind::RemoteDisconnected),
    ] {
        for scheme in [Scheme::Http, Scheme::Tls13] {
            for call in CALLS {
                let (_proxy, _host, connection) = answered(scheme, answer);
                // Not an HTTP/0.9 answer either.
                connection.set_strict(false);
                let error = call(&connection).unwrap_err();
                assert_eq!(error.kind, kind, "{answer:?} {error}");
                assert_eq!(error.phase, Some(Phase::Tunnel));
                assert!(connection.proxy_response_headers().is_none());
                connection.fileno().unwrap_err();
                connection.close();
                assert_eq!(call(&connection).unwrap_err().kind, kind);
            }
        }
    }
}

#[test]
fn answer_that_is_cut_is_incomplete_in_the_phase_tunnel() {
    for answer in [
        "H",
        "HTTP/1.1 200 OK",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\nVia: proxy\r\n",
        "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic",
    ] {
        for scheme in [Scheme::Http, Scheme::Tls13] {
            for call in CALLS {
                let (_proxy, _host, connection) = answered(scheme, answer);
                let error = call(&connection).unwrap_err();
                assert_eq!(error.kind, ErrorKind::IncompleteRead, "{answer:?} {error}");
                assert_eq!(error.partial.as_deref(), Some(answer.as_bytes()));
                assert_eq!(error.phase, Some(Phase::Tunnel));
                assert!(connection.proxy_response_headers().is_none());
            }
        }
    }
}

#[test]
fn reset_is_an_error_in_the_phase_tunnel() {
    let proxy = Scheme::Http.server(|peer| {
        peer.request()?;
        peer.reset()
    });
    let host = Host::new();
    let connection = Scheme::Tls13.connection(&host, proxy.port());
    connection.set_tunnel("localhost", 8, &[]).unwrap();
    let error = connection.connect().unwrap_err();
    assert!(error.is_instance(ErrorKind::ConnectionReset), "{error}");
    assert_eq!(error.phase, Some(Phase::Tunnel));
}

#[test]
fn limits_hold_for_the_proxy_s_answer() {
    let proxy = Scheme::Http.server(|peer| {
        peer.request()?;
        peer.send("HTTP/1.1 200 OK\r\nA: b\r\nC: 0123456789012345678901234567890\r\n\r\n")
    });
    type Set = fn(&Connection);
    let cases: [(Set, ErrorKind); 3] = [
        (
            |it| it.set_max_response_headers(1),
            ErrorKind::HttpException,
        ),
        (|it| it.set_max_line(30), ErrorKind::LineTooLong),
        (|it| it.set_max_head(40), ErrorKind::HttpException),
    ];
    for (set, kind) in cases {
        let host = Host::new();
        let connection = Scheme::Http.connection(&host, proxy.port());
        connection.set_tunnel("localhost", 8, &[]).unwrap();
        set(&connection);
        let error = connection.connect().unwrap_err();
        assert_eq!(error.kind, kind, "{error}");
        assert_eq!(error.phase, Some(Phase::Tunnel));
    }
}
