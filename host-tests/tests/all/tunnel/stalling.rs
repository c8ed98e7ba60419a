//! Proxies that take their time.

use std::time::Duration;

use httplib_host_tests::{Connection, ErrorKind, Host, HttpError, Phase};

use super::ESTABLISHED;
use crate::servers::{Gate, Scheme, answering, ok};
use crate::waiting::{SHORT, driven, until_ok};

#[test]
fn stalled_proxy_is_timed_out_in_tunnel_and_goes_on() {
    type Call = fn(&Connection) -> Result<(), HttpError>;
    let get: Call = |connection| connection.request("GET", "/", None, &[]);
    let nothing: Call = |_| Ok(());
    // Begins, goes on, and asks if that has not been done.
    let cases: [(Call, Call, Call); 3] = [
        (Connection::connect, Connection::connect, get),
        (get, Connection::flush, nothing),
        (get, nothing, nothing),
    ];
    for scheme in Scheme::ALL {
        for before in ["", "HTTP/1.1 200 Connection established\r\nVi"] {
            for (begin, go_on, ask) in cases {
                let gate = Gate::default();
                let opened = gate.clone();
                let server = scheme.server(answering(ok("hello")));
                let address = server.address;
                let proxy = Scheme::Http.server(move |peer| {
                    peer.request()?;
                    peer.send(before)?;
                    opened.wait();
                    peer.trickle(ESTABLISHED.strip_prefix(before).unwrap())?;
                    peer.relay(address)
                });
                let host = Host::new();
                let connection = scheme.connection(&host, proxy.port());
                connection.set_tunnel("localhost", 8, &[]).unwrap();
                connection.set_connect_timeout(Some(SHORT));
                let errors = [begin(&connection).err(), go_on(&connection).err()];
                assert!(errors[0].is_some());
                for error in errors.iter().flatten() {
                    assert_eq!(error.kind, ErrorKind::TimedOut, "{error}");
                    assert_eq!(error.phase, Some(Phase::Tunnel), "{error}");
                    assert_eq!(error.host.as_deref(), Some("127.0.0.1"));
                }
                gate.open();
                until_ok(|| go_on(&connection));
                ask(&connection).unwrap();
                let response = until_ok(|| connection.get_response());
                assert_eq!(response.read(None).unwrap(), b"hello", "{scheme:?}");
                assert_eq!((proxy.accepts(), server.accepts()), (1, 1));
            }
        }
    }
}

#[test]
fn zero_timeout_does_not_wait_for_the_proxy() {
    for scheme in Scheme::ALL {
        let server = scheme.server(answering(ok("hello")));
        let proxy = super::proxy_to(server.address);
        let host = Host::new();
        let connection = scheme.connection(&host, proxy.port());
        connection.set_tunnel("localhost", 8, &[]).unwrap();
        connection.set_timeout(Some(Duration::ZERO));
        // On one machine the proxy may have answered at once.
        if let Err(error) = connection.request("GET", "/", None, &[]) {
            assert_eq!(error.kind, ErrorKind::WouldBlock);
        }
        let number = || connection.fileno().unwrap();
        let response = driven(&host, number, || connection.get_response());
        let body = driven(&host, || response.fileno().unwrap(), || response.read(None));
        assert_eq!(body, b"hello", "{scheme:?}");
        assert_eq!((proxy.accepts(), server.accepts()), (1, 1));
    }
}

#[test]
fn closing_while_the_proxy_stalls_ends_the_connection() {
    let proxy = Scheme::Http.server(|peer| peer.rest().map(drop));
    let host = Host::new();
    for close in [Connection::close, Connection::abort] {
        let connection = Scheme::Tls13.connection(&host, proxy.port());
        connection.set_tunnel("localhost", 8, &[]).unwrap();
        connection.set_timeout(Some(SHORT));
        let error = connection.connect().unwrap_err();
        assert_eq!(error.phase, Some(Phase::Tunnel));
        close(&connection);
        connection.fileno().unwrap_err();
        connection.set_tunnel("another", 8, &[]).unwrap();
    }
    for number in 0..2 {
        proxy.wait_for_end(number);
    }
}
