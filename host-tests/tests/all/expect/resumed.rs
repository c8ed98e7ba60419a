//! Waits that are interrupted and go on.

use std::time::Duration;

use httplib_host_tests::{Connection, ErrorKind, Host};

use super::{CONTINUE, FOREVER, SENDS, body};
use crate::servers::{Gate, PATIENCE, Scheme, Server, ok};
use crate::waiting::{SHORT, driven, until_ok};

/// Asks for the body when the gate is open.
fn asking(scheme: Scheme, gate: &Gate) -> Server {
    let gate = gate.clone();
    scheme.server(move |peer| {
        let head = peer.request()?;
        gate.wait();
        peer.trickle(CONTINUE)?;
        let body = body(peer, &head)?;
        peer.send(ok(&String::from_utf8_lossy(&body)))
    })
}

#[test]
fn zero_timeout_does_not_wait_and_select_tells_when_to_go_on() {
    for scheme in Scheme::ALL {
        for (name, send) in SENDS {
            let gate = Gate::default();
            let server = asking(scheme, &gate);
            let host = Host::new();
            let connection = scheme.connection(&host, server.port());
            connection.connect().unwrap();
            connection.set_timeout(Some(Duration::ZERO));
            connection.set_continue_timeout(FOREVER);
            let error = send(&connection).unwrap_err();
            assert_eq!(error.kind, ErrorKind::WouldBlock, "{scheme:?} {name}");
            let number = connection.fileno().unwrap();
            for (readers, writers) in [(&[number][..], &[][..]), (&[], &[number])] {
                let ready = host.select(readers, writers, Some(SHORT)).unwrap();
                assert_eq!(ready, (vec![], vec![]), "{scheme:?} {name}");
            }
            gate.open();
            let (_, writers) = host.select(&[], &[number], Some(PATIENCE)).unwrap();
            assert_eq!(writers, [number]);
            let response = driven(&host, || number, || connection.get_response());
            let number = || response.fileno().unwrap();
            let body = driven(&host, number, || response.read(None));
            assert_eq!(body, b"hello", "{scheme:?} {name}");
        }
    }
}

#[test]
fn select_wakes_when_the_time_of_the_wait_is_over() {
    let server = Scheme::Http.server(|peer| {
        let head = peer.request()?;
        body(peer, &head)?;
        peer.send(ok("hello"))
    });
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.connect().unwrap();
    connection.set_timeout(Some(Duration::ZERO));
    connection.set_continue_timeout(Some(SHORT));
    let error = SENDS[0].1(&connection).unwrap_err();
    assert_eq!(error.kind, ErrorKind::WouldBlock);
    let number = connection.fileno().unwrap();
    // Without a limit of its own.
    let ready = host.select(&[number], &[], None).unwrap();
    assert_eq!(ready, (vec![number], vec![]));
    let response = driven(&host, || number, || connection.get_response());
    let body = driven(&host, || response.fileno().unwrap(), || response.read(None));
    assert_eq!(body, b"hello");
}

#[test]
fn total_timeout_ends_the_wait_and_it_goes_on() {
    for scheme in Scheme::ALL {
        let gate = Gate::default();
        let server = asking(scheme, &gate);
        let host = Host::new();
        let connection = scheme.connection(&host, server.port());
        connection.connect().unwrap();
        connection.set_continue_timeout(FOREVER);
        connection.set_total_timeout(Some(SHORT));
        let error = SENDS[0].1(&connection).unwrap_err();
        assert_eq!(error.kind, ErrorKind::TimedOut, "{error}");
        // Still under way.
        let error = connection.request("GET", "/", None, &[]).unwrap_err();
        assert_eq!(error.kind, ErrorKind::CannotSendRequest);
        connection.set_total_timeout(None);
        gate.open();
        connection.flush().unwrap();
        let response = connection.get_response().unwrap();
        assert_eq!(response.read(None).unwrap(), b"hello", "{scheme:?}");
    }
}

#[test]
fn stalled_connecting_and_sending_go_on_before_the_wait() {
    // The head cannot be sent before the server takes part in the handshake.
    let gate = Gate::default();
    let server = {
        let gate = gate.clone();
        Scheme::Tls13.server(move |peer| {
            gate.wait();
            let head = peer.request()?;
            peer.send(CONTINUE)?;
            let body = body(peer, &head)?;
            peer.send(ok(&String::from_utf8_lossy(&body)))
        })
    };
    let host = Host::new();
    let connection = Scheme::Tls13.connection(&host, server.port());
    connection.set_timeout(Some(SHORT));
    connection.set_continue_timeout(FOREVER);
    let error = SENDS[0].1(&connection).unwrap_err();
    assert_eq!(error.kind, ErrorKind::TimedOut);
    gate.open();
    until_ok(|| connection.flush());
    let response = until_ok(|| connection.get_response());
    assert_eq!(until_ok(|| response.read(None)), b"hello");
}

#[test]
fn closing_ends_the_wait() {
    let server = Scheme::Http.server(|peer| peer.rest().map(drop));
    let host = Host::new();
    let closings: [fn(&Connection); 2] = [Connection::close, Connection::abort];
    for close in closings {
        let connection = Scheme::Http.connection(&host, server.port());
        connection.connect().unwrap();
        connection.set_timeout(Some(Duration::ZERO));
        let error = SENDS[0].1(&connection).unwrap_err();
        assert_eq!(error.kind, ErrorKind::WouldBlock);
        close(&connection);
        let error = connection.get_response().err().unwrap();
        assert_eq!(error.state.as_deref(), Some("Idle"));
    }
    for number in 0..2 {
        assert!(server.wait_for_end(number).ends_with(b"\r\n\r\n"));
    }
}
