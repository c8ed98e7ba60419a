//! A TLS 1.3 server that sends session tickets for ever (RFC 8446, section 4.6.1).

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use httplib_host_tests::{Connection, ErrorKind, Host};
use rustls::crypto::cipher::{MessageEncrypter, OutboundChunks, OutboundPlainMessage};
use rustls::crypto::ring;
use rustls::version::TLS13;
use rustls::{ConnectionTrafficSecrets, ContentType, ProtocolVersion, SupportedCipherSuite};

use super::peers::{Stream, request, serve};
use super::{LIMIT, alone, ends_in_time};
use crate::servers::certificates::local_identity;
use crate::servers::{Scheme, answering, ok};
use crate::waiting::processor_time_of;
use crate::watchdog::{watched, within};

/// How much of the processor's time a call may take that does not wait: much more than
/// its work, and much less than for ever.
const NO_WAIT: Duration = Duration::from_millis(200);

/// How many tickets there are in a record, at least and at most.
const IN_A_RECORD: [usize; 2] = [1, 300];

/// A server that answers a request with this, and then has nothing but tickets. Returns
/// its port.
fn ticket_flood(answer: &'static str, in_a_record: usize) -> u16 {
    let mut config = local_identity().config(ring::default_provider(), &[&TLS13]);
    config.enable_secret_extraction = true;
    config.send_tls13_tickets = 0;
    serve(Arc::new(config), move |mut stream| {
        request(&mut stream)?;
        stream.write_all(answer.as_bytes())?;
        stream.flush()?;
        let tickets = ticket().repeat(in_a_record);
        send_records(stream, &tickets)
    })
}

/// A NewSessionTicket with the shortest nonce and no extension.
fn ticket() -> Vec<u8> {
    let lifetime = 7200_u32.to_be_bytes();
    let age_add = [1, 2, 3, 4];
    let label = [0x5A; 16];
    let body = [&lifetime[..], &age_add, &[1, 7], &[0, 16], &label, &[0, 0]].concat();
    let length = u8::try_from(body.len()).unwrap();
    [&[4, 0, 0, length][..], &body].concat()
}

/// Takes the place of the server's TLS, and sends records of a handshake message until
/// the client has gone.
fn send_records(stream: Stream, message: &[u8]) -> io::Result<()> {
    let Some(SupportedCipherSuite::Tls13(suite)) = stream.conn.negotiated_cipher_suite() else {
        return Err(io::ErrorKind::Unsupported.into());
    };
    let (tls, mut wire) = stream.into_parts();
    let secrets = tls.dangerous_extract_secrets().map_err(io::Error::other)?;
    let (first, secret) = secrets.tx;
    let (key, iv) = match secret {
        ConnectionTrafficSecrets::Aes128Gcm { key, iv }
        | ConnectionTrafficSecrets::Aes256Gcm { key, iv }
        | ConnectionTrafficSecrets::Chacha20Poly1305 { key, iv } => (key, iv),
        _ => return Err(io::ErrorKind::Unsupported.into()),
    };
    let mut encrypter: Box<dyn MessageEncrypter> = suite.aead_alg.encrypter(key, iv);
    for number in first.. {
        let message = OutboundPlainMessage {
            typ: ContentType::Handshake,
            version: ProtocolVersion::TLSv1_2,
            payload: OutboundChunks::Single(message),
        };
        let record = encrypter
            .encrypt(message, number)
            .map_err(io::Error::other)?;
        wire.write_all(&record.encode())?;
    }
    Ok(())
}

/// A connection that has sent its request.
fn requested(host: &Host, port: u16) -> Connection {
    let connection = Scheme::Tls13.connection(host, port);
    connection.connect().unwrap();
    connection.request("GET", "/", None, &[]).unwrap();
    connection
}

#[test]
fn tickets_without_end_are_ended_by_every_limit() {
    type Set = fn(&Connection, Option<Duration>);
    let limits: [(&str, Set); 3] = [
        ("total", Connection::set_total_timeout),
        ("first byte", Connection::set_first_byte_timeout),
        ("each", Connection::set_timeout),
    ];
    let _alone = alone();
    within(100, move || {
        for count in IN_A_RECORD {
            let port = ticket_flood("", count);
            for (name, set) in limits {
                ends_in_time(&format!("{name}, {count} in a record"), || {
                    let host = watched();
                    let connection = Scheme::Tls13.connection(&host, port);
                    connection.connect().unwrap();
                    set(&connection, Some(LIMIT));
                    connection.request("GET", "/", None, &[]).unwrap();
                    connection.get_response()
                });
            }
        }
    });
}

