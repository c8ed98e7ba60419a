//! The CONNECT request, byte for byte.

use httplib_host_tests::{Connection, Host, HttpError};

use super::ESTABLISHED;
use crate::servers::Scheme;

/// The requests that a proxy sees: CONNECT, then a GET of `/`.
fn seen_by_the_proxy(set: impl FnOnce(&Connection) -> Result<(), HttpError>) -> (String, String) {
    let server = Scheme::Http.server(|peer| {
        peer.request()?;
        peer.send(ESTABLISHED)?;
        peer.request()?;
        peer.send("HTTP/1.1 204 No Content\r\n\r\n")
    });
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    set(&connection).unwrap();
    connection.request("GET", "/", None, &[]).unwrap();
    assert_eq!(connection.get_response().unwrap().status(), 204);
    let seen = String::from_utf8(server.wait_for_end(0)).unwrap();
    let (connect, inner) = seen.split_once("\r\n\r\n").unwrap();
    (connect.to_owned(), inner.to_owned())
}

#[test]
fn target_and_host_have_the_port_always() {
    for (host, port, target, inner) in [
        ("example.org", None, "example.org:80", "example.org"),
        ("example.org", Some(80), "example.org:80", "example.org"),
        ("example.org:", None, "example.org:80", "example.org"),
        ("example.org:81", None, "example.org:81", "example.org:81"),
        (
            "Example.org",
            Some(443),
            "Example.org:443",
            "Example.org:443",
        ),
        ("[2001:db8::1]", None, "[2001:db8::1]:80", "[2001:db8::1]"),
        (
            "2001:db8::1",
            Some(81),
            "[2001:db8::1]:81",
            "[2001:db8::1]:81",
        ),
        ("[fe80::1%eth0]:81", None, "[fe80::1]:81", "[fe80::1]:81"),
        (
            "b\u{fc}cher.example",
            Some(81),
            "xn--bcher-kva.example:81",
            "xn--bcher-kva.example:81",
        ),
    ] {
        let (connect, request) =
            seen_by_the_proxy(|connection| connection.set_tunnel(host, port, &[]));
        let expected = format!("CONNECT {target} HTTP/1.1\r\nHost: {target}");
        assert_eq!(connect, expected, "{host} {port:?}");
        let expected =
            format!("GET / HTTP/1.1\r\nHost: {inner}\r\nAccept-Encoding: identity\r\n\r\n");
        assert_eq!(request, expected, "{host} {port:?}");
    }
}

#[test]
fn headers_come_in_their_order_before_the_host() {
    let headers = [
        ("X-b", "1"),
        ("x-B", "2"),
        ("A", "\u{e9}"),
        ("C", "d\r\n e"),
    ];
    let server = Scheme::Http.server(|peer| peer.request().map(drop));
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.set_tunnel("h", 1, &headers).unwrap();
    connection.connect().unwrap_err();
    assert_eq!(
        server.wait_for_end(0),
        b"CONNECT h:1 HTTP/1.1\r\nX-b: 1\r\nx-B: 2\r\nA: \xe9\r\nC: d\r\n e\r\nHost: h:1\r\n\r\n"
    );
}

#[test]
fn own_host_stays_in_its_place() {
    let (connect, request) = seen_by_the_proxy(|connection| {
        connection.set_tunnel("h", 1, &[("hOST", "other"), ("A", "b")])
    });
    assert_eq!(connect, "CONNECT h:1 HTTP/1.1\r\nhOST: other\r\nA: b");
    assert!(request.contains("\r\nHost: h:1\r\n"), "{request}");
}

#[test]
fn headers_of_an_earlier_call_are_forgotten() {
    let (connect, _) = seen_by_the_proxy(|connection| {
        connection.set_tunnel("first", 1, &[("A", "b")])?;
        connection.set_tunnel("second", 2, &[])
    });
    assert_eq!(connect, "CONNECT second:2 HTTP/1.1\r\nHost: second:2");
}

#[test]
fn http_version_10_is_that_of_the_connect_request_too() {
    let (connect, request) = seen_by_the_proxy(|connection| {
        connection.set_http_version(10)?;
        connection.set_tunnel("h", 1, &[("A", "b")])
    });
    assert_eq!(connect, "CONNECT h:1 HTTP/1.0\r\nA: b\r\nHost: h:1");
    assert_eq!(request, "GET / HTTP/1.0\r\n\r\n");
}

#[test]
fn request_waits_for_the_proxy_s_answer() {
    let server = Scheme::Http.server(|peer| {
        peer.request()?;
        let quiet = peer.is_quiet_for(crate::waiting::SHORT)?;
        peer.send(ESTABLISHED)?;
        peer.request()?;
        peer.send(crate::servers::ok(if quiet { "waited" } else { "pushed" }))
    });
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.set_tunnel("h", None, &[]).unwrap();
    connection.request("GET", "/", None, &[]).unwrap();
    let response = connection.get_response().unwrap();
    assert_eq!(response.read(None).unwrap(), b"waited");
}
