//! Peers that send as much as can be taken.

use std::io;

use httplib_host_tests::{Connection, Host, HttpError, Response};

use super::{LIMIT, alone, ends_in_time};
use crate::servers::{Peer, Scheme, Server};
use crate::watchdog::{watched, within};

/// Seconds for all attempts of a test.
const ALL: u64 = 100;

const CHUNKED: &str = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

/// Calls that a body without end never satisfies.
const READS: [(&str, Read); 4] = [
    ("read", |response| response.read(None).map(drop)),
    ("read some", |response| {
        response.read(Some(1 << 40)).map(drop)
    }),
    ("readline", |response| response.readline(None).map(drop)),
    ("readlines", |response| response.readlines(None).map(drop)),
];

type Read = fn(&Response) -> Result<(), HttpError>;

/// A server that answers a request with this, and with that for ever.
fn flood(scheme: Scheme, begin: &'static str, unit: &'static str) -> Server {
    scheme.server(move |peer: &mut Peer| -> io::Result<()> {
        peer.request()?;
        peer.send(begin)?;
        let many = unit.repeat((64 << 10) / unit.len());
        loop {
            peer.send(&many)?;
        }
    })
}

fn limited(scheme: Scheme, host: &Host, server: &Server) -> Connection {
    let connection = scheme.connection(host, server.port());
    connection.connect().unwrap();
    connection.set_total_timeout(Some(LIMIT));
    // Nothing but the time is to end it.
    connection.set_max_body(u64::MAX);
    connection.set_max_interim_responses(u32::MAX);
    connection.request("GET", "/", None, &[]).unwrap();
    connection
}

#[test]
fn chunks_of_one_byte_without_end_are_ended_by_the_total_limit() {
    reads(Scheme::Http, &READS, CHUNKED, "1\r\nx\r\n");
    reads(Scheme::Tls13, &READS[..1], CHUNKED, "1\r\nx\r\n");
}

#[test]
fn body_without_end_over_tls_is_ended_by_the_total_limit() {
    reads(Scheme::Tls13, &READS, "HTTP/1.1 200 OK\r\n\r\n", "x");
    reads(Scheme::Tls12, &READS[..1], "HTTP/1.1 200 OK\r\n\r\n", "x");
}

fn reads(scheme: Scheme, reads: &'static [(&str, Read)], begin: &'static str, unit: &'static str) {
    let _alone = alone();
    within(ALL, move || {
        let server = flood(scheme, begin, unit);
        for (name, read) in reads {
            ends_in_time(&format!("{name} {scheme:?}"), || {
                let host = watched();
                let connection = limited(scheme, &host, &server);
                read(&connection.get_response()?)
            });
        }
    });
}

#[test]
fn interim_responses_without_end_are_ended_by_the_total_limit() {
    let _alone = alone();
    within(ALL, || {
        for scheme in [Scheme::Http, Scheme::Tls13] {
            let server = flood(scheme, "", "HTTP/1.1 103 Early Hints\r\n\r\n");
            ends_in_time(&format!("{scheme:?}"), || {
                let host = watched();
                limited(scheme, &host, &server).get_response()
            });
        }
    });
}

#[test]
fn interim_responses_without_end_do_not_hold_a_wait_for_100() {
    let _alone = alone();
    within(ALL, || {
        let server = flood(Scheme::Http, "", "HTTP/1.1 103 Early Hints\r\n\r\n");
        ends_in_time("wait-for-continue", || {
            let host = watched();
            let connection = Scheme::Http.connection(&host, server.port());
            connection.connect()?;
            connection.set_continue_timeout(None);
            connection.set_total_timeout(Some(LIMIT));
            connection.set_max_interim_responses(u32::MAX);
            connection.put_request("PUT", "/")?;
            connection.put_header("Expect", &["100-continue"])?;
            connection.put_header("Content-Length", &["5"])?;
            connection.end_headers(None, false)?;
            connection.wait_for_continue()
        });
    });
}
