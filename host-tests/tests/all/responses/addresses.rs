//! Where the two ends of a connection are.

use std::net::SocketAddr;

use httplib_host_tests::Host;

use crate::servers::{Scheme, ok};

#[test]
fn addresses_are_what_the_server_sees() {
    for scheme in Scheme::ALL {
        for closing in ["", "Connection: close\r\n"] {
            let server = scheme.server(move |peer| {
                peer.request()?;
                let client = peer.client()?.to_string();
                let end = format!("\r\n{closing}\r\n");
                peer.send(ok(&client).replacen("\r\n\r\n", &end, 1))?;
                peer.rest().map(drop)
            });
            let host = Host::new();
            let connection = scheme.connection(&host, server.port());
            assert_eq!(connection.local_address(), None);
            assert_eq!(connection.peer_address(), None);
            connection.connect().unwrap();
            let ends = (
                connection.local_address().unwrap(),
                connection.peer_address().unwrap(),
            );
            connection.request("GET", "/", None, &[]).unwrap();
            let response = connection.get_response().unwrap();
            // The transport is the response's now, if it ends with it.
            let kept = closing.is_empty();
            assert_eq!(connection.local_address().is_some(), kept);
            assert_eq!(connection.peer_address().is_some(), kept);
            assert_eq!(response.local_address().as_ref(), Some(&ends.0));
            assert_eq!(response.peer_address().as_ref(), Some(&ends.1));
            let body = String::from_utf8(response.read(None).unwrap()).unwrap();
            let seen: SocketAddr = body.parse().unwrap();
            assert_eq!(ends.0, (seen.ip().to_string(), seen.port()), "{scheme:?}");
            assert_eq!(ends.1, ("127.0.0.1".to_owned(), server.port()));
            assert_eq!(response.local_address(), None);
            assert_eq!(response.peer_address(), None);
            connection.close();
            assert_eq!(connection.local_address(), None);
        }
    }
}

#[test]
fn host_and_port_are_those_the_connection_was_made_for() {
    let host = Host::new();
    for (name, port, expected) in [
        ("example.org", None, ("example.org", 80)),
        ("Example.org:81", None, ("Example.org", 81)),
        ("example.org:", None, ("example.org", 80)),
        ("example.org", Some(82), ("example.org", 82)),
        ("[::1]:83", None, ("::1", 83)),
        ("[::1]", Some(84), ("::1", 84)),
        ("b\u{fc}cher.example", None, ("b\u{fc}cher.example", 80)),
    ] {
        let connection = host.http(name, port).unwrap();
        assert_eq!((connection.host().as_str(), connection.port()), expected);
    }
    assert_eq!(host.https("h", None, None).unwrap().port(), 443);
}
