//! What `request` and its parts put on the wire, byte for byte.

use std::net::{Ipv6Addr, TcpListener};

use httplib_host_tests::{Body, Connection, Host, HttpError, Output};

use crate::servers::{Scheme, Server, answering, ok};

const EMPTY: &str = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

/// Everything that a request puts on the wire; `@` stands for the server's
/// `host:port`.
fn on_the_wire(send: impl Fn(&Connection) -> Result<(), HttpError>) -> String {
    let server = Scheme::Http.server(|peer| peer.rest().map(drop));
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    send(&connection).unwrap();
    connection.close();
    let bytes = server.wait_for_end(0);
    let text: String = bytes.iter().map(|&byte| char::from(byte)).collect();
    text.replace(&server.address.to_string(), "@")
}

fn request(
    method: &str,
    body: Option<Body<'_>>,
    headers: &[(&str, &str)],
    encode_chunked: bool,
) -> String {
    on_the_wire(|connection| {
        connection.request_encoded(method, "/p", body, headers, encode_chunked)
    })
}

const START: &str = "Host: @\r\nAccept-Encoding: identity\r\n";

#[test]
fn absent_body_has_a_length_only_where_one_is_expected() {
    for method in ["GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "M-SEARCH"] {
        let expected = format!("{method} /p HTTP/1.1\r\n{START}\r\n");
        assert_eq!(request(method, None, &[], false), expected);
    }
    for method in ["PUT", "POST", "PATCH", "post"] {
        let expected = format!("{method} /p HTTP/1.1\r\n{START}Content-Length: 0\r\n\r\n");
        assert_eq!(request(method, None, &[], false), expected);
    }
}

#[test]
fn empty_body_has_a_length_in_every_method() {
    for method in ["GET", "DELETE", "POST"] {
        let expected = format!("{method} /p HTTP/1.1\r\n{START}Content-Length: 0\r\n\r\n");
        for body in [Body::Bytes(b""), Body::Text("")] {
            assert_eq!(request(method, Some(body), &[], false), expected);
        }
    }
}

#[test]
fn bytes_and_text_have_a_length() {
    let expected = format!("POST /p HTTP/1.1\r\n{START}Content-Length: 5\r\n\r\n");
    let bytes = request("POST", Some(Body::Bytes(b"\0\xff\r\nx")), &[], false);
    assert_eq!(bytes, expected.clone() + "\0\u{ff}\r\nx");
    // In characters, which are bytes in Latin-1.
    let text = request("POST", Some(Body::Text("caf\u{e9}s")), &[], true);
    assert_eq!(text, expected + "caf\u{e9}s");
}

#[test]
fn chunks_are_sent_chunked_without_the_empty_ones() {
    let items: [&[u8]; 4] = [b"hello", b"", b" ", b"0123456789abcdef"];
    let body = request("PUT", Some(Body::Chunks(&items)), &[], false);
    let expected = format!(
        "PUT /p HTTP/1.1\r\n{START}Transfer-Encoding: chunked\r\n\r\n\
         5\r\nhello\r\n1\r\n \r\n10\r\n0123456789abcdef\r\n0\r\n\r\n"
    );
    assert_eq!(body, expected);
}

