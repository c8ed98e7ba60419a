//! A time limit of zero: nothing waits, and `select` tells when to go on.

use std::time::Duration;

use httplib_host_tests::{Connection, ErrorKind, Host};

use super::TOO_MUCH;
use crate::servers::{Gate, Scheme, ok};
use crate::waiting::driven;

#[test]
fn request_goes_on_whenever_select_says_so() {
    for scheme in Scheme::ALL {
        let server = scheme.server(|peer| {
            peer.request()?;
            peer.trickle(ok("hello"))
        });
        let host = Host::new();
        let connection = scheme.connection(&host, server.port());
        connection.set_timeout(Some(Duration::ZERO));
        // A plain connection on one machine may be there at once.
        if let Err(error) = connection.request("GET", "/", None, &[]) {
            assert_eq!(error.kind, ErrorKind::WouldBlock, "{scheme:?}");
            assert!(error.is_instance(ErrorKind::OsError));
        }
        let number = || connection.fileno().unwrap();
        let response = driven(&host, number, || connection.get_response());
        let number = || response.fileno().unwrap();
        let body = driven(&host, number, || response.read(None));
        assert_eq!(body, b"hello");
        assert_eq!(server.accepts(), 1);
    }
}

#[test]
fn connect_and_flush_go_on_whenever_select_says_so() {
    for scheme in Scheme::ALL {
        let gate = Gate::default();
        let go_on = gate.clone();
        let server = scheme.server(move |peer| {
            peer.request()?;
            go_on.wait();
            let sum = peer.sum(TOO_MUCH)?;
            let right = sum == crate::bodies::sha_of(&vec![b'x'; TOO_MUCH][..]);
            peer.send(ok(if right { "right" } else { "wrong" }))
        });
        let host = Host::new();
        let connection = scheme.connection(&host, server.port());
        connection.set_timeout(Some(Duration::ZERO));
        let number = || connection.fileno().unwrap();
        driven(&host, number, || connection.connect());
        let body = vec![b'x'; TOO_MUCH];
        let body = httplib_host_tests::Body::Bytes(&body);
        let error = connection.request("PUT", "/", Some(body), &[]).unwrap_err();
        assert_eq!(error.kind, ErrorKind::WouldBlock, "{scheme:?}");
        gate.open();
        driven(&host, number, || connection.flush());
        let response = driven(&host, number, || connection.get_response());
        let number = || response.fileno().unwrap();
        assert_eq!(driven(&host, number, || response.read(None)), b"right");
    }
}

#[test]
fn buffered_plaintext_is_ready_at_once() {
    for scheme in Scheme::ALL {
        let gate = Gate::default();
        let go_on = gate.clone();
        let server = scheme.server(move |peer| {
            peer.request()?;
            // In one record, so that all of it is decrypted with the head.
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")?;
            go_on.wait();
            peer.send("world")
        });
        let host = Host::new();
        let connection = scheme.connection(&host, server.port());
        connection.request("GET", "/", None, &[]).unwrap();
        let response = connection.get_response().unwrap();
        connection.set_timeout(Some(Duration::ZERO));
        let number = response.fileno().unwrap();
        assert_eq!(ready(&host, number), [number], "{scheme:?}");
        assert_eq!(response.read1(Some(2)).unwrap(), b"he");
        assert_eq!(ready(&host, number), [number]);
        assert_eq!(response.read1(None).unwrap(), b"llo");
        assert_eq!(ready(&host, number), Vec::<u64>::new(), "{scheme:?}");
        let error = response.read1(None).unwrap_err();
        assert_eq!(error.kind, ErrorKind::WouldBlock);
        gate.open();
        let number = || response.fileno().unwrap();
        assert_eq!(driven(&host, number, || response.read(None)), b"world");
    }
}

#[test]
fn default_timeout_of_zero_does_not_wait() {
    let gate = Gate::default();
    let server = Scheme::Http.server(super::hold(&gate));
    let host = Host::new();
    host.set_default_timeout(Some(Duration::ZERO));
    let connection: Connection = Scheme::Http.connection(&host, server.port());
    let number = || connection.fileno().unwrap();
    driven(&host, number, || connection.connect());
    connection.request("GET", "/", None, &[]).unwrap();
    let error = connection.get_response().err().unwrap();
    assert_eq!(error.kind, ErrorKind::WouldBlock);
    gate.open();
}

fn ready(host: &Host, number: u64) -> Vec<u64> {
    host.select(&[number], &[], Some(Duration::ZERO)).unwrap().0
}
