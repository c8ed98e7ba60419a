//! Streams that stop: nothing is lost, and a server that answers is heard.

use std::time::Duration;

use httplib_host_tests::{Connection, ErrorKind, Host, Phase, StreamBody};

use super::echo_chunks;
use super::tap::Tap;
use crate::servers::{Scheme, ok};
use crate::waiting::{SHORT, driven, eventually, until_ok};

/// A request whose body has only begun.
fn begin(connection: &Connection, tap: &Tap, kind: ErrorKind) {
    let body = StreamBody::new(tap.stream());
    let error = connection
        .request_stream("PUT", "/", body, &[], false)
        .unwrap_err();
    assert_eq!(error.kind, kind, "{error}");
}

#[test]
fn stalled_stream_is_timed_out_in_send_and_goes_on() {
    for scheme in Scheme::ALL {
        let go_ons: [fn(&Connection); 2] = [|connection| until_ok(|| connection.flush()), |_| ()];
        for go_on in go_ons {
            let server = scheme.server(echo_chunks);
            let host = Host::new();
            let connection = scheme.connection(&host, server.port());
            connection.connect().unwrap();
            connection.set_write_timeout(Some(SHORT));
            let tap = Tap::with(b"hello");
            begin(&connection, &tap, ErrorKind::TimedOut);
            let error = connection.flush().unwrap_err();
            assert_eq!(error.kind, ErrorKind::TimedOut);
            assert_eq!(error.phase, Some(Phase::Send));
            // What there was has been sent all the same.
            eventually(|| server.received(0).ends_with(b"hello\r\n"));
            for refused in [connection.send(b"x"), connection.send_stream(tap.stream())] {
                assert_eq!(refused.unwrap_err().kind, ErrorKind::ValueError);
            }
            tap.pour(b", world");
            tap.close();
            go_on(&connection);
            let response = until_ok(|| connection.get_response());
            let body = until_ok(|| response.read(None));
            assert_eq!(body, b"hello, world", "{scheme:?}");
            assert_eq!(server.accepts(), 1);
        }
    }
}

#[test]
fn zero_timeout_does_not_wait_and_select_tells_when_to_go_on() {
    for scheme in Scheme::ALL {
        let server = scheme.server(echo_chunks);
        let host = Host::new();
        let connection = scheme.connection(&host, server.port());
        connection.connect().unwrap();
        connection.set_timeout(Some(Duration::ZERO));
        let tap = Tap::with(b"hello");
        begin(&connection, &tap, ErrorKind::WouldBlock);
        let number = connection.fileno().unwrap();
        let writers = |timeout| host.select(&[], &[number], Some(timeout)).unwrap().1;
        assert_eq!(writers(SHORT), Vec::<u64>::new(), "{scheme:?}");
        tap.pour(b", world");
        assert_eq!(writers(crate::servers::PATIENCE), [number], "{scheme:?}");
        let error = connection.flush().unwrap_err();
        assert_eq!(error.kind, ErrorKind::WouldBlock);
        tap.close();
        let response = driven(&host, || number, || connection.get_response());
        let body = driven(&host, || response.fileno().unwrap(), || response.read(None));
        assert_eq!(body, b"hello, world", "{scheme:?}");
    }
}

#[test]
fn early_answer_is_heard_while_the_stream_stalls() {
    for scheme in Scheme::ALL {
        let server = scheme.server(|peer| {
            peer.request()?;
            peer.send(ok("early"))?;
            peer.rest().map(drop)
        });
        let host = Host::new();
        let connection = scheme.connection(&host, server.port());
        connection.connect().unwrap();
        connection.set_write_timeout(Some(SHORT));
        let tap = Tap::with(b"hello");
        begin(&connection, &tap, ErrorKind::TimedOut);
        let response = until_ok(|| connection.get_response());
        assert_eq!(response.read(None).unwrap(), b"early", "{scheme:?}");
        // The server would take the rest of the body for the next request.
        assert!(tap.is_dropped());
        assert_eq!(
            connection.fileno().unwrap_err().kind,
            ErrorKind::NotConnected
        );
    }
}
