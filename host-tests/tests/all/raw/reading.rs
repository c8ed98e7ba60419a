//! What the peer sends.

use std::time::Duration;

use httplib_host_tests::{ErrorKind, Host, Phase};

use super::{Opening, everywhere, open};
use crate::servers::{Gate, PATIENCE};
use crate::waiting::{SHORT, driven, until_ok};

#[test]
fn head_of_a_raw_stream_is_read_as_ever() {
    everywhere(|scheme, opening| {
        let raw = open(scheme, opening, |_| Ok(()));
        let response = &raw.response;
        let (status, header) = match opening {
            Opening::Upgrade => (101, "upgrade"),
            Opening::Connect => (201, "content-length"),
        };
        assert_eq!(response.status(), status);
        assert!(response.header(header).is_some());
        assert!(response.writable() && response.readable() && !response.seekable());
        assert!(response.will_close() && !response.is_closed() && !response.chunked());
        assert_eq!(response.length(), None);
    });
}

#[test]
fn everything_the_peer_sends_is_read_up_to_its_end() {
    everywhere(|scheme, opening| {
        let raw = open(scheme, opening, |peer| {
            peer.trickle("0\r\n\r\nfirst line\nsecond line\nand the rest")
        });
        let response = raw.response;
        assert_eq!(response.peek(Some(1)).unwrap(), b"0");
        assert_eq!(response.read(Some(5)).unwrap(), b"0\r\n\r\n");
        assert_eq!(response.readline(Some(5)).unwrap(), b"first");
        assert_eq!(response.readline(None).unwrap(), b" line\n");
        let piece = response.read1(None).unwrap();
        assert!(b"second line\n".starts_with(&piece[..1]));
        let rest = [piece, response.read(None).unwrap()].concat();
        assert_eq!(rest, b"second line\nand the rest", "{scheme:?}");
        assert_eq!(response.read(None).unwrap(), b"");
        assert_eq!(response.read1(None).unwrap(), b"");
        // The body is over, the other way still open.
        assert!(response.is_closed() && response.writable());
    });
}

#[test]
fn bytes_that_come_with_the_head_are_not_lost() {
    everywhere(|scheme, opening| {
        let server = scheme.server(move |peer| {
            peer.request()?;
            peer.send(format!("{}hello", opening.answer()))?;
            peer.rest().map(drop)
        });
        let host = Host::new();
        let connection = scheme.connection(&host, server.port());
        opening.request(&connection);
        let response = connection.get_response().unwrap();
        let number = response.fileno().unwrap();
        let (ready, _) = host.select(&[number], &[], Some(PATIENCE)).unwrap();
        assert_eq!(ready, [number], "{scheme:?} {opening:?}");
        assert_eq!(response.read(Some(5)).unwrap(), b"hello");
    });
}

#[test]
fn stalled_read_is_timed_out_and_goes_on() {
    everywhere(|scheme, opening| {
        let gate = Gate::default();
        let go_on = gate.clone();
        let raw = open(scheme, opening, move |peer| {
            peer.send("hel")?;
            go_on.wait();
            peer.send("lo\n")
        });
        raw.connection.set_timeout(Some(SHORT));
        let error = raw.response.readline(None).unwrap_err();
        assert_eq!(error.kind, ErrorKind::TimedOut);
        assert_eq!(error.phase, Some(Phase::Body));
        gate.open();
        let line = until_ok(|| raw.response.readline(None));
        assert_eq!(line, b"hello\n", "{scheme:?} {opening:?}");
    });
}

#[test]
fn select_tells_of_bytes_and_of_the_end() {
    everywhere(|scheme, opening| {
        let gate = Gate::default();
        let go_on = gate.clone();
        let raw = open(scheme, opening, move |peer| {
            go_on.wait();
            peer.send("hello")
        });
        raw.connection.set_timeout(Some(Duration::ZERO));
        let number = raw.response.fileno().unwrap();
        let readers = |timeout| raw.host.select(&[number], &[], Some(timeout)).unwrap().0;
        assert_eq!(readers(SHORT), Vec::<u64>::new(), "{scheme:?} {opening:?}");
        assert_eq!(
            raw.response.read1(None).unwrap_err().kind,
            ErrorKind::WouldBlock
        );
        let (_, writers) = raw.host.select(&[], &[number], Some(PATIENCE)).unwrap();
        assert_eq!(writers, [number]);
        gate.open();
        assert_eq!(readers(PATIENCE), [number]);
        let body = driven(&raw.host, || number, || raw.response.read(None));
        assert_eq!(body, b"hello", "{scheme:?} {opening:?}");
        assert_eq!(readers(PATIENCE), [number]);
    });
}

#[test]
fn interim_responses_before_101_are_kept() {
    let server = crate::servers::Scheme::Http.server(|peer| {
        peer.request()?;
        peer.send("HTTP/1.1 103 Early Hints\r\n\r\n")?;
        peer.send(format!("{}hello", Opening::Upgrade.answer()))
    });
    let host = Host::new();
    let connection = host.http("127.0.0.1", server.port()).unwrap();
    Opening::Upgrade.request(&connection);
    let response = connection.get_response().unwrap();
    assert_eq!(response.interim_responses()[0].0, 103);
    assert_eq!(response.status(), 101);
    assert_eq!(response.read(None).unwrap(), b"hello");
}
