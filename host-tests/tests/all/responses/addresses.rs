//! Where the two ends of a connection are.

use std::net::{Ipv6Addr, SocketAddr, TcpListener};
use std::time::Duration;

use httplib_host_tests::{ErrorKind, Host};

use crate::peers::skip;
use crate::servers::{Scheme, Server, answering, ok};
use crate::waiting::promptly;
use crate::watchdog::{watched, within};

#[test]
fn addresses_are_what_the_server_sees() {
    for scheme in Scheme::ALL {
        for closing in ["", "Connection: close\r\n"] {
            let server = scheme.server(move |peer| {
                peer.request()?;
                let client = peer.client()?.to_string();
                let end = format!("\r\n{closing}\r\n");
                peer.send(ok(&client).replacen("\r\n\r\n", &end, 1))?;
                peer.rest().map(drop)
            });
            let host = Host::new();
            let connection = scheme.connection(&host, server.port());
            assert_eq!(connection.local_address(), None);
            assert_eq!(connection.peer_address(), None);
            connection.connect().unwrap();
            let ends = (
                connection.local_address().unwrap(),
                connection.peer_address().unwrap(),
            );
            connection.request("GET", "/", None, &[]).unwrap();
            let response = connection.get_response().unwrap();
            // The transport is the response's now, if it ends with it.
            let kept = closing.is_empty();
            assert_eq!(connection.local_address().is_some(), kept);
            assert_eq!(connection.peer_address().is_some(), kept);
            assert_eq!(response.local_address().as_ref(), Some(&ends.0));
            assert_eq!(response.peer_address().as_ref(), Some(&ends.1));
            let body = String::from_utf8(response.read(None).unwrap()).unwrap();
            let seen: SocketAddr = body.parse().unwrap();
            assert_eq!(ends.0, (seen.ip().to_string(), seen.port()), "{scheme:?}");
            assert_eq!(ends.1, ("127.0.0.1".to_owned(), server.port()));
            assert_eq!(response.local_address(), None);
            assert_eq!(response.peer_address(), None);
            connection.close();
            assert_eq!(connection.local_address(), None);
        }
    }
}

#[test]
fn host_and_port_are_those_the_connection_was_made_for() {
    let host = Host::new();
    for (name, port, expected) in [
        ("example.org", None, ("example.org", 80)),
        ("Example.org:81", None, ("Example.org", 81)),
        ("example.org:", None, ("example.org", 80)),
        ("example.org", Some(82), ("example.org", 82)),
        ("[::1]:83", None, ("::1", 83)),
        ("[::1]", Some(84), ("::1", 84)),
        ("b\u{fc}cher.example", None, ("b\u{fc}cher.example", 80)),
    ] {
        let connection = host.http(name, port).unwrap();
        assert_eq!((connection.host().as_str(), connection.port()), expected);
    }
    assert_eq!(host.https("h", None, None).unwrap().port(), 443);
}

/// A server on the loopback interface of IPv6; none where there is none.
fn server_on_ipv6() -> Option<Server> {
    match TcpListener::bind((Ipv6Addr::LOCALHOST, 0)) {
        Ok(listener) => Some(Server::on(listener, None, answering(ok("hello")))),
        Err(_) => {
            skip("a system with IPv6");
            None
        }
    }
}

#[test]
fn zone_that_is_a_number_is_the_scope_of_the_address() {
    let Some(server) = server_on_ipv6() else {
        return;
    };
    within(30, move || {
        let host = watched();
        // On Linux the loopback interface is the first one.
        let connection = host.http("[::1%1]", server.port()).unwrap();
        connection.set_timeout(Some(Duration::from_secs(5)));
        connection.request("GET", "/", None, &[]).unwrap();
        let response = connection.get_response().unwrap();
        assert_eq!(response.read(None).unwrap(), b"hello");
        let head = String::from_utf8(server.received(0)).unwrap();
        // Nobody else has a use for the zone (RFC 6874, section 4).
        let own = format!("\r\nHost: [::1]:{}\r\n", server.port());
        assert!(head.contains(&own), "{head}");
    });
}

#[test]
fn zone_that_is_no_number_is_an_error_at_once() {
    let Some(server) = server_on_ipv6() else {
        return;
    };
    within(30, move || {
        let host = watched();
        for zone in ["lo", "1x", "-1", "4294967296", ""] {
            let name = format!("[::1%{zone}]");
            let connection = host.http(&name, server.port()).unwrap();
            let error = promptly(|| connection.connect()).unwrap_err();
            assert!(error.is_instance(ErrorKind::OsError), "{name}: {error}");
            assert_ne!(error.kind, ErrorKind::TimedOut, "{name}");
        }
        assert_eq!(server.accepts(), 0);
    });
}
