//! `TunnelTests`: what a proxy is sent, and what goes through it.

use std::io;

use httplib_host_tests::{Connection, ErrorKind, Host, HttpError, Phase};

use super::{debug_output, values};
use crate::request_wire::EMPTY;
use crate::servers::{Peer, Scheme, Server, answering};

const OPENED: &str = "HTTP/1.1 200 Opened\r\nX-Proxy: 1\r\n\r\n";

/// Opens every tunnel, and is the server at its end as well.
fn proxy() -> Server {
    fn script(peer: &mut Peer) -> io::Result<()> {
        peer.request()?;
        peer.send(OPENED)?;
        while peer.head()?.is_some() {
            peer.send(EMPTY)?;
        }
        Ok(())
    }
    Scheme::Http.server(script)
}

fn connection_to(proxy: &Server) -> Connection {
    Scheme::Http.connection(&Host::new(), proxy.port())
}

/// The heads of CONNECT and of a request through the tunnel.
fn heads(
    method: &str,
    target: (&str, Option<u16>),
    headers: &[(&str, &str)],
) -> Result<[String; 2], HttpError> {
    let proxy = proxy();
    let connection = connection_to(&proxy);
    connection.set_tunnel(target.0, target.1, headers)?;
    connection.request(method, "/", None, &[])?;
    let response = connection.get_response()?;
    assert_eq!(response.status(), 200);
    // The proxy was dialled, not the target.
    assert_eq!(proxy.accepts(), 1);
    let sent = String::from_utf8(proxy.received(0)).unwrap();
    let (connect, inner) = sent.split_once("\r\n\r\n").unwrap();
    Ok([connect.to_owned(), inner.to_owned()])
}

/// Asserts the request lines and `Host` fields, of which there is one each.
fn assert_tunnelled(
    method: &str,
    target: (&str, Option<u16>),
    headers: &[(&str, &str)],
    expected: [&str; 3],
) {
    let [connect, inner] = heads(method, target, headers).unwrap();
    let [address, connect_host, inner_host] = expected;
    let line = format!("CONNECT {address} HTTP/1.1\r\n");
    assert!(connect.starts_with(&line), "{connect}");
    assert_eq!(values(&connect, "host"), [connect_host]);
    let line = format!("{method} / HTTP/1.1\r\n");
    assert!(inner.starts_with(&line), "{inner}");
    assert_eq!(values(&inner, "host"), [inner_host]);
}

#[test]
fn set_tunnel_host_port_headers_add_host_missing() {
    let headers = [("X-First", "1"), ("X-Second", "2")];
    let [connect, _] = heads("GET", ("inner.example", Some(8080)), &headers).unwrap();
    assert_eq!(
        connect,
        "CONNECT inner.example:8080 HTTP/1.1\r\nX-First: 1\r\nX-Second: 2\r\n\
         Host: inner.example:8080"
    );
}

#[test]
fn set_tunnel_host_port_headers_set_host_identical() {
    let headers = [("X-First", "1"), ("Host", "inner.example:8080")];
    let [connect, _] = heads("GET", ("inner.example", Some(8080)), &headers).unwrap();
    assert_eq!(
        connect,
        "CONNECT inner.example:8080 HTTP/1.1\r\nX-First: 1\r\nHost: inner.example:8080"
    );
}

#[test]
fn set_tunnel_host_port_headers_set_host_different() {
    let headers = [("Host", "other.example"), ("X-First", "1")];
    let [connect, _] = heads("GET", ("inner.example", Some(8080)), &headers).unwrap();
    assert_eq!(
        connect,
        "CONNECT inner.example:8080 HTTP/1.1\r\nHost: other.example\r\nX-First: 1"
    );
}

#[test]
fn disallow_set_tunnel_after_connect() {
    let proxy = proxy();
    let connection = connection_to(&proxy);
    connection.connect().unwrap();
    let error = connection
        .set_tunnel("inner.example", None, &[])
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::RuntimeError);
    let message = "Can't set up tunnel for established connection";
    assert_eq!(error.message, message);
}

#[test]
fn connect_with_tunnel() {
    let expected = ["inner.example:80", "inner.example:80", "inner.example"];
    assert_tunnelled("HEAD", ("inner.example", None), &[], expected);
}

#[test]
fn connect_with_tunnel_with_default_port() {
    let expected = ["inner.example:80", "inner.example:80", "inner.example"];
    assert_tunnelled("HEAD", ("inner.example", Some(80)), &[], expected);
}

#[test]
fn connect_with_tunnel_with_nonstandard_port() {
    let expected = ["inner.example:8888"; 3];
    assert_tunnelled("HEAD", ("inner.example", Some(8888)), &[], expected);
}

