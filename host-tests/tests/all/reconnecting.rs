//! `connect`: a new connection starts with nothing of the one before, and keeps what its
//! server says first.

use httplib_host_tests::{ErrorKind, Response};

use crate::servers::{Gate, PATIENCE, Scheme};
use crate::waiting::SHORT;
use crate::watchdog::{watched, within};

/// What arrives on the first connection, which ends then.
const BEGINNINGS: [&str; 5] = [
    "HTTP/1.1 2",
    "HTTP/1.1 200 OK\r\nSet-Cookie: SID=old\r\n",
    "HTTP/1.1 200 OK\r\nSet-Cookie: SID=old\r\nX: y",
    "HTTP/1.1 103 Early Hints\r\nLink: old\r\n\r\n",
    "HTTP/1.1 103 Early Hints\r\nLink: old\r\n\r\nHTTP/1.1 200 OK\r\nSet-Cookie: SID=old\r\n",
];

const ANSWER: &str = "HTTP/1.1 404 Not Found\r\nX-New: yes\r\nContent-Length: 3\r\n\r\nnew";

/// Checks that this is the answer and nothing else.
fn assert_answer(response: &Response) {
    assert_eq!(response.status(), 404);
    assert_eq!(response.reason(), "Not Found");
    let headers = [("X-New", "yes"), ("Content-Length", "3")];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(response.get_headers(), headers);
    assert_eq!(response.interim_responses(), []);
    assert_eq!(response.read(None).unwrap(), b"new");
}

#[test]
fn half_a_head_is_forgotten_by_connect() {
    within(60, || {
        for scheme in Scheme::ALL {
            for beginning in BEGINNINGS {
                let server = scheme.server(move |peer| {
                    peer.request()?;
                    if peer.number == 0 {
                        peer.send(beginning)?;
                    } else {
                        peer.send(ANSWER)?;
                    }
                    peer.rest().map(drop)
                });
                let host = watched();
                let connection = scheme.connection(&host, server.port());
                connection.request("GET", "/", None, &[]).unwrap();
                connection.set_timeout(Some(SHORT));
                let error = connection.get_response().err().unwrap();
                assert_eq!(error.kind, ErrorKind::TimedOut);

                connection.set_timeout(Some(PATIENCE));
                connection.connect().unwrap();
                connection.send(b"GET /again HTTP/1.1\r\n\r\n").unwrap();
                assert_answer(&connection.get_response().unwrap());
                assert_eq!(server.accepts(), 2);
                connection.close();
                assert_eq!(server.wait_for_end(1), b"GET /again HTTP/1.1\r\n\r\n");
            }
        }
    });
}

#[test]
fn what_a_server_says_first_is_read_on_the_same_connection() {
    within(60, || {
        for scheme in Scheme::ALL {
            for ends in [false, true] {
                let gate = Gate::default();
                let go_on = gate.clone();
                let server = scheme.server(move |peer| {
                    peer.send(ANSWER)?;
                    if ends {
                        peer.end_sending()?;
                    }
                    peer.request()?;
                    go_on.open();
                    peer.rest().map(drop)
                });
                let host = watched();
                let connection = scheme.connection(&host, server.port());
                connection.connect().unwrap();
                let number = connection.fileno().unwrap();
                let ready = host.select(&[number], &[], Some(PATIENCE)).unwrap();
                assert_eq!(ready, (vec![number], vec![]));
                connection.request("GET", "/", None, &[]).unwrap();
                assert_answer(&connection.get_response().unwrap());
                assert_eq!(server.accepts(), 1, "{scheme:?} {ends}");
                gate.wait();
            }
        }
    });
}

#[test]
fn what_a_server_says_first_is_read_whenever_it_comes() {
    within(60, || {
        for scheme in Scheme::ALL {
            let server = scheme.server(|peer| {
                peer.send(ANSWER)?;
                peer.rest().map(drop)
            });
            let host = watched();
            let connection = scheme.connection(&host, server.port());
            connection.connect().unwrap();
            // Reads nothing, and is followed by the answer.
            connection.put_request("GET", "/").unwrap();
            connection.end_headers(None, false).unwrap();
            assert_answer(&connection.get_response().unwrap());
            assert_eq!(server.accepts(), 1, "{scheme:?}");
        }
    });
}