#[test]
fn tickets_without_end_in_a_body_are_ended_by_every_limit() {
    type Set = fn(&Connection, Option<Duration>);
    let limits: [(&str, Set); 3] = [
        ("total", Connection::set_total_timeout),
        ("between bytes", Connection::set_between_bytes_timeout),
        ("each", Connection::set_timeout),
    ];
    let _alone = alone();
    within(100, move || {
        for count in IN_A_RECORD {
            let port = ticket_flood("HTTP/1.1 200 OK\r\n\r\nhello", count);
            for (name, set) in limits {
                ends_in_time(&format!("{name}, {count} in a record"), || {
                    let host = watched();
                    let connection = Scheme::Tls13.connection(&host, port);
                    connection.connect().unwrap();
                    set(&connection, Some(LIMIT));
                    connection.request("GET", "/", None, &[]).unwrap();
                    let response = connection.get_response().unwrap();
                    assert_eq!(response.read(Some(5)).unwrap(), b"hello");
                    response.read(Some(5))
                });
            }
        }
    });
}

#[test]
fn tickets_without_end_do_not_hold_the_instance() {
    let _alone = alone();
    within(100, || {
        for count in IN_A_RECORD {
            let host = watched();
            let flooded = requested(&host, ticket_flood("", count));
            let in_body = "HTTP/1.1 200 OK\r\n\r\nhello";
            let reading = requested(&host, ticket_flood(in_body, count));
            let response = reading.get_response().unwrap();
            assert_eq!(response.read(Some(5)).unwrap(), b"hello");
            flooded.set_timeout(Some(Duration::ZERO));
            reading.set_timeout(Some(Duration::ZERO));
            let numbers = [flooded.fileno().unwrap(), response.fileno().unwrap()];
            let other = Scheme::Tls13.server(answering(ok("hello")));
            let useful = Scheme::Tls13.connection(&host, other.port());
            for _ in 0..10 {
                without_waiting("get-response", || {
                    let error = flooded.get_response().err().unwrap();
                    assert_eq!(error.kind, ErrorKind::WouldBlock, "{error}");
                });
                without_waiting("read", || {
                    let error = response.read(Some(5)).unwrap_err();
                    assert_eq!(error.kind, ErrorKind::WouldBlock, "{error}");
                });
                without_waiting("read1", || {
                    let error = response.read1(None).unwrap_err();
                    assert_eq!(error.kind, ErrorKind::WouldBlock, "{error}");
                });
                without_waiting("select", || {
                    host.select(&numbers, &[], Some(Duration::ZERO)).unwrap();
                });
                useful.request("GET", "/", None, &[]).unwrap();
                let answer = useful.get_response().unwrap();
                assert_eq!(answer.read(None).unwrap(), b"hello");
            }
            without_waiting("close", || flooded.close());
            without_waiting("close", || response.close());
            assert_eq!(other.accepts(), 1);
        }
    });
}

/// Runs a call that does not wait.
fn without_waiting(name: &str, call: impl Fn()) {
    let times = [(); 3].map(|()| processor_time_of(&call));
    // Caches may be cold.
    let least = times.iter().min();
    assert!(least < Some(&NO_WAIT), "{name}: {times:?}");
}

#[test]
fn tickets_before_the_answer_do_not_keep_it_away() {
    // Not for ever: the answer is got.
    let mut config = local_identity().config(ring::default_provider(), &[&TLS13]);
    config.send_tls13_tickets = 300;
    let port = serve(Arc::new(config), |mut stream| {
        request(&mut stream)?;
        stream.write_all(ok("hello").as_bytes())?;
        stream.flush()
    });
    within(30, move || {
        let host = watched();
        let connection = requested(&host, port);
        let response = connection.get_response().unwrap();
        assert_eq!(response.read(None).unwrap(), b"hello");
    });
}
