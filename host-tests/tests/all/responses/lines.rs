//! `readline`, `readlines` and `peek` over every framing, however it arrives.

use httplib_host_tests::{Connection, ErrorKind, Host, Phase, Response};

use crate::servers::{Gate, Peer, Scheme};
use crate::waiting::{SHORT, until_ok};

const BODY: &str = "one\n\r\n\ntwo\r\nthree";

const LINES: [&str; 5] = ["one\n", "\r\n", "\n", "two\r\n", "three"];

/// The body as a response, in every framing.
fn responses(body: &str) -> [String; 5] {
    let length = body.len();
    let chunks = |size: usize| -> String {
        let pieces = body.as_bytes().chunks(size);
        let chunks = pieces.map(|piece| {
            let text = std::str::from_utf8(piece).unwrap();
            format!("{:x}\r\n{text}\r\n", piece.len())
        });
        let chunks: String = chunks.collect();
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}0\r\n\r\n")
    };
    [
        format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{body}"),
        format!("HTTP/1.1 200 OK\r\n\r\n{body}"),
        chunks(1),
        chunks(3),
        chunks(length.max(1)),
    ]
}

/// Runs a test on the response to a GET, in every framing, whole and cut
/// everywhere.
pub(super) fn everywhere(body: &str, test: impl Fn(&Response)) {
    for scheme in Scheme::ALL {
        for response in responses(body) {
            let deliveries: [fn(&mut Peer, &str) -> std::io::Result<()>; 2] = [
                |peer, bytes| peer.send(bytes),
                |peer, bytes| peer.trickle(bytes),
            ];
            for deliver in deliveries {
                let bytes = response.clone();
                let server = scheme.server(move |peer| {
                    peer.request()?;
                    deliver(peer, &bytes)
                });
                let host = Host::new();
                let connection = get(scheme, &host, server.port());
                test(&connection.get_response().unwrap());
            }
        }
    }
}

fn get(scheme: Scheme, host: &Host, port: u16) -> Connection {
    let connection = scheme.connection(host, port);
    connection.request("GET", "/", None, &[]).unwrap();
    connection
}

#[test]
fn lines_end_at_line_feeds() {
    everywhere(BODY, |response| {
        for line in LINES {
            assert_eq!(response.readline(None).unwrap(), line.as_bytes());
        }
        assert_eq!(response.readline(None).unwrap(), b"");
        assert!(response.is_closed());
    });
}

#[test]
fn limit_cuts_a_line_and_the_next_goes_on_there() {
    everywhere("abcdef\ngh\n", |response| {
        for (limit, expected) in [
            (0, ""),
            (4, "abcd"),
            (0, ""),
            (2, "ef"),
            (1, "\n"),
            (3, "gh\n"),
            (5, ""),
        ] {
            let line = response.readline(Some(limit)).unwrap();
            assert_eq!(line, expected.as_bytes(), "{limit}");
        }
    });
}

#[test]
fn readlines_stops_at_its_hint_or_the_end() {
    for (hint, count) in [
        (None, 5),
        (Some(0), 5),
        (Some(1), 1),
        (Some(4), 1),
        (Some(5), 2),
        (Some(7), 3),
        (Some(1000), 5),
    ] {
        everywhere(BODY, |response| {
            let lines = response.readlines(hint).unwrap();
            let expected: Vec<&[u8]> = LINES[..count].iter().map(|line| line.as_bytes()).collect();
            assert_eq!(lines, expected, "{hint:?}");
            let rest = response.read(None).unwrap();
            assert_eq!(rest, LINES[count..].concat().as_bytes(), "{hint:?}");
        });
    }
}

#[test]
fn empty_body_has_no_lines() {
    everywhere("", |response| {
        assert_eq!(response.peek(None).unwrap(), b"");
        assert_eq!(response.readlines(None).unwrap(), [b""; 0]);
        assert_eq!(response.readline(None).unwrap(), b"");
    });
}

#[test]
fn ways_of_reading_can_be_mixed() {
    everywhere(BODY, |response| {
        assert_eq!(response.peek(Some(1)).unwrap(), b"o");
        assert_eq!(response.read(Some(2)).unwrap(), b"on");
        assert_eq!(response.readline(None).unwrap(), b"e\n");
        let piece = response.read1(Some(1)).unwrap();
        assert_eq!(piece, b"\r");
        assert_eq!(response.readlines(Some(1)).unwrap(), [b"\n"]);
        let seen = response.peek(Some(100)).unwrap();
        assert!(!seen.is_empty() && b"\ntwo\r\nthree".starts_with(&seen));
        assert_eq!(response.peek(Some(100)).unwrap(), seen);
        assert_eq!(response.read(None).unwrap(), b"\ntwo\r\nthree");
        assert_eq!(response.peek(None).unwrap(), b"");
    });
}

#[test]
fn peek_shows_nothing_of_what_follows_the_body() {
    let server = Scheme::Http.server(|peer| {
        peer.request()?;
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello, world")
    });
    let host = Host::new();
    let connection = get(Scheme::Http, &host, server.port());
    let response = connection.get_response().unwrap();
    assert_eq!(response.peek(None).unwrap(), b"hello");
    assert_eq!(response.peek(Some(2)).unwrap(), b"he");
    assert_eq!(response.peek(Some(0)).unwrap(), b"");
    assert_eq!(response.readline(None).unwrap(), b"hello");
}

