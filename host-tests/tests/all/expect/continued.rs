//! Bodies that are sent in the end.

use std::time::Duration;

use httplib_host_tests::{Body, Connection, ErrorKind, Host};

use super::{CONTINUE, EXPECT, FOREVER, SENDS, body};
use crate::servers::{Scheme, ok};
use crate::waiting::{SHORT, at_once};

#[test]
fn body_is_sent_once_the_server_asks_for_it() {
    at_once(Scheme::ALL, |scheme| {
        for (name, send) in SENDS {
            let server = scheme.server(|peer| {
                while let Some(head) = peer.head()? {
                    if !peer.is_quiet_for(SHORT)? {
                        return peer.send(ok("too soon"));
                    }
                    peer.send("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")?;
                    peer.send(CONTINUE)?;
                    let body = body(peer, &head)?;
                    peer.send(ok(&String::from_utf8_lossy(&body)))?;
                }
                Ok(())
            });
            let host = Host::new();
            let connection = scheme.connection(&host, server.port());
            connection.set_continue_timeout(FOREVER);
            for _ in 0..2 {
                send(&connection).unwrap();
                let response = connection.get_response().unwrap();
                let interim: Vec<u16> =
                    response.interim_responses().iter().map(|it| it.0).collect();
                assert_eq!(interim, [103, 100], "{name}");
                assert_eq!(response.read(None).unwrap(), b"hello", "{scheme:?} {name}");
            }
            // Kept.
            assert_eq!(server.accepts(), 1, "{scheme:?} {name}");
        }
    });
}

#[test]
fn body_is_sent_when_the_time_is_over() {
    at_once(Scheme::ALL, |scheme| {
        for (name, send) in SENDS {
            let server = scheme.server(|peer| {
                while let Some(head) = peer.head()? {
                    let waited = peer.is_quiet_for(SHORT / 2)?;
                    let body = body(peer, &head)?;
                    let said = String::from_utf8_lossy(&body).into_owned();
                    peer.send(ok(if waited { &said } else { "too soon" }))?;
                }
                Ok(())
            });
            let host = Host::new();
            let connection = scheme.connection(&host, server.port());
            connection.connect().unwrap();
            connection.set_continue_timeout(Some(SHORT * 5));
            for _ in 0..2 {
                send(&connection).unwrap();
                let response = connection.get_response().unwrap();
                assert_eq!(response.read(None).unwrap(), b"hello", "{scheme:?} {name}");
            }
            assert_eq!(server.accepts(), 1, "{scheme:?} {name}");
        }
    });
}

#[test]
fn late_100_after_the_time_is_an_interim_response() {
    let server = Scheme::Http.server(|peer| {
        let head = peer.request()?;
        body(peer, &head)?;
        peer.send(CONTINUE)?;
        peer.send(ok("done"))
    });
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.set_continue_timeout(Some(Duration::from_millis(1)));
    SENDS[0].1(&connection).unwrap();
    let response = connection.get_response().unwrap();
    assert_eq!(response.interim_responses()[0].0, 100);
    assert_eq!(response.read(None).unwrap(), b"done");
}

#[test]
fn zero_does_not_wait_at_all() {
    for scheme in Scheme::ALL {
        let server = scheme.server(|peer| {
            let first = peer.receive()?;
            let together = first.ends_with(b"\r\n\r\nhello");
            peer.send(ok(if together { "together" } else { "apart" }))
        });
        let host = Host::new();
        let connection = scheme.connection(&host, server.port());
        connection.connect().unwrap();
        connection.set_continue_timeout(Some(Duration::ZERO));
        SENDS[0].1(&connection).unwrap();
        let response = connection.get_response().unwrap();
        assert_eq!(response.read(None).unwrap(), b"together", "{scheme:?}");
    }
}

#[test]
fn request_without_a_body_does_not_wait() {
    let server = Scheme::Http.server(|peer| {
        peer.request()?;
        peer.send(ok("hello"))
    });
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.set_continue_timeout(FOREVER);
    connection.request("GET", "/", None, &[EXPECT]).unwrap();
    let response = connection.get_response().unwrap();
    assert_eq!(response.read(None).unwrap(), b"hello");
}

#[test]
fn other_expectations_do_not_wait() {
    let server = Scheme::Http.server(|peer| {
        peer.request()?;
        let body = peer.bytes(5)?;
        peer.send(ok(&String::from_utf8_lossy(&body)))
    });
    let host = Host::new();
    for header in [("Expect", "200-ok"), ("X-Expect", "100-continue")] {
        let connection = Scheme::Http.connection(&host, server.port());
        connection.set_continue_timeout(FOREVER);
        let body = Body::Bytes(b"hello");
        connection
            .request("PUT", "/", Some(body), &[header])
            .unwrap();
        let response = connection.get_response().unwrap();
        assert_eq!(response.read(None).unwrap(), b"hello", "{header:?}");
    }
}

#[test]
fn body_that_is_sent_by_hand_waits_by_hand() {
    for scheme in Scheme::ALL {
        let server = scheme.server(|peer| {
            while let Some(head) = peer.head()? {
                if head.contains("X-Ask: yes") {
                    if !peer.is_quiet_for(SHORT)? {
                        return peer.send(ok("too soon"));
                    }
                    peer.send(CONTINUE)?;
                }
                peer.bytes(5)?;
                peer.send(ok("hello"))?;
            }
            Ok(())
        });
        let host = Host::new();
        let connection = scheme.connection(&host, server.port());
        for (ask, time) in [("yes", FOREVER), ("no", Some(SHORT))] {
            connection.set_continue_timeout(time);
            begin_by_hand(&connection, ask);
            assert!(connection.wait_for_continue().unwrap());
            connection.send(b"hello").unwrap();
            let response = connection.get_response().unwrap();
            assert_eq!(response.read(None).unwrap(), b"hello", "{scheme:?}");
        }
        assert_eq!(server.accepts(), 1);
    }
}

pub(super) fn begin_by_hand(connection: &Connection, ask: &str) {
    connection.put_request("PUT", "/").unwrap();
    connection.put_header(EXPECT.0, &[EXPECT.1]).unwrap();
    connection.put_header("Content-Length", &["5"]).unwrap();
    connection.put_header("X-Ask", &[ask]).unwrap();
    connection.end_headers(None, false).unwrap();
}

#[test]
fn waiting_in_another_state_is_response_not_ready() {
    let host = Host::new();
    let connection = host.http("127.0.0.1", 9).unwrap();
    let state = || {
        let error = connection.wait_for_continue().unwrap_err();
        assert_eq!(error.kind, ErrorKind::ResponseNotReady);
        error.state.unwrap()
    };
    assert_eq!(state(), "Idle");
    connection.put_request("PUT", "/").unwrap();
    assert_eq!(state(), "Request-started");
}
