//! Peers that send byte after byte, for ever: each wait is short, and the whole is not.

use std::io::{self, Write};
use std::thread;
use std::time::{Duration, Instant};

use httplib_host_tests::{Connection, ErrorKind, HttpError, Phase, StreamBody};

use super::peers::{request, serve};
use super::{LATEST, LIMIT, ends_in_time};
use crate::servers::certificates::local_identity;
use crate::servers::{Peer, Scheme, Server, ok};
use crate::waiting::at_once;
use crate::watchdog::{watched, within};

const PAUSE: Duration = Duration::from_millis(20);

const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

/// What comes first, and what then drips, by phase.
const DRIPS: [(&str, Phase, &str, &str); 9] = [
    ("status line", Phase::Head, "HTTP/1.1 200 ", "x"),
    ("header name", Phase::Head, "HTTP/1.1 200 OK\r\nX", "y"),
    ("header", Phase::Head, "HTTP/1.1 200 OK\r\nX: ", "y"),
    ("headers", Phase::Head, "HTTP/1.1 200 OK\r\n", "X: y\r\n"),
    (
        "interim responses",
        Phase::Head,
        "",
        "HTTP/1.1 103 Early Hints\r\n\r\n",
    ),
    ("chunk size", Phase::Body, CHUNKED, "0"),
    ("chunks", Phase::Body, CHUNKED, "1\r\nx\r\n"),
    ("body", Phase::Body, "HTTP/1.1 200 OK\r\n\r\n", "x"),
    (
        "trailers",
        Phase::Body,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n",
        "X: y\r\n",
    ),
];

/// Sends byte after byte until the client has gone.
fn drip(peer: &mut Peer, text: &str) -> io::Result<()> {
    for byte in text.as_bytes().iter().cycle() {
        peer.send([*byte])?;
        thread::sleep(PAUSE);
    }
    Ok(())
}

fn dripping(scheme: Scheme, begin: &'static str, unit: &'static str) -> Server {
    scheme.server(move |peer| {
        peer.request()?;
        peer.send(begin)?;
        drip(peer, unit)
    })
}

/// Every wait has a limit of its own, which is never passed.
fn limit(connection: &Connection) {
    connection.set_timeout(Some(LIMIT * 30));
    connection.set_total_timeout(Some(LIMIT));
}

#[test]
fn response_that_drips_is_ended_by_the_total_limit_in_every_phase() {
    within(60, || {
        at_once([Scheme::Http, Scheme::Tls13], |scheme| {
            at_once(DRIPS, |(name, phase, begin, unit)| {
                let server = dripping(scheme, begin, unit);
                ends_in_time(&format!("{name} {scheme:?}"), || {
                    let host = watched();
                    let connection = scheme.connection(&host, server.port());
                    connection.connect().unwrap();
                    limit(&connection);
                    connection.request("GET", "/", None, &[])?;
                    let outcome = connection
                        .get_response()
                        .and_then(|response| response.read(None));
                    // Interim responses drip between heads as well.
                    if let Err(error) = &outcome
                        && name != "interim responses"
                    {
                        assert_eq!(error.phase, Some(phase), "{name}: {error}");
                    }
                    outcome
                });
            });
        });
    });
}

#[test]
fn answer_of_a_proxy_that_drips_is_ended_by_the_total_limit() {
    within(60, || {
        let begins = ["", "HTTP/1.1 200 OK\r\nX: ", "HTTP/1.1 407 No\r\nX: "];
        at_once(begins, |begin| {
            let unit = match begin {
                "" => "HTTP/1.1 200 Connection established with much patience",
                _ => "y",
            };
            let proxy = dripping(Scheme::Http, begin, unit);
            type Call = fn(&Connection) -> Result<(), HttpError>;
            let calls: [Call; 2] = [Connection::connect, |connection| {
                connection.request("GET", "/", None, &[])
            }];
            for call in calls {
                ends_in_time(begin, || {
                    let host = watched();
                    let connection = Scheme::Tls13.connection(&host, proxy.port());
                    connection.set_tunnel("localhost", 443, &[]).unwrap();
                    limit(&connection);
                    let outcome = call(&connection);
                    if let Err(error) = &outcome {
                        assert_eq!(error.phase, Some(Phase::Tunnel), "{error}");
                    }
                    outcome
                });
            }
        });
    });
}

