//! `PersistenceTest`: when a connection is used again.

use httplib_host_tests::{ErrorKind, Host};

use crate::servers::{Peer, Scheme, ok};

#[test]
fn reuse_reconnect() {
    for (version, header, reused) in [
        ("1.0", "", false),
        ("1.0", "Connection: Keep-ALIVE\r\n", true),
        ("1.0", "Connection: close\r\n", false),
        ("1.1", "", true),
        ("1.1", "Connection: keep-alive\r\n", true),
        ("1.1", "Connection: cLOSE\r\n", false),
    ] {
        let server = Scheme::Http.server(move |peer| {
            while peer.head()?.is_some() {
                peer.send(format!(
                    "HTTP/{version} 200 OK\r\n{header}Content-Length: 4\r\n\r\nbody"
                ))?;
            }
            Ok(())
        });
        let connection = Scheme::Http.connection(&Host::new(), server.port());
        connection.request("GET", "/", None, &[]).unwrap();
        let first = connection.get_response().unwrap();
        // The response has taken the transport over if it ends with it.
        assert_eq!(connection.fileno().is_ok(), reused, "{version} {header}");
        assert_eq!(first.will_close(), !reused);
        assert_eq!(first.read(None).unwrap(), b"body");
        connection.request("GET", "/", None, &[]).unwrap();
        let second = connection.get_response().unwrap();
        assert_eq!(second.read(None).unwrap(), b"body");
        let accepts = if reused { 1 } else { 2 };
        assert_eq!(server.accepts(), accepts, "{version} {header}");
    }
}

/// The first connection ends so, with this error; the next request has another.
fn reconnects(end: fn(&mut Peer) -> std::io::Result<()>, kind: ErrorKind) {
    let server = Scheme::Http.server(move |peer| {
        peer.request()?;
        match peer.number {
            0 => end(peer),
            _ => peer.send(ok("body")),
        }
    });
    let connection = Scheme::Http.connection(&Host::new(), server.port());
    connection.request("GET", "/", None, &[]).unwrap();
    let error = connection.get_response().err().unwrap();
    assert_eq!(error.kind, kind);
    assert!(error.is_instance(ErrorKind::ConnectionReset));
    let closed = connection.fileno().unwrap_err();
    assert_eq!(closed.kind, ErrorKind::NotConnected);
    connection.request("GET", "/", None, &[]).unwrap();
    let response = connection.get_response().unwrap();
    assert_eq!(response.read(None).unwrap(), b"body");
    assert_eq!(server.accepts(), 2);
}

#[test]
fn disconnected() {
    reconnects(|_| Ok(()), ErrorKind::RemoteDisconnected);
    reconnects(|peer| peer.reset(), ErrorKind::ConnectionReset);
}

#[test]
fn interim_100_close() {
    reconnects(
        |peer| peer.send("HTTP/1.1 100 Continue\r\n\r\n"),
        ErrorKind::RemoteDisconnected,
    );
}
