//! How a request is sent, from where, and what is told about it.

use std::net::TcpListener;

use httplib_host_tests::{Body, Host, HttpError, Output};

use super::EMPTY;
use crate::servers::{Scheme, answering, ok};

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
    let bodies = [
        ("GET", None),
        ("POST", Some(text)),
        ("PUT", Some(Body::Chunks(&chunks))),
    ];
    for (method, body) in bodies {
        connection.request(method, "/", body, &[]).unwrap();
        connection.get_response().unwrap().read(None).unwrap();
    }
    let output = host
        .debug_output()
        .replace(&server.address.to_string(), "@");
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
         Unable to determine size of [b'', b'hello']\n\
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
