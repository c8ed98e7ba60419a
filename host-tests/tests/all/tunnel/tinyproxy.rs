//! Through a real proxy.

use httplib_host_tests::{ErrorKind, Host, Phase};

use crate::bodies::{MIB, Pattern, sha_of, sha_of_pattern};
use crate::peers::nginx::Nginx;
use crate::peers::tinyproxy::Tinyproxy;
use crate::servers::{Scheme, answering, ok};

/// Base64 of `user:password`.
const CREDENTIALS: &str = "Basic dXNlcjpwYXNzd29yZA==";

#[test]
fn tunnels_lead_to_nginx() {
    let Some(nginx) = Nginx::start() else { return };
    nginx.offer(&[MIB]);
    let ports = Scheme::ALL.map(|scheme| nginx.port(scheme));
    let Some(proxy) = Tinyproxy::start(None, &ports) else {
        return;
    };
    let upload: Vec<u8> = {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut Pattern::new(MIB), &mut bytes).unwrap();
        bytes
    };
    for scheme in Scheme::ALL {
        let host = Host::new();
        let connection = scheme.connection(&host, proxy.port());
        connection
            .set_tunnel("127.0.0.1", nginx.port(scheme), &[])
            .unwrap();
        for framing in ["length", "chunked"] {
            let url = format!("/{framing}/{MIB}");
            connection.request("GET", &url, None, &[]).unwrap();
            let response = connection.get_response().unwrap();
            assert_eq!(response.status(), 200, "{scheme:?} {framing}");
            let body = response.read(None).unwrap();
            assert_eq!(
                sha_of(&body[..]),
                sha_of_pattern(MIB),
                "{scheme:?} {framing}"
            );
        }
        let name = format!("{scheme:?}");
        let body = httplib_host_tests::Body::Bytes(&upload);
        let url = format!("/upload/{name}");
        connection.request("PUT", &url, Some(body), &[]).unwrap();
        let response = connection.get_response().unwrap();
        assert_eq!(response.status(), 201, "{scheme:?}");
        response.read(None).unwrap();
        assert_eq!(std::fs::read(nginx.uploaded(&name)).unwrap(), upload);
    }
}

#[test]
fn credentials_open_the_tunnel() {
    for scheme in Scheme::ALL {
        let server = scheme.server(answering(ok("hello")));
        let user = Some(("user", "password"));
        let Some(proxy) = Tinyproxy::start(user, &[server.port()]) else {
            return;
        };
        let host = Host::new();
        for (headers, opens) in [
            (&[("Proxy-Authorization", CREDENTIALS)][..], true),
            (&[("Proxy-Authorization", "Basic bm86Ym9keQ==")], false),
            (&[], false),
        ] {
            let connection = scheme.connection(&host, proxy.port());
            connection
                .set_tunnel("localhost", server.port(), headers)
                .unwrap();
            if opens {
                connection.request("GET", "/", None, &[]).unwrap();
                let response = connection.get_response().unwrap();
                assert_eq!(response.read(None).unwrap(), b"hello", "{scheme:?}");
                continue;
            }
            let error = connection.request("GET", "/", None, &[]).unwrap_err();
            assert_eq!(error.kind, ErrorKind::OsError, "{error}");
            assert_eq!(error.phase, Some(Phase::Tunnel));
            let text = match headers {
                [] => "Tunnel connection failed: 407 ",
                // Odd, but what tinyproxy says to wrong ones.
                _ => "Tunnel connection failed: 401 ",
            };
            assert!(error.message.starts_with(text), "{error}");
            assert!(connection.proxy_response_headers().is_some());
        }
        assert_eq!(server.accepts(), 1, "{scheme:?}");
    }
}

#[test]
fn port_that_the_proxy_does_not_allow_is_refused() {
    let Some(proxy) = Tinyproxy::start(None, &[443]) else {
        return;
    };
    let host = Host::new();
    let connection = Scheme::Tls13.connection(&host, proxy.port());
    connection.set_tunnel("localhost", 9, &[]).unwrap();
    let error = connection.connect().unwrap_err();
    assert_eq!(error.kind, ErrorKind::OsError);
    let text = "Tunnel connection failed: 403 ";
    assert!(error.message.starts_with(text), "{error}");
}
