//! A request that is sent while the response before it is unread.

use httplib_host_tests::{ErrorKind, Host, Response, StreamBody};

use crate::servers::{Gate, Scheme, ok};
use crate::streaming::Tap;
use crate::waiting::SHORT;
use crate::watchdog::{watched, within};

/// Heads of the first response, and its body after it.
const FIRST: [(&str, &str); 2] = [
    ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", "hello"),
    (
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
    ),
];

const READS: [fn(&Response) -> Vec<u8>; 3] = [
    |response| response.read(None).unwrap(),
    |response| {
        let mut all = Vec::new();
        loop {
            match response.read1(Some(2)).unwrap() {
                piece if piece.is_empty() => return all,
                piece => all.extend(piece),
            }
        }
    },
    |response| response.readlines(None).unwrap().concat(),
];

#[test]
fn answer_that_arrives_partly_with_the_first_body_is_read_whole() {
    let second = "HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\nworld";
    within(100, move || {
        for scheme in Scheme::ALL {
            for (head, body) in FIRST {
                for read in READS {
                    for cut in 1..=second.len() {
                        let gate = Gate::default();
                        let go_on = gate.clone();
                        let server = scheme.server(move |peer| {
                            peer.request()?;
                            peer.send(head)?;
                            peer.request()?;
                            peer.send(body.to_owned() + &second[..cut])?;
                            go_on.wait();
                            peer.send(&second[cut..])?;
                            peer.rest().map(drop)
                        });
                        let host = watched();
                        let connection = scheme.connection(&host, server.port());
                        connection.request("GET", "/1", None, &[]).unwrap();
                        let first = connection.get_response().unwrap();
                        connection.request("GET", "/2", None, &[]).unwrap();
                        assert_eq!(read(&first), b"hello", "{scheme:?} {cut}");
                        assert!(first.is_closed());
                        gate.open();
                        let second = connection.get_response().unwrap();
                        assert_eq!(second.status(), 201, "{scheme:?} {cut}");
                        assert_eq!(read(&second), b"world", "{scheme:?} {cut}");
                        assert_eq!(server.accepts(), 1);
                    }
                }
            }
        }
    });
}

#[test]
fn surplus_before_the_second_request_is_not_its_answer() {
    within(30, || {
        for scheme in Scheme::ALL {
            let server = scheme.server(|peer| {
                if peer.number > 0 {
                    peer.request()?;
                    return peer.send(ok("right"));
                }
                peer.request()?;
                peer.send(ok("hello") + "HTTP/1.1 500 Poison\r\n\r\n")?;
                peer.rest().map(drop)
            });
            let host = watched();
            let connection = scheme.connection(&host, server.port());
            connection.request("GET", "/1", None, &[]).unwrap();
            let first = connection.get_response().unwrap();
            assert_eq!(first.read(None).unwrap(), b"hello", "{scheme:?}");
            connection.request("GET", "/2", None, &[]).unwrap();
            let second = connection.get_response().unwrap();
            assert_eq!(second.read(None).unwrap(), b"right", "{scheme:?}");
        }
    });
}

#[test]
fn request_after_an_early_answer_does_not_go_into_the_stalled_body() {
    within(60, || {
        for scheme in Scheme::ALL {
            for length in [None, Some(500)] {
                early_answer(scheme, &watched(), length);
            }
        }
    });
}

/// A body that stalls, an early answer that is taken and not read, and another request.
fn early_answer(scheme: Scheme, host: &Host, length: Option<u64>) {
    let server = scheme.server(|peer| {
        peer.request()?;
        if peer.number == 0 {
            peer.send(ok("early"))?;
        } else {
            peer.send(ok("second"))?;
        }
        peer.rest().map(drop)
    });
    let connection = scheme.connection(host, server.port());
    connection.connect().unwrap();
    connection.set_timeout(Some(SHORT));
    let tap = Tap::with(b"hello");
    let mut body = StreamBody::new(tap.stream());
    if let Some(length) = length {
        body = body.of_length(length);
    }
    let stalled = connection.request_stream("PUT", "/1", body, &[], false);
    assert_eq!(stalled.unwrap_err().kind, ErrorKind::TimedOut);
    connection.set_timeout(Some(SHORT * 100));
    let first = connection.get_response().unwrap();

    connection.request("GET", "/2", None, &[]).unwrap();
    assert_eq!(first.read(None).unwrap(), b"early", "{scheme:?}");
    let second = connection.get_response().unwrap();
    assert_eq!(second.read(None).unwrap(), b"second", "{scheme:?}");
    assert_eq!(server.accepts(), 2, "{scheme:?}");
    drop((first, second, connection));
    let sent = server.wait_for_end(0);
    let sent = String::from_utf8_lossy(&sent);
    assert!(sent.contains("hello") && !sent.contains("GET"), "{sent}");
    let sent = server.wait_for_end(1);
    assert!(sent.starts_with(b"GET /2 "), "{scheme:?}");
}
