//! Requests through a tunnel that stands.

use std::net::Ipv4Addr;

use httplib_host_tests::{ErrorKind, Host, Phase};

use super::{ESTABLISHED, proxy_to};
use crate::servers::certificates::authority;
use crate::servers::{Scheme, Server, answering, ok, trusting_context};

#[test]
fn requests_of_both_classes_arrive() {
    for scheme in Scheme::ALL {
        let server = scheme.server(answering(ok("hello")));
        let proxy = proxy_to(server.address);
        let host = Host::new();
        let connection = scheme.connection(&host, proxy.port());
        connection
            .set_tunnel("localhost", server.port(), &[])
            .unwrap();
        for _ in 0..3 {
            connection.request("GET", "/", None, &[]).unwrap();
            let response = connection.get_response().unwrap();
            let scheme = if scheme == Scheme::Http {
                "http"
            } else {
                "https"
            };
            let url = format!("{scheme}://localhost:{}/", server.port());
            assert_eq!(response.url(), url);
            assert_eq!(response.read(None).unwrap(), b"hello");
        }
        assert_eq!((proxy.accepts(), server.accepts()), (1, 1), "{scheme:?}");
        let head = String::from_utf8(server.received(0)).unwrap();
        let line = format!("\r\nHost: localhost:{}\r\n", server.port());
        assert_eq!(head.matches(&line).count(), 3, "{head}");
        // Not the server's: the connection goes to the proxy.
        let (address, port) = connection.peer_address().unwrap();
        assert_eq!((address.as_str(), port), ("127.0.0.1", proxy.port()));
        assert_eq!(connection.host(), "127.0.0.1");
        assert_eq!(connection.port(), proxy.port());
    }
}

#[test]
fn tls_is_made_with_the_server_behind_the_proxy() {
    let identity = authority().issue(&["inside.example"]);
    for tls in [identity.tls12(), identity.tls13()] {
        let server = Server::start(Some(tls), |peer| {
            peer.request()?;
            let name = peer.tls().and_then(|tls| tls.server_name());
            let name = name.unwrap_or("none").to_owned();
            peer.send(ok(&name))
        });
        let proxy = proxy_to(server.address);
        let host = Host::new();
        let context = trusting_context(&host);
        let connection = host
            .https("127.0.0.1", proxy.port(), Some(&context))
            .unwrap();
        connection.set_tunnel("inside.example", None, &[]).unwrap();
        connection.request("GET", "/", None, &[]).unwrap();
        let response = connection.get_response().unwrap();
        assert_eq!(response.read(None).unwrap(), b"inside.example");
        let connect = String::from_utf8(proxy.received(0)).unwrap();
        assert!(connect.starts_with("CONNECT inside.example:443 "));

        let connection = host
            .https("127.0.0.1", proxy.port(), Some(&context))
            .unwrap();
        connection.set_tunnel("other.example", None, &[]).unwrap();
        let error = connection.connect().unwrap_err();
        assert_eq!(error.kind, ErrorKind::Certificate);
        assert_eq!(error.certificate_reason.as_deref(), Some("name-mismatch"));
        assert_eq!(error.host.as_deref(), Some("other.example"));
        assert_eq!(error.phase, Some(Phase::Tls));
    }
}

#[test]
fn tunnel_is_made_again_after_the_connection_ended() {
    for scheme in Scheme::ALL {
        let server = scheme.server(|peer| {
            peer.request()?;
            peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello")
        });
        let proxy = proxy_to(server.address);
        let host = Host::new();
        let connection = scheme.connection(&host, proxy.port());
        let headers = [("Proxy-Authorization", "Basic YTpi")];
        connection.set_tunnel("localhost", 8, &headers).unwrap();
        for round in 1..=3 {
            connection.request("GET", "/", None, &[]).unwrap();
            let response = connection.get_response().unwrap();
            assert_eq!(response.read(None).unwrap(), b"hello");
            assert_eq!(proxy.accepts(), round, "{scheme:?}");
        }
        for round in 0..3 {
            let connect = "CONNECT localhost:8 HTTP/1.1\r\nProxy-Authorization: Basic YTpi\r\n\
                Host: localhost:8\r\n\r\n";
            assert!(proxy.received(round).starts_with(connect.as_bytes()));
        }
    }
}

#[test]
fn proxy_response_headers_are_those_of_the_last_tunnel() {
    let server = Scheme::Http.server(answering(ok("hello")));
    let address = server.address;
    let proxy = Scheme::Http.server(move |peer| {
        peer.request()?;
        let number = peer.number;
        peer.send(format!(
            "HTTP/1.0 200 OK\r\nN: {number}\r\nn: again\r\n\r\n"
        ))?;
        peer.relay(address)
    });
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, proxy.port());
    assert!(connection.proxy_response_headers().is_none());
    connection.set_tunnel("localhost", 8, &[]).unwrap();
    assert!(connection.proxy_response_headers().is_none());
    for number in ["0", "1"] {
        connection.connect().unwrap();
        let message = connection.proxy_response_headers().unwrap();
        assert_eq!(message.get_all("n"), [number, "again"]);
        connection.close();
        assert!(connection.proxy_response_headers().is_some());
    }
}

#[test]
fn content_length_of_the_proxy_s_answer_is_no_body() {
    let proxy = Scheme::Http.server(|peer| {
        peer.request()?;
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\nTransfer-Encoding: chunked\r\n\r\n")?;
        peer.request()?;
        peer.send(ok("hello"))
    });
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, proxy.port());
    connection.set_tunnel("localhost", 8, &[]).unwrap();
    connection.request("GET", "/", None, &[]).unwrap();
    let response = connection.get_response().unwrap();
    assert_eq!(response.read(None).unwrap(), b"hello");
}

#[test]
fn bytes_that_come_with_the_proxy_s_answer_are_the_server_s() {
    let proxy = Scheme::Http.server(|peer| {
        peer.request()?;
        peer.send([ESTABLISHED, &ok("hello")].concat())?;
        peer.rest().map(drop)
    });
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, proxy.port());
    connection.set_tunnel("localhost", 8, &[]).unwrap();
    connection.request("GET", "/", None, &[]).unwrap();
    let response = connection.get_response().unwrap();
    assert_eq!(response.read(None).unwrap(), b"hello");

    // A TLS server would not have begun.
    let connection = Scheme::Tls13.connection(&host, proxy.port());
    connection.set_tunnel("localhost", 8, &[]).unwrap();
    let error = connection.connect().unwrap_err();
    assert_eq!(error.kind, ErrorKind::HttpException);
    assert_eq!(error.phase, Some(Phase::Tunnel));
}

#[test]
fn proxy_on_another_address_is_dialled_and_the_target_is_not() {
    // Names behind a proxy are the proxy's to resolve.
    let server = Scheme::Http.server(answering(ok("hello")));
    let proxy = proxy_to(server.address);
    let host = Host::new();
    let localhost = Ipv4Addr::LOCALHOST.to_string();
    let connection = host.http(&localhost, proxy.port()).unwrap();
    connection
        .set_tunnel("no-such-host.invalid", None, &[])
        .unwrap();
    connection.request("GET", "/", None, &[]).unwrap();
    let response = connection.get_response().unwrap();
    assert_eq!(response.read(None).unwrap(), b"hello");
    assert_eq!(response.url(), "http://no-such-host.invalid/");
}