#[test]
fn handshake_that_drips_is_ended_by_the_total_limit() {
    within(60, || {
        let identity = local_identity();
        at_once([identity.tls12(), identity.tls13()], |config| {
            let port = serve(config, |mut stream| {
                stream.sock.pause = Some(PAUSE);
                request(&mut stream)
            });
            ends_in_time("handshake", || {
                let host = watched();
                let connection = Scheme::Tls13.connection(&host, port);
                limit(&connection);
                let outcome = connection.connect();
                if let Err(error) = &outcome {
                    assert_eq!(error.phase, Some(Phase::Tls), "{error}");
                }
                outcome
            });
        });
    });
}

#[test]
fn request_body_that_drips_is_ended_by_the_total_limit() {
    within(60, || {
        at_once([Scheme::Http, Scheme::Tls13], |scheme| {
            let server = scheme.server(|peer| peer.rest().map(drop));
            ends_in_time(&format!("{scheme:?}"), || {
                let host = watched();
                let connection = scheme.connection(&host, server.port());
                connection.connect().unwrap();
                limit(&connection);
                let tap = crate::streaming::Tap::default();
                let body = StreamBody::new(tap.stream());
                thread::scope(|scope| {
                    scope.spawn(|| {
                        while !tap.is_dropped() {
                            tap.pour(b"x");
                            thread::sleep(PAUSE);
                        }
                    });
                    let outcome = connection.request_stream("PUT", "/", body, &[], false);
                    // Which drops the stream.
                    connection.close();
                    outcome
                })
            });
        });
    });
}

#[test]
fn record_that_drips_is_ended_by_the_limit_between_bytes() {
    within(60, || {
        let identity = local_identity();
        let configs = [identity.tls12(), identity.tls13()];
        at_once(configs, |config| {
            let port = serve(config, |mut stream| {
                request(&mut stream)?;
                stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")?;
                stream.flush()?;
                // A record has more than 22 bytes: some seven seconds.
                stream.sock.pause = Some(Duration::from_millis(300));
                stream.write_all(b"world")?;
                stream.flush()
            });
            let host = watched();
            let connection = Scheme::Tls13.connection(&host, port);
            connection.connect().unwrap();
            connection.set_between_bytes_timeout(Some(LIMIT));
            connection.request("GET", "/", None, &[]).unwrap();
            let response = connection.get_response().unwrap();
            assert_eq!(response.read(Some(5)).unwrap(), b"hello");
            let begin = Instant::now();
            let error = response.read(None).unwrap_err();
            assert_eq!(error.kind, ErrorKind::TimedOut, "{error}");
            assert_eq!(error.phase, Some(Phase::Body), "{error}");
            assert!(begin.elapsed() < LATEST + LIMIT, "{:?}", begin.elapsed());
            // Nothing of the record is lost.
            connection.set_between_bytes_timeout(None);
            assert_eq!(response.read(None).unwrap(), b"world");
        });
    });
}

#[test]
fn record_that_drips_is_ended_by_the_limit_of_the_first_byte() {
    within(60, || {
        let identity = local_identity();
        let configs = [identity.tls12(), identity.tls13()];
        at_once(configs, |config| {
            let port = serve(config, |mut stream| {
                request(&mut stream)?;
                stream.sock.pause = Some(Duration::from_millis(100));
                stream.write_all(ok("hello").as_bytes())?;
                stream.flush()
            });
            let host = watched();
            let connection = Scheme::Tls13.connection(&host, port);
            connection.connect().unwrap();
            connection.set_first_byte_timeout(Some(LIMIT));
            connection.request("GET", "/", None, &[]).unwrap();
            let begin = Instant::now();
            let error = connection.get_response().err().unwrap();
            assert_eq!(error.kind, ErrorKind::TimedOut, "{error}");
            assert_eq!(error.phase, Some(Phase::FirstByte), "{error}");
            assert!(begin.elapsed() < LATEST + LIMIT, "{:?}", begin.elapsed());
            connection.set_first_byte_timeout(None);
            let response = connection.get_response().unwrap();
            assert_eq!(response.read(None).unwrap(), b"hello");
        });
    });
}
