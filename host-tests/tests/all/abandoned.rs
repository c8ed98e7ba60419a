//! Connections that are given up while their peers do not read: the host still has
//! bytes for them, and their number is bounded.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use httplib_host_tests::{Body, Connection, ErrorKind, Host};

use crate::bodies::MIB;
use crate::servers::{Gate, Peer, Scheme, Server};
use crate::waiting::{SHORT, at_once, eventually, promptly};
use crate::watchdog::{watched, within};

/// How many connections that were given up the host may be busy with.
const MOST: usize = 128;

/// How many of them the network may have taken over on a busy machine before they were
/// given up.
const SPARE: usize = 20;

/// More than the buffers between client and server hold.
const BODY: usize = 8 * MIB;

/// What the peers do in the end.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Peers {
    Read,
    Go,
}

type GiveUp = fn(Connection);

const WAYS: [GiveUp; 3] = [
    drop,
    |connection| connection.close(),
    |connection| connection.abort(),
];

#[test]
fn connections_that_are_given_up_are_bounded_and_let_go_when_the_peers_read() {
    bounded(Peers::Read);
}

#[test]
fn connections_that_are_given_up_are_bounded_and_let_go_when_the_peers_go() {
    bounded(Peers::Go);
}

fn bounded(peers: Peers) {
    within(100, move || {
        at_once([Scheme::Http, Scheme::Tls13], |scheme| {
            let (gate, ended) = (Gate::default(), Arc::new(AtomicUsize::new(0)));
            let server = ignoring(scheme, peers, &gate, &ended);
            let host = watched();
            let body = vec![b'x'; BODY];
            let mut given_up = 0;
            let error = loop {
                assert!(given_up <= MOST + SPARE, "{given_up} are open");
                let connection = scheme.connection(&host, server.port());
                connection.set_timeout(Some(Duration::from_secs(20)));
                if let Err(error) = promptly(|| connection.connect()) {
                    break error;
                }
                stuff(&connection, &body);
                promptly(|| WAYS[given_up % WAYS.len()](connection));
                given_up += 1;
            };
            assert_eq!(error.kind, ErrorKind::OsError, "{error}");
            assert_eq!(error.socket_code.as_deref(), Some("new-socket-limit"));
            // One that was used as it should be is none of them.
            assert!(given_up > MOST / 4, "{given_up}");

            gate.open();
            let accepted = server.accepts();
            eventually(|| {
                let again = scheme.connection(&host, server.port());
                again.connect().is_ok() && ended.load(Ordering::Relaxed) >= accepted
            });
            usable(&host, scheme, &server);
        });
    });
}

#[test]
fn connection_that_is_replaced_is_given_up() {
    within(60, || {
        let (gate, ended) = (Gate::default(), Arc::new(AtomicUsize::new(0)));
        let server = ignoring(Scheme::Http, Peers::Read, &gate, &ended);
        let host = watched();
        let connection = Scheme::Http.connection(&host, server.port());
        let body = vec![b'x'; BODY];
        let refused = (0..=MOST + SPARE).find_map(|_| {
            connection.set_timeout(Some(Duration::from_secs(20)));
            if let Err(error) = promptly(|| connection.connect()) {
                return Some(error);
            }
            connection.set_timeout(Some(SHORT));
            let error = connection.send(&body).unwrap_err();
            assert_eq!(error.kind, ErrorKind::TimedOut, "{error}");
            None
        });
        let code = refused.and_then(|error| error.socket_code);
        assert_eq!(code.as_deref(), Some("new-socket-limit"));
        gate.open();
        eventually(|| connection.connect().is_ok());
    });
}

#[test]
fn connections_that_are_in_use_are_not_counted() {
    within(60, || {
        let server = Scheme::Http.server(|peer| peer.rest().map(drop));
        let host = watched();
        let connections: Vec<Connection> = (0..2 * MOST)
            .map(|_| {
                let connection = Scheme::Http.connection(&host, server.port());
                connection.connect().unwrap();
                connection
            })
            .collect();
        drop(connections);
        let more = Scheme::Http.connection(&host, server.port());
        more.connect().unwrap();
        for number in 0..2 * MOST {
            server.wait_for_end(number);
        }
    });
}

/// A server that reads nothing before the gate is open, and counts what has ended for it.
fn ignoring(scheme: Scheme, peers: Peers, gate: &Gate, ended: &Arc<AtomicUsize>) -> Server {
    let (gate, ended) = (gate.clone(), Arc::clone(ended));
    scheme.narrow_server(move |peer: &mut Peer| -> io::Result<()> {
        peer.stop_recording();
        if !gate.is_open() {
            peer.receive()?;
            gate.wait();
            if peers == Peers::Go {
                ended.fetch_add(1, Ordering::Relaxed);
                return peer.reset();
            }
        }
        // In TLS one that was aborted ends with an error.
        let _ = peer.rest();
        ended.fetch_add(1, Ordering::Relaxed);
        Ok(())
    })
}

/// Sends until nobody takes any more.
fn stuff(connection: &Connection, body: &[u8]) {
    connection.set_timeout(Some(SHORT));
    let error = connection
        .request("PUT", "/", Some(Body::Bytes(body)), &[])
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::TimedOut, "{error}");
}

/// Opens as many connections as there may be, and more, one after the other.
fn usable(host: &Host, scheme: Scheme, server: &Server) {
    for _ in 0..MOST + 10 {
        let connection = scheme.connection(host, server.port());
        connection.connect().unwrap();
    }
}
