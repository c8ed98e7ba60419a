//! Where a server can stop, and which time limits see it.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use httplib_host_tests::{Body, Connection, ErrorKind, Host, HttpError, Phase};
use socket2::{Domain, SockAddr, Socket, Type};

use super::{LIMIT, hold};
use crate::peers::skip;
use crate::servers::{Gate, Peer, Scheme, Server};
use crate::waiting::{at_once, promptly};

type Setter = fn(&Connection, Option<Duration>);

const BETWEEN_BYTES: Setter = Connection::set_between_bytes_timeout;

#[test]
fn stall_in_the_accept_queue_is_timed_out_in_connect() {
    let Some((address, _sockets)) = full_accept_queue() else {
        return;
    };
    at_once(setters(Connection::set_connect_timeout), |setter| {
        let host = Host::new();
        let connection = Scheme::Http.connection(&host, address.port());
        setter(&connection, Some(LIMIT));
        assert_timed_out(Phase::Connect, || connection.connect());
        // Still the same attempt.
        assert_timed_out(Phase::Connect, || connection.connect());
        connection.close();
        assert_timed_out(Phase::Connect, || connection.request("GET", "/", None, &[]));
        assert_timed_out(Phase::Connect, || connection.get_response());
    });
}

#[test]
fn stall_in_the_handshake_is_timed_out_in_tls() {
    let gate = Gate::default();
    let server = Server::start(None, hold(&gate));
    at_once(setters(Connection::set_tls_timeout), |setter| {
        let host = Host::new();
        let connection = Scheme::Tls13.connection(&host, server.port());
        setter(&connection, Some(LIMIT));
        assert_timed_out(Phase::Tls, || connection.connect());
        connection.close();
        assert_timed_out(Phase::Tls, || connection.request("GET", "/", None, &[]));
    });
    gate.open();
}

#[test]
fn stall_before_the_status_line_is_timed_out_in_first_byte() {
    stalls_in_the_response("", Connection::set_first_byte_timeout, |connection| {
        assert_timed_out(Phase::FirstByte, || connection.get_response());
    });
}

#[test]
fn stall_inside_the_status_line_is_timed_out_in_head() {
    stalls_in_the_response("HTTP/1.1 2", BETWEEN_BYTES, |connection| {
        assert_timed_out(Phase::Head, || connection.get_response());
    });
}

#[test]
fn stall_inside_the_header_fields_is_timed_out_in_head() {
    let response = "HTTP/1.1 200 OK\r\nContent-Le";
    stalls_in_the_response(response, BETWEEN_BYTES, |connection| {
        assert_timed_out(Phase::Head, || connection.get_response());
    });
}

#[test]
fn stall_after_an_interim_response_is_timed_out() {
    let response = "HTTP/1.1 103 Early Hints\r\n\r\n";
    stalls_in_the_response(response, BETWEEN_BYTES, |connection| {
        let error = promptly(|| connection.get_response()).err().unwrap();
        assert_eq!(error.kind, ErrorKind::TimedOut);
        assert!(matches!(error.phase, Some(Phase::FirstByte | Phase::Head)));
    });
}

#[test]
fn stall_inside_the_body_is_timed_out_in_body() {
    let responses = [
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhello",
        "HTTP/1.1 200 OK\r\n\r\nhello",
    ];
    at_once(responses, |response| {
        stalls_in_the_response(response, BETWEEN_BYTES, |connection| {
            let response = connection.get_response().unwrap();
            assert_eq!(response.read(Some(5)).unwrap(), b"hello");
            assert_timed_out(Phase::Body, || response.read(Some(5)));
            assert_timed_out(Phase::Body, || response.read1(None));
            assert_timed_out(Phase::Body, || response.read(None));
        });
    });
}