#[test]
fn connect_with_tunnel_with_different_host_header() {
    let headers = [("HOST", "other.example:9"), ("X-First", "1")];
    let expected = ["inner.example:80", "other.example:9", "inner.example"];
    assert_tunnelled("HEAD", ("inner.example", None), &headers, expected);
}

#[test]
fn connect_with_tunnel_different_host() {
    let expected = ["second.example:80", "second.example:80", "second.example"];
    assert_tunnelled("HEAD", ("second.example", None), &[], expected);
}

#[test]
fn connect_with_tunnel_idna() {
    // A name that both versions of IDNA map alike.
    let name = "\u{3c0}\u{3b1}\u{3c1}\u{3ac}\u{3b4}\u{3b5}\u{3b9}\u{3b3}\u{3bc}\u{3b1}.example";
    let (ascii, with_port) = (
        "xn--hxajbheg2az3al.example",
        "xn--hxajbheg2az3al.example:80",
    );
    assert_tunnelled("HEAD", (name, None), &[], [with_port, with_port, ascii]);
}

#[test]
fn tunnel_connect_single_send_connection_setup() {
    let proxy = Scheme::Http.server(|peer| {
        let first = peer.receive()?;
        assert!(first.ends_with(b"\r\n\r\n"));
        peer.send(OPENED)?;
        peer.rest().map(drop)
    });
    let output = debug_output(&proxy, |connection| {
        connection.set_tunnel("inner.example", None, &[("X-First", "1")])?;
        connection.connect()
    });
    let sends: Vec<_> = output
        .lines()
        .filter(|line| line.starts_with("send: "))
        .collect();
    let head = r"CONNECT inner.example:80 HTTP/1.1\r\nX-First: 1\r\nHost: inner.example:80\r\n\r\n";
    assert_eq!(sends, [format!("send: b'{head}'")]);
}

#[test]
fn connect_put_request() {
    let expected = ["inner.example:80", "inner.example:80", "inner.example"];
    assert_tunnelled("PUT", ("inner.example", None), &[], expected);
}

// In the reference the automatic Host of CONNECT has an IPv6 address without
// brackets, which nobody can take apart.

#[test]
fn connect_put_request_ipv6() {
    let expected = ["[2001:db8::7]:80", "[2001:db8::7]:80", "[2001:db8::7]"];
    assert_tunnelled("PUT", ("[2001:db8::7]", None), &[], expected);
    assert_tunnelled("PUT", ("2001:db8::7", Some(80)), &[], expected);
}

#[test]
fn connect_put_request_ipv6_port() {
    let expected = ["[2001:db8::7]:8080"; 3];
    assert_tunnelled("PUT", ("[2001:db8::7]:8080", None), &[], expected);
}

#[test]
fn tunnel_debuglog() {
    let output = debug_output(&proxy(), |connection| {
        connection.set_tunnel("inner.example", None, &[])?;
        connection.request("PUT", "/", None, &[])
    });
    assert!(output.contains("\nheader: X-Proxy: 1\r\n\n"), "{output}");
}

#[test]
fn proxy_response_headers() {
    let proxy = proxy();
    let connection = connection_to(&proxy);
    connection.set_tunnel("inner.example", None, &[]).unwrap();
    connection.request("PUT", "/", None, &[]).unwrap();
    connection.get_response().unwrap();
    let headers = connection.proxy_response_headers().unwrap();
    assert_eq!(headers.items(), [("X-Proxy".into(), "1".into())]);
}

#[test]
fn no_proxy_response_headers() {
    let server = Scheme::Http.server(answering(EMPTY));
    let connection = connection_to(&server);
    connection.request("PUT", "/", None, &[]).unwrap();
    connection.get_response().unwrap();
    assert!(connection.proxy_response_headers().is_none());
}

#[test]
fn tunnel_leak() {
    let proxy = Scheme::Http.server(|peer| {
        peer.request()?;
        peer.send("HTTP/1.1 404 No such place\r\n\r\n")?;
        peer.rest().map(drop)
    });
    let connection = connection_to(&proxy);
    connection.set_tunnel("inner.example", None, &[]).unwrap();
    let error = connection.request("PUT", "/", None, &[]).unwrap_err();
    assert_eq!(error.kind, ErrorKind::OsError);
    assert_eq!(error.phase, Some(Phase::Tunnel));
    let message = "Tunnel connection failed: 404 No such place";
    assert_eq!(error.message, message);
    // Nothing is kept open: the proxy sees the end while the connection lives.
    proxy.wait_for_end(0);
    let closed = connection.fileno().unwrap_err();
    assert_eq!(closed.kind, ErrorKind::NotConnected);
}
