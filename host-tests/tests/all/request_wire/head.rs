//! The request line and the header fields.

use std::net::{Ipv6Addr, TcpListener};

use httplib_host_tests::{Body, Host};

use super::{EMPTY, START, on_the_wire, request};
use crate::servers::{Scheme, Server, answering};

#[test]
fn caller_headers_come_last_in_their_order() {
    let headers = [("X-b", "2"), ("x-B", "3"), ("A", ""), ("L", "\u{e9} ")];
    let sent = request("POST", Some(Body::Text("x")), &headers, false);
    let expected = format!(
        "POST /p HTTP/1.1\r\n{START}Content-Length: 1\r\n\
         X-b: 2\r\nx-B: 3\r\nA: \r\nL: \u{e9} \r\n\r\nx"
    );
    assert_eq!(sent, expected);
}

#[test]
fn own_host_and_accept_encoding_take_the_place_of_the_automatic_ones() {
    let headers = [("hOST", "h"), ("accept-encoding", "gzip")];
    let sent = request("POST", None, &headers, false);
    let expected =
        "POST /p HTTP/1.1\r\nContent-Length: 0\r\nhOST: h\r\naccept-encoding: gzip\r\n\r\n";
    assert_eq!(sent, expected);
}

#[test]
fn urls_are_sent_as_they_are() {
    for (url, target) in [
        ("", "/"),
        ("*", "*"),
        ("?q", "?q"),
        ("//x//y", "//x//y"),
        ("/a#b%zz\"<>", "/a#b%zz\"<>"),
        ("host:1", "host:1"),
    ] {
        let sent = on_the_wire(|connection| connection.request("GET", url, None, &[]));
        assert_eq!(sent, format!("GET {target} HTTP/1.1\r\n{START}\r\n"));
    }
}

#[test]
fn absolute_urls_name_the_host() {
    for (url, expected) in [
        ("http://Example.org/x", "Example.org"),
        ("http://example.org:81/x", "example.org:81"),
        ("https://user:pw@example.org:81?x", "example.org:81"),
        ("http://[fe80::1%25e]:8/", "[fe80::1]:8"),
    ] {
        let sent = on_the_wire(|connection| connection.request("GET", url, None, &[]));
        let line = format!("GET {url} HTTP/1.1\r\nHost: {expected}\r\n");
        assert!(sent.starts_with(&line), "{sent}");
    }
}

#[test]
fn ipv6_address_is_bracketed_in_host() {
    let Ok(listener) = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)) else {
        crate::peers::skip("an IPv6 loopback address");
        return;
    };
    let server = Server::on(listener, None, |peer| {
        peer.request()?;
        peer.send(EMPTY)?;
        peer.rest().map(drop)
    });
    let host = Host::new();
    let with_port = format!("[::1]:{}", server.port());
    for connection in [
        host.http("[::1]", server.port()),
        host.http(&with_port, None),
    ] {
        let connection = connection.unwrap();
        connection.request("GET", "/", None, &[]).unwrap();
        let response = connection.get_response().unwrap();
        assert_eq!(response.status(), 200);
    }
    for number in 0..2 {
        let sent = String::from_utf8(server.received(number)).unwrap();
        assert!(
            sent.contains(&format!("\r\nHost: {with_port}\r\n")),
            "{sent}"
        );
    }
}

#[test]
fn name_is_resolved_and_sent_with_its_port() {
    let server = Scheme::Http.server(answering(EMPTY));
    let host = Host::new();
    let connection = host.http("localhost", server.port()).unwrap();
    connection.request("GET", "/", None, &[]).unwrap();
    connection.get_response().unwrap();
    let sent = String::from_utf8(server.received(0)).unwrap();
    let line = format!("\r\nHost: localhost:{}\r\n", server.port());
    assert!(sent.contains(&line), "{sent}");
}

#[test]
fn parts_are_sent_one_after_the_other() {
    let sent = on_the_wire(|connection| {
        connection.put_request_skipping("LOCK", "/x", true, true)?;
        connection.put_header("A", &["1", "2", "3"])?;
        connection.put_header("None", &[])?;
        connection.put_header("Folded", &["a\r\n b\n\tc"])?;
        connection.end_headers(None, false)?;
        connection.send(b"raw")?;
        connection.send(b"")?;
        connection.send(b" bytes")
    });
    assert_eq!(
        sent,
        "LOCK /x HTTP/1.1\r\nA: 1\r\n\t2\r\n\t3\r\nNone: \r\nFolded: a\r\n b\n\tc\r\n\r\nraw bytes"
    );
}