#[test]
fn answer_to_head_has_no_lines() {
    let server = Scheme::Http.server(|peer| {
        peer.request()?;
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")?;
        peer.rest().map(drop)
    });
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.request("HEAD", "/", None, &[]).unwrap();
    let response = connection.get_response().unwrap();
    assert_eq!(response.readline(None).unwrap(), b"");
    assert_eq!(response.readlines(None).unwrap(), [b""; 0]);
    assert_eq!(response.peek(None).unwrap(), b"");
    // As in the reference, only `read` ends it.
    assert!(!response.is_closed());
    assert_eq!(response.read(None).unwrap(), b"");
    assert!(response.is_closed());
}

#[test]
fn stalled_line_is_timed_out_and_nothing_is_lost() {
    type Read = fn(&Response) -> Result<Vec<u8>, httplib_host_tests::HttpError>;
    let readings: [Read; 2] = [
        |response| Ok(response.readlines(None)?.concat()),
        |response| {
            let mut all = Vec::new();
            loop {
                match until_ok(|| response.readline(None)) {
                    line if line.is_empty() => return Ok(all),
                    line => all.extend(line),
                }
            }
        },
    ];
    for scheme in Scheme::ALL {
        for (header, before, after) in [
            ("Content-Length: 12", "one\ntw", "o\nthre"),
            ("Connection: close", "one\ntw", "o\nthre"),
            (
                "Transfer-Encoding: chunked",
                "6\r\none\ntw\r\n6\r\no\n",
                "thre\r\n0\r\n\r\n",
            ),
        ] {
            for read in readings {
                let gate = Gate::default();
                let go_on = gate.clone();
                let server = scheme.server(move |peer| {
                    peer.request()?;
                    peer.send(format!("HTTP/1.1 200 OK\r\n{header}\r\n\r\n{before}"))?;
                    go_on.wait();
                    peer.send(after)
                });
                let host = Host::new();
                let connection = get(scheme, &host, server.port());
                let response = connection.get_response().unwrap();
                connection.set_between_bytes_timeout(Some(SHORT));
                let error = response.readlines(None).unwrap_err();
                assert_eq!(error.kind, ErrorKind::TimedOut);
                assert_eq!(error.phase, Some(Phase::Body));
                assert_eq!(response.peek(Some(3)).unwrap(), b"one");
                gate.open();
                let all = until_ok(|| read(&response));
                assert_eq!(all, b"one\ntwo\nthre", "{scheme:?} {header}");
            }
        }
    }
}

#[test]
fn peek_with_nothing_there_is_timed_out() {
    let gate = Gate::default();
    let go_on = gate.clone();
    let server = Scheme::Http.server(move |peer| {
        peer.request()?;
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")?;
        go_on.wait();
        peer.send("hello")
    });
    let host = Host::new();
    let connection = get(Scheme::Http, &host, server.port());
    let response = connection.get_response().unwrap();
    connection.set_between_bytes_timeout(Some(SHORT));
    let error = response.peek(None).unwrap_err();
    assert_eq!(error.kind, ErrorKind::TimedOut);
    gate.open();
    assert_eq!(until_ok(|| response.peek(None)), b"hello");
    assert_eq!(response.read(None).unwrap(), b"hello");
}

#[test]
fn broken_body_keeps_the_lines_before_it() {
    let server = Scheme::Http.server(|peer| {
        peer.request()?;
        peer.send(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\none\ntw\r\nnonsense\r\n",
        )
    });
    let host = Host::new();
    let connections = [(); 3].map(|()| get(Scheme::Http, &host, server.port()));
    let [whole, by_lines, peeked] = connections
        .each_ref()
        .map(|connection| connection.get_response().unwrap());
    let error = whole.readlines(None).unwrap_err();
    assert_eq!(error.kind, ErrorKind::IncompleteRead);
    assert_eq!(error.partial.as_deref(), Some(&b"one\ntw"[..]));

    assert_eq!(by_lines.readline(None).unwrap(), b"one\n");
    let error = by_lines.readline(None).unwrap_err();
    assert_eq!(error.kind, ErrorKind::IncompleteRead);
    assert_eq!(error.partial.as_deref(), Some(&b"tw"[..]));

    assert_eq!(peeked.read(Some(6)).unwrap(), b"one\ntw");
    // Where a read would report an error, there is nothing to see.
    assert_eq!(peeked.peek(None).unwrap(), b"");
}

#[test]
fn cut_body_gives_its_last_line_and_then_nothing() {
    let server = Scheme::Http.server(|peer| {
        peer.request()?;
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\none\ntw")
    });
    let host = Host::new();
    let connection = get(Scheme::Http, &host, server.port());
    let response = connection.get_response().unwrap();
    let lines = response.readlines(None).unwrap();
    assert_eq!(lines, [&b"one\n"[..], b"tw"]);
    assert_eq!(response.readline(None).unwrap(), b"");
}
