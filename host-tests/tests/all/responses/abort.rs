//! Ends without a word to the peer.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use httplib_host_tests::{Body, Connection, ErrorKind, Host, Response};

use crate::bodies::MIB;
use crate::servers::{Gate, Scheme, Server};
use crate::waiting::{SHORT, promptly};

#[test]
fn close_says_so_in_tls_and_abort_does_not() {
    type Close = fn(&Connection, &Response);
    let closings: [(Close, bool); 4] = [
        (|connection, _| connection.close(), true),
        (|_, response| response.close(), true),
        (|connection, _| connection.abort(), false),
        (|_, response| response.abort(), false),
    ];
    for scheme in [Scheme::Tls12, Scheme::Tls13] {
        for header in ["Content-Length: 10", "Connection: close"] {
            for (index, (close, orderly)) in closings.iter().enumerate() {
                if index == 0 && header != "Content-Length: 10" {
                    // The response has the transport, and keeps it.
                    continue;
                }
                let end = Arc::new(Mutex::new(None));
                let seen = Arc::clone(&end);
                let server = scheme.server(move |peer| {
                    peer.request()?;
                    peer.send(format!("HTTP/1.1 200 OK\r\n{header}\r\n\r\nhello"))?;
                    *seen.lock().unwrap() = Some(peer.rest().is_ok());
                    Ok(())
                });
                let host = Host::new();
                let connection = scheme.connection(&host, server.port());
                connection.request("GET", "/", None, &[]).unwrap();
                let response = connection.get_response().unwrap();
                assert_eq!(response.read(Some(5)).unwrap(), b"hello");
                close(&connection, &response);
                assert!(response.is_closed(), "{header} {index}");
                connection.fileno().unwrap_err();
                server.wait_for_end(0);
                assert_eq!(*end.lock().unwrap(), Some(*orderly), "{header} {index}");
                // Both can be called again.
                close(&connection, &response);
            }
        }
    }
}

#[test]
fn aborted_connection_is_idle_and_connects_anew() {
    for scheme in Scheme::ALL {
        let server = scheme.server(|peer| {
            peer.request()?;
            peer.send(crate::servers::ok("hello"))?;
            peer.rest().map(drop)
        });
        let host = Host::new();
        let connection = scheme.connection(&host, server.port());
        connection.abort();
        connection.put_request("GET", "/never").unwrap();
        connection.abort();
        for round in 1..=2 {
            connection.request("GET", "/", None, &[]).unwrap();
            let response = connection.get_response().unwrap();
            assert_eq!(response.read(None).unwrap(), b"hello");
            connection.abort();
            assert_eq!(server.accepts(), round);
            assert!(server.wait_for_end(round - 1).starts_with(b"GET / "));
        }
    }
}

#[test]
fn abort_does_not_wait_wherever_the_connection_is() {
    type Begin = fn(&Connection);
    let handshake: Begin = |connection| {
        let error = connection.connect().unwrap_err();
        assert_eq!(error.kind, ErrorKind::TimedOut);
    };
    let sending: Begin = |connection| {
        let body = vec![b'x'; 16 * MIB];
        let error = connection
            .request("PUT", "/", Some(Body::Bytes(&body)), &[])
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::TimedOut);
    };
    let receiving: Begin = |connection| {
        connection.set_timeout(Some(Duration::from_secs(10)));
        connection.request("GET", "/", None, &[]).unwrap();
        connection.set_timeout(Some(SHORT));
        let error = connection.get_response().err().unwrap();
        assert_eq!(error.kind, ErrorKind::TimedOut);
    };
    for scheme in Scheme::ALL {
        for (name, begin) in [
            ("handshake", handshake),
            ("sending", sending),
            ("receiving", receiving),
        ] {
            if name == "handshake" && scheme == Scheme::Http {
                continue;
            }
            let gate = Gate::default();
            let go_on = gate.clone();
            let script = move |peer: &mut crate::servers::Peer| {
                if name != "handshake" {
                    peer.request()?;
                }
                go_on.wait();
                peer.rest().map(drop)
            };
            let server = match name {
                "handshake" => Server::start(None, script),
                _ => scheme.server(script),
            };
            let host = Host::new();
            let connection = scheme.connection(&host, server.port());
            connection.set_timeout(Some(SHORT));
            begin(&connection);
            promptly(|| connection.abort());
            let error = connection.get_response().err().unwrap();
            assert_eq!(error.state.as_deref(), Some("Idle"), "{scheme:?} {name}");
            gate.open();
            if name == "sending" {
                // The host has a write under way, and closes only after it.
                drop((connection, host));
            }
            server.wait_for_end(0);
        }
    }
}
