//! Bodies that are too much for one call: it says so, and they stay readable in pieces.

use std::io;

use httplib_host_tests::{Connection, ErrorKind, HttpError, Response};

use crate::bodies::MIB;
use crate::servers::{Peer, Scheme, Server};
use crate::watchdog::{watched, within};

/// The most that one call returns where nothing else was set.
const MOST: usize = 96 * MIB;

/// What a line counts beside its bytes.
const LINE: usize = 32;

const TEXT: &str = "got more than 100663296 bytes of body; read it in pieces or raise the limit";

#[derive(Clone, Copy, Debug)]
enum Framing {
    Length,
    Chunked,
    UntilClose,
}

const FRAMINGS: [Framing; 3] = [Framing::Length, Framing::Chunked, Framing::UntilClose];

/// Bytes that tell where they are.
fn body(length: usize) -> Vec<u8> {
    (0..length.div_ceil(4))
        .flat_map(|position| u32::try_from(position).unwrap_or(0).to_le_bytes())
        .take(length)
        .collect()
}

fn serving(framing: Framing, body: Vec<u8>) -> Server {
    Scheme::Http.server(move |peer: &mut Peer| -> io::Result<()> {
        peer.request()?;
        peer.send("HTTP/1.1 200 OK\r\n")?;
        match framing {
            Framing::Length => {
                peer.send(format!("Content-Length: {}\r\n\r\n", body.len()))?;
                peer.send(&body)
            }
            Framing::UntilClose => {
                peer.send("\r\n")?;
                peer.send(&body)
            }
            Framing::Chunked => {
                peer.send("Transfer-Encoding: chunked\r\n\r\n")?;
                for chunk in body.chunks(50_000) {
                    peer.send(format!("{:x}\r\n", chunk.len()))?;
                    peer.send(chunk)?;
                    peer.send("\r\n")?;
                }
                peer.send("0\r\n\r\n")
            }
        }
    })
}

/// Gets a body, with a host that has the settings of Wasmtime.
fn fetch(framing: Framing, body: Vec<u8>, check: impl Fn(&Connection, &Response)) {
    let server = serving(framing, body);
    let host = watched();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.request("GET", "/", None, &[]).unwrap();
    check(&connection, &connection.get_response().unwrap());
}

fn assert_too_much<T>(outcome: Result<T, HttpError>) {
    let error = outcome.err().unwrap();
    assert_eq!(error.kind, ErrorKind::HttpException, "{error}");
    assert_eq!(error.message, TEXT);
}

#[test]
fn body_of_the_default_limit_is_read_whole() {
    within(100, || {
        for framing in FRAMINGS {
            let expected = body(MOST);
            fetch(framing, expected.clone(), |_, response| {
                let all = response.read(None).unwrap();
                assert!(all == expected, "{framing:?}");
            });
        }
    });
}

#[test]
fn body_past_the_default_limit_is_refused_whole_and_read_in_pieces() {
    within(100, || {
        // The second is past what Wasmtime copies for one call.
        for length in [MOST + 1, 130 * MIB] {
            for framing in FRAMINGS {
                let expected = body(length);
                fetch(framing, expected.clone(), |_, response| {
                    for _ in 0..2 {
                        assert_too_much(response.read(None));
                    }
                    let mut rest = &expected[..];
                    while !rest.is_empty() {
                        let piece = response.read(Some(5_000_000)).unwrap();
                        assert!(!piece.is_empty() && rest.starts_with(&piece), "{framing:?}");
                        rest = &rest[piece.len()..];
                    }
                    assert_eq!(response.read(None).unwrap(), b"", "{framing:?}");
                    assert!(response.is_closed());
                });
            }
        }
    });
}

#[test]
fn rest_below_the_default_limit_is_read_whole_after_a_refusal() {
    within(100, || {
        for framing in FRAMINGS {
            let expected = body(MOST + 10);
            fetch(framing, expected.clone(), |_, response| {
                assert_too_much(response.read(None));
                assert!(response.read(Some(10)).unwrap() == expected[..10]);
                let rest = response.read(None).unwrap();
                assert!(rest == expected[10..], "{framing:?}");
            });
        }
    });
}

#[test]
fn empty_lines_of_the_default_limit_are_read_at_once() {
    within(100, || {
        let count = MOST / (LINE + 1);
        fetch(Framing::Length, vec![b'\n'; count], |_, response| {
            let lines = response.readlines(None).unwrap();
            assert_eq!(lines.len(), count);
            assert!(lines.iter().all(|line| line == b"\n"));
        });
    });
}

#[test]
fn lines_past_the_default_limit_are_refused_and_read_again() {
    within(100, || {
        // The second is past what Wasmtime copies for one call.
        for count in [MOST / (LINE + 1) + 1, 6_000_000] {
            for framing in FRAMINGS {
                fetch(framing, vec![b'\n'; count], |_, response| {
                    for _ in 0..2 {
                        assert_too_much(response.readlines(None));
                    }
                    assert_eq!(response.readline(None).unwrap(), b"\n");
                    let mut seen = 1;
                    loop {
                        let lines = response.readlines(Some(1_000_000)).unwrap();
                        if lines.is_empty() {
                            break;
                        }
                        assert!(lines.iter().all(|line| line == b"\n"));
                        seen += lines.len();
                    }
                    assert_eq!(seen, count, "{framing:?}");
                });
            }
        }
    });
}

#[test]
fn lines_count_as_their_bytes_and_32() {
    within(30, || {
        let lines = "ab\ncdefg\nh";
        for (limit, fits) in [(10 + 3 * 32, true), (10 + 3 * 32 - 1, false)] {
            fetch(Framing::Length, lines.into(), |connection, response| {
                connection.set_max_body(limit);
                match response.readlines(None) {
                    Ok(all) if fits => assert_eq!(all, [&b"ab\n"[..], b"cdefg\n", b"h"]),
                    Err(error) if !fits => assert_eq!(error.kind, ErrorKind::HttpException),
                    outcome => panic!("{limit}: {outcome:?}"),
                }
                if !fits {
                    for line in ["ab\n", "cdefg\n", "h", ""] {
                        assert_eq!(response.readline(None).unwrap(), line.as_bytes());
                    }
                }
            });
        }
    });
}