#[test]
fn server_that_does_not_read_is_timed_out_in_send() {
    at_once(Scheme::ALL, |scheme| {
        at_once(setters(Connection::set_write_timeout), |setter| {
            let gate = Gate::default();
            let hold = hold(&gate);
            let server = scheme.server(move |peer| {
                peer.receive()?;
                hold(peer)
            });
            let host = Host::new();
            let connection = scheme.connection(&host, server.port());
            setter(&connection, Some(LIMIT));
            // In one piece: on a busy machine the time can be over before the buffers
            // are full, and the rest of a smaller one would still fit into them.
            let body = vec![b'x'; 24 << 20];
            assert_timed_out(Phase::Send, || {
                connection.request("PUT", "/", Some(Body::Bytes(&body)), &[])
            });
            assert_timed_out(Phase::Send, || connection.flush());
            assert_timed_out(Phase::Send, || connection.get_response());
            // Nobody waits for a server that does not read.
            promptly(|| connection.close());
            gate.open();
        });
    });
}

#[test]
fn response_that_trickles_in_forever_is_ended_by_the_total_timeout() {
    let server = Scheme::Http.server(|peer: &mut Peer| -> io::Result<()> {
        peer.request()?;
        peer.send("HTTP/1.1 200 OK\r\n\r\n")?;
        // Until the client has gone.
        loop {
            peer.send("x")?;
            std::thread::sleep(Duration::from_millis(20));
        }
    });
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.set_timeout(Some(LIMIT));
    connection.set_total_timeout(Some(LIMIT * 2));
    connection.request("GET", "/", None, &[]).unwrap();
    let response = connection.get_response().unwrap();
    assert_timed_out(Phase::Body, || response.read(None));
}

#[test]
fn default_timeout_applies_where_no_other_is_set() {
    let gate = Gate::default();
    let server = Server::start(None, hold(&gate));
    let host = Host::new();
    host.set_default_timeout(Some(LIMIT));
    let connection = Scheme::Http.connection(&host, server.port());
    connection.request("GET", "/", None, &[]).unwrap();
    assert_timed_out(Phase::FirstByte, || connection.get_response());
    gate.open();
}

/// Sends a part of a response over each transport, under each time limit.
fn stalls_in_the_response(response: &'static str, own: Setter, check: impl Fn(&Connection) + Sync) {
    at_once([Scheme::Http, Scheme::Tls13], |scheme| {
        let gate = Gate::default();
        let hold = hold(&gate);
        let server = scheme.server(move |peer| {
            peer.request()?;
            peer.send(response)?;
            hold(peer)
        });
        at_once(setters(own), |setter| {
            let host = Host::new();
            let connection = scheme.connection(&host, server.port());
            setter(&connection, Some(LIMIT));
            connection.request("GET", "/", None, &[]).unwrap();
            check(&connection);
        });
        gate.open();
    });
}

fn setters(own: Setter) -> [Setter; 3] {
    [own, Connection::set_timeout, Connection::set_total_timeout]
}

fn assert_timed_out<T>(phase: Phase, call: impl FnOnce() -> Result<T, HttpError>) {
    let error = promptly(call).err().unwrap();
    assert_eq!(error.kind, ErrorKind::TimedOut, "{error}");
    assert_eq!(error.phase, Some(phase), "{error}");
    assert!(error.is_instance(ErrorKind::OsError));
}

/// A listener whose queue is full, and what fills it; none, after a word about
/// it, where the system accepts connections without end.
fn full_accept_queue() -> Option<(SocketAddr, Vec<Socket>)> {
    let new = || Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let listener = new();
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    listener.bind(&SockAddr::from(any)).unwrap();
    listener.listen(0).unwrap();
    let address = listener.local_addr().unwrap();
    let mut sockets = vec![listener];
    for _ in 0..64 {
        let socket = new();
        let connected = socket.connect_timeout(&address, Duration::from_millis(300));
        sockets.push(socket);
        if connected.is_err() {
            return Some((address.as_socket().unwrap(), sockets));
        }
    }
    skip("a system that keeps the accept queue as short as it is told to");
    None
}
