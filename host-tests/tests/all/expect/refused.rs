//! Bodies that nobody wants.

use httplib_host_tests::{ErrorKind, Host};

use super::continued::begin_by_hand;
use super::{EXPECT, FOREVER, SENDS};
use crate::servers::{Scheme, ok};
use crate::waiting::at_once;

#[test]
fn final_answer_is_delivered_and_the_body_is_not_sent() {
    for before in ["", "HTTP/1.1 103 Early Hints\r\n\r\n"] {
        at_once(Scheme::ALL, |scheme| {
            for status in ["417 Expectation Failed", "401 Unauthorized", "200 OK"] {
                for (name, send) in SENDS {
                    let server = scheme.server(move |peer| {
                        peer.request()?;
                        peer.send(before)?;
                        peer.send(ok("no").replace("200 OK", status))?;
                        peer.rest().map(drop)
                    });
                    let host = Host::new();
                    let connection = scheme.connection(&host, server.port());
                    connection.set_continue_timeout(FOREVER);
                    send(&connection).unwrap();
                    let response = connection.get_response().unwrap();
                    assert_eq!(response.status().to_string(), status[..3]);
                    assert_eq!(response.interim_responses().is_empty(), before.is_empty());
                    assert_eq!(response.read(None).unwrap(), b"no", "{scheme:?} {name}");
                    // The connection ends with it, because the server may still wait.
                    let sent = server.wait_for_end(0);
                    assert!(sent.ends_with(b"\r\n\r\n"), "{scheme:?} {name}");
                    connection.request("GET", "/", None, &[]).unwrap();
                    connection.get_response().unwrap();
                    assert_eq!(server.accepts(), 2, "{scheme:?} {name}");
                }
            }
        });
    }
}

#[test]
fn nonsense_and_the_end_are_reported_by_get_response() {
    for (answer, kind) in [
        ("nonsense\r\n", ErrorKind::BadStatusLine),
        ("HTTP/2 200\r\n\r\n", ErrorKind::UnknownProtocol),
        ("", ErrorKind::RemoteDisconnected),
    ] {
        for (name, send) in SENDS {
            let server = Scheme::Http.server(move |peer| {
                peer.request()?;
                peer.send(answer)
            });
            let host = Host::new();
            let connection = Scheme::Http.connection(&host, server.port());
            connection.set_continue_timeout(FOREVER);
            send(&connection).unwrap();
            let error = connection.get_response().err().unwrap();
            assert_eq!(error.kind, kind, "{name} {answer:?} {error}");
            assert!(server.wait_for_end(0).ends_with(b"\r\n\r\n"), "{name}");
        }
    }
}

#[test]
fn waiting_by_hand_says_that_the_body_is_not_wanted() {
    for scheme in Scheme::ALL {
        let server = scheme.server(|peer| {
            peer.request()?;
            peer.send(ok("no").replace("200 OK", "417 No"))?;
            peer.rest().map(drop)
        });
        let host = Host::new();
        let connection = scheme.connection(&host, server.port());
        connection.set_continue_timeout(FOREVER);
        begin_by_hand(&connection, "no");
        assert!(!connection.wait_for_continue().unwrap());
        assert!(!connection.wait_for_continue().unwrap());
        let response = connection.get_response().unwrap();
        assert_eq!(response.status(), 417);
        assert_eq!(response.read(None).unwrap(), b"no", "{scheme:?}");
        let sent = server.wait_for_end(0);
        assert!(sent.ends_with(b"\r\n\r\n"), "{scheme:?}");
    }
}

#[test]
fn stream_that_is_not_wanted_is_dropped_unread() {
    let server = Scheme::Http.server(|peer| {
        peer.request()?;
        peer.send(ok("no"))?;
        peer.rest().map(drop)
    });
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.set_continue_timeout(FOREVER);
    let tap = crate::streaming::Tap::with(b"hello");
    let body = httplib_host_tests::StreamBody::new(tap.stream());
    connection
        .request_stream("PUT", "/", body, &[EXPECT], false)
        .unwrap();
    assert!(tap.is_dropped());
    assert_eq!(tap.left(), 5);
}
