//! `SourceAddressTest`: where a connection comes from.

use std::net::TcpListener;

use httplib_host_tests::Host;

use crate::servers::{Scheme, ok};

/// The port that was asked for is the one that the server sees.
fn comes_from_its_port(scheme: Scheme) {
    let server = scheme.server(|peer| {
        let client = peer.client()?;
        peer.request()?;
        peer.send(ok(&client.to_string()))
    });
    let free = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let connection = scheme.connection(&Host::new(), server.port());
    connection.set_source_address("", port).unwrap();
    connection.request("GET", "/", None, &[]).unwrap();
    let (_, own_port) = connection.local_address().unwrap();
    assert_eq!(own_port, port);
    let seen = connection.get_response().unwrap().read(None).unwrap();
    assert_eq!(seen, format!("127.0.0.1:{port}").into_bytes());
}

#[test]
fn http_connection_source_address() {
    comes_from_its_port(Scheme::Http);
}

#[test]
fn https_connection_source_address() {
    comes_from_its_port(Scheme::Tls13);
}