#[test]
fn no_chunks_are_still_a_chunked_body() {
    let body = request("GET", Some(Body::Chunks(&[])), &[], false);
    let expected = format!("GET /p HTTP/1.1\r\n{START}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    assert_eq!(body, expected);
}

#[test]
fn own_content_length_means_no_framing_and_a_raw_body() {
    let chunks: [&[u8]; 2] = [b"he", b"llo"];
    for headers in [
        &[("content-length", "5")][..],
        &[("CONTENT-LENGTH", "99"), ("Transfer-Encoding", "chunked")],
    ] {
        let lines: String = headers.iter().map(|(n, v)| format!("{n}: {v}\r\n")).collect();
        let expected = format!("PUT /p HTTP/1.1\r\n{START}{lines}\r\nhello");
        for body in [Body::Bytes(b"hello"), Body::Text("hello"), Body::Chunks(&chunks)] {
            assert_eq!(request("PUT", Some(body), headers, true), expected);
        }
    }
    let absent = request("PUT", None, &[("Content-Length", "5")], false);
    let expected = format!("PUT /p HTTP/1.1\r\n{START}Content-Length: 5\r\n\r\n");
    assert_eq!(absent, expected);
}

#[test]
fn own_transfer_encoding_is_chunked_only_if_asked_for() {
    let headers = [("transfer-encoding", "chunked")];
    let head = format!("PUT /p HTTP/1.1\r\n{START}transfer-encoding: chunked\r\n\r\n");
    let chunks: [&[u8]; 2] = [b"he", b"llo"];

    let raw = request("PUT", Some(Body::Bytes(b"hello")), &headers, false);
    assert_eq!(raw, format!("{head}hello"));
    let raw = request("PUT", Some(Body::Chunks(&chunks)), &headers, false);
    assert_eq!(raw, format!("{head}hello"));

    let one = request("PUT", Some(Body::Bytes(b"hello")), &headers, true);
    assert_eq!(one, format!("{head}5\r\nhello\r\n0\r\n\r\n"));
    let two = request("PUT", Some(Body::Chunks(&chunks)), &headers, true);
    assert_eq!(two, format!("{head}2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"));
    let absent = request("PUT", None, &headers, true);
    assert_eq!(absent, head);
}

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
    let expected = "POST /p HTTP/1.1\r\nContent-Length: 0\r\nhOST: h\r\naccept-encoding: gzip\r\n\r\n";
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
    for connection in [host.http("[::1]", server.port()), host.http(&with_port, None)] {
        let connection = connection.unwrap();
        connection.request("GET", "/", None, &[]).unwrap();
        let response = connection.get_response().unwrap();
        assert_eq!(response.status(), 200);
    }
    for number in 0..2 {
        let sent = String::from_utf8(server.received(number)).unwrap();
        assert!(sent.contains(&format!("\r\nHost: {with_port}\r\n")), "{sent}");
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

#[test]
fn end_headers_sends_the_body_in_the_form_asked_for() {
    let chunks: [&[u8]; 2] = [b"he", b"llo"];
    for (encode_chunked, expected) in [(false, "hello"), (true, "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n")] {
        let sent = on_the_wire(|connection| {
            connection.put_request_skipping("PUT", "/", true, true)?;
            connection.end_headers(Some(Body::Chunks(&chunks)), encode_chunked)
        });
        assert_eq!(sent, format!("PUT / HTTP/1.1\r\n\r\n{expected}"));
    }
}

#[test]
fn head_and_small_body_arrive_together() {
    for scheme in Scheme::ALL {
        let server = scheme.server(|peer| {
            let first = peer.receive()?;
            peer.send(ok(&first.len().to_string()))
        });
        let host = Host::new();
        for _ in 0..20 {
            let connection = scheme.connection(&host, server.port());
            connection.connect().unwrap();
            let body = Body::Bytes(b"0123456789");
            connection.request("POST", "/", Some(body), &[]).unwrap();
            let response = connection.get_response().unwrap();
            let first: usize = String::from_utf8(response.read(None).unwrap())
                .unwrap()
                .parse()
                .unwrap();
            let all = format!(
                "POST / HTTP/1.1\r\nHost: {}\r\nAccept-Encoding: identity\r\n\
                 Content-Length: 10\r\n\r\n0123456789",
                server.address
            );
            assert_eq!(first, all.len(), "{scheme:?}");
        }
    }
}

#[test]
fn source_address_is_where_the_server_sees_the_client() {
    let server = Scheme::Http.server(|peer| {
        peer.request()?;
        let client = peer.client()?;
        peer.send(ok(&client.to_string()))
    });
    let host = Host::new();
    let source = |address: &str, port: u16| -> Result<String, HttpError> {
        let connection = Scheme::Http.connection(&host, server.port());
        connection.set_source_address(address, port)?;
        connection.request("GET", "/", None, &[])?;
        let body = connection.get_response()?.read(None)?;
        Ok(String::from_utf8(body).unwrap())
    };
    assert!(source("127.0.0.2", 0).unwrap().starts_with("127.0.0.2:"));
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let seen = source("", port).unwrap();
    assert_eq!(seen, format!("127.0.0.1:{port}"));
    assert!(source("localhost", 0).is_err());
}

#[test]
fn debug_output_is_that_of_the_reference() {
    let server = Scheme::Http.server(|peer| {
        for _ in 0..3 {
            let head = peer.request()?;
            if head.contains("Content-Length: 7") {
                peer.bytes(7)?;
            } else if head.contains("chunked") {
                peer.bytes("5\r\nhello\r\n0\r\n\r\n".len())?;
            }
            peer.send("HTTP/1.1 100 Continue\r\nI: j\r\n\r\n")?;
            peer.send("HTTP/1.1 200 It's \u{fc}\r\nA: b\r\nA: c\r\nContent-Length: 0\r\n\r\n")?;
        }
        Ok(())
    });
    let host = Host::builder().output(Output::Capture).build().unwrap();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.set_debug_level(1);
    let text = Body::Bytes(b"it's \\\xe9");
    let chunks: [&[u8]; 2] = [b"", b"hello"];
    let bodies = [("GET", None), ("POST", Some(text)), ("PUT", Some(Body::Chunks(&chunks)))];
    for (method, body) in bodies {
        connection.request(method, "/", body, &[]).unwrap();
        connection.get_response().unwrap().read(None).unwrap();
    }
    let output = host.debug_output().replace(&server.address.to_string(), "@");
    let start = r"HTTP/1.1\r\nHost: @\r\nAccept-Encoding: identity\r\n";
    let replies = "reply: 'HTTP/1.1 100 Continue\\r\\n'\n\
         headers: [b'I: j\\r\\n', b'\\r\\n']\n\
         reply: \"HTTP/1.1 200 It's \u{c3}\u{bc}\\r\\n\"\n\
         header: A: b\n\
         header: A: c\n\
         header: Content-Length: 0\n";
    let expected = format!(
        "send: b'GET / {start}\\r\\n'\n{replies}\
         send: b'POST / {start}Content-Length: 7\\r\\n\\r\\n'\n\
         send: b\"it's \\\\\\xe9\"\n{replies}\
         send: b'PUT / {start}Transfer-Encoding: chunked\\r\\n\\r\\n'\n\
         Zero length chunk ignored\n\
         send: b'5\\r\\nhello\\r\\n'\n\
         send: b'0\\r\\n\\r\\n'\n{replies}"
    );
    assert_eq!(output, expected);
}

#[test]
fn debug_output_stops_at_level_zero() {
    let server = Scheme::Http.server(answering(EMPTY));
    let host = Host::builder().output(Output::Capture).build().unwrap();
    let connection = Scheme::Http.connection(&host, server.port());
    for level in [0, 2, 0] {
        connection.set_debug_level(level);
        connection.request("GET", "/", None, &[]).unwrap();
        connection.get_response().unwrap().read(None).unwrap();
    }
    assert_eq!(host.debug_output().matches("send: ").count(), 1);
}
