//! Records that were tampered with, or that nobody may send.

use std::io::Write;

use httplib_host_tests::{ErrorKind, Phase};
use rustls::version::{TLS12, TLS13};

use super::conduct::{faulty, request, saying, scripted, send};
use super::{Expected, HANDSHAKE, HELLO, Row, check_all, local, with_both};
use crate::servers::{Fault, Place};

const TAMPERED: Expected = Expected {
    alert_sent: Some(20),
    text: &["tampered with or damaged"],
    ..HANDSHAKE
};

const TOO_LONG: Expected = Expected {
    alert_sent: Some(50),
    text: &["too long"],
    ..HANDSHAKE
};

/// In the payload of the record after it.
const PAYLOAD: usize = 5 + 3;

#[test]
fn changed_bit_in_the_handshake_is_an_error() {
    // Inside the random of the ServerHello, on which all keys depend.
    let random = Some((Place::Sent(5 + 4 + 2 + 16), Fault::Flip));
    // Inside the certificate.
    let later = Some((Place::Sent(400), Fault::Flip));
    let signature = Expected {
        kind: ErrorKind::Certificate,
        certificate_reason: Some("bad-signature"),
        alert_sent: Some(51),
        text: &["signature in the handshake"],
        ..HANDSHAKE
    };
    check_all(vec![
        Row::new(
            "in the ServerHello (TLS 1.3)",
            faulty(local(&TLS13), random.clone(), HELLO),
            TAMPERED,
        ),
        Row::new(
            "in the encrypted part (TLS 1.3)",
            faulty(local(&TLS13), later, HELLO),
            TAMPERED,
        ),
        Row::new(
            "in the ServerHello (TLS 1.2)",
            faulty(local(&TLS12), random, HELLO),
            signature,
        ),
    ]);
}

#[test]
fn changed_bit_in_the_response_is_an_error_after_what_was_right() {
    let head = Expected {
        phases: &[Phase::FirstByte],
        ..TAMPERED
    };
    let mut rows = with_both(|version| {
        let server = scripted(local(version), None, |stream| {
            request(stream)?;
            stream.sock.go_wrong_after(PAYLOAD, Fault::Flip);
            send(stream, HELLO)
        });
        Row::new("in the head", server, head)
    });
    for framing in ["Content-Length: 10", "Connection: close"] {
        let body = Expected {
            phases: &[Phase::Body],
            partial: Some("hello"),
            ..TAMPERED
        };
        rows.extend(with_both(|version| {
            let server = scripted(local(version), None, move |stream| {
                request(stream)?;
                send(stream, format!("HTTP/1.1 200 OK\r\n{framing}\r\n\r\nhello"))?;
                stream.sock.go_wrong_after(PAYLOAD, Fault::Flip);
                send(stream, "world")
            });
            Row::new(format!("in the body, {framing}"), server, body)
        }));
    }
    check_all(rows);
}

#[test]
fn oversized_record_is_an_error() {
    // One byte more than TLS 1.2 allows (RFC 5246, section 6.2.3).
    let record = |kind: u8| [&[kind, 3, 3, 0x48, 0x01][..], &[0; 0x4801]].concat();
    let body = Expected {
        phases: &[Phase::Body],
        partial: Some("hello"),
        ..TOO_LONG
    };
    let mut rows = vec![Row::new("in the handshake", saying(record(22)), TOO_LONG)];
    rows.extend(with_both(|version| {
        let server = scripted(local(version), None, move |stream| {
            request(stream)?;
            send(stream, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello")?;
            stream.sock.write_all(&record(23))
        });
        Row::new("in the body", server, body)
    }));
    check_all(rows);
}

#[test]
fn record_that_does_not_belong_there_is_an_error() {
    let handshake: [(&str, &[u8], u8, &[&str]); 5] = [
        (
            "of an unknown type",
            &[99, 3, 3, 0, 1, 0],
            50,
            &["not TLS, or damaged"],
        ),
        (
            "of an unknown version",
            &[22, 9, 9, 0, 1, 0],
            50,
            &["not TLS, or damaged"],
        ),
        (
            "without a message",
            &[22, 3, 3, 0, 0],
            50,
            &["not TLS, or damaged"],
        ),
        (
            "with a Finished first",
            &[22, 3, 3, 0, 4, 20, 0, 0, 0],
            10,
            &["does not belong there"],
        ),
        (
            "with data before the keys",
            &[23, 3, 3, 0, 1, 0],
            10,
            &["does not belong there"],
        ),
    ];
    let rows = handshake.map(|(situation, record, alert, text)| {
        let expected = Expected {
            alert_sent: Some(alert),
            text,
            ..HANDSHAKE
        };
        Row::new(situation, saying(record.to_vec()), expected)
    });
    check_all(rows.into());
}

#[test]
fn plain_alert_after_the_handshake_is_not_believed() {
    let expected = Expected {
        phases: &[Phase::Body],
        partial: Some("hello"),
        ..TAMPERED
    };
    check_all(with_both(|version| {
        let server = scripted(local(version), None, |stream| {
            request(stream)?;
            send(stream, "HTTP/1.1 200 OK\r\n\r\nhello")?;
            // close_notify, from somebody who wants the body to end here.
            stream.sock.write_all(&[21, 3, 3, 0, 2, 1, 0])
        });
        Row::new("close_notify", server, expected)
    }));
}
