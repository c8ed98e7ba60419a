//! Several requests on a connection, kept or not, and what errors leave behind.

use super::super::case::{Act, Case, Step};
use super::{answers, case, served};

const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

/// Answers after which a connection is kept, or not.
const FIRST: [(&str, &str, &str); 16] = [
    ("length", "GET", OK),
    (
        "length-0",
        "GET",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    ),
    (
        "chunked",
        "GET",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    ),
    ("204", "GET", "HTTP/1.1 204 No Content\r\n\r\n"),
    (
        "304",
        "GET",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
    ),
    (
        "205",
        "GET",
        "HTTP/1.1 205 Reset\r\nContent-Length: 0\r\n\r\n",
    ),
    (
        "head",
        "HEAD",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
    ),
    ("head-no-length", "HEAD", "HTTP/1.1 200 OK\r\n\r\n"),
    (
        "head-chunked",
        "HEAD",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    ),
    (
        "head-404",
        "HEAD",
        "HTTP/1.1 404 x\r\nContent-Length: 9\r\n\r\n",
    ),
    (
        "connect-407",
        "CONNECT",
        "HTTP/1.1 407 x\r\nContent-Length: 5\r\n\r\nhello",
    ),
    (
        "close",
        "GET",
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello",
    ),
    (
        "1.0",
        "GET",
        "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    ),
    (
        "1.0-keep-alive",
        "GET",
        "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello",
    ),
    (
        "100-continue",
        "GET",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 x\r\n\r\n",
    ),
    (
        "100-continue-twice",
        "GET",
        "HTTP/1.1 100 C\r\nA: 1\r\n\r\nHTTP/1.1 100 C\r\n\r\nHTTP/1.1 204 x\r\nB: 2\r\n\r\n",
    ),
];

/// Answers that cannot be understood.
const BAD: [(&str, &str); 6] = [
    ("no-http", "SSH-2.0-OpenSSH\r\n\r\n"),
    ("version", "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n"),
    ("code", "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n"),
    ("nothing", ""),
    (
        "blank-line",
        "\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    ),
    ("half", "HTTP/1.1 2"),
];

pub(super) fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, method, raw) in FIRST {
        cases.extend(after(name, method, raw));
    }
    for (name, raw) in BAD {
        cases.extend(after_bad(name, raw));
    }
    cases.extend(unread());
    cases.extend(lost());
    cases
}

/// Three requests, the responses read, or closed, or left.
fn after(name: &str, method: &str, raw: &str) -> Vec<Case> {
    let request = || Step::request(method, "/", None, &[]);
    let ways: [(&str, &[Step]); 4] = [
        ("read", &[Step::Read(None)]),
        ("closed", &[Step::CloseResponse]),
        ("unread", &[]),
        ("connection-closed", &[Step::Read(None), Step::Close]),
    ];
    ways.into_iter()
        .map(|(way, steps)| {
            let mut all = Vec::new();
            for _ in 0..3 {
                all.extend([request(), Step::GetResponse]);
                all.extend_from_slice(steps);
            }
            let server = vec![answers(&[raw, raw, raw]); 3];
            served(format!("reuse/{name}/{way}"), server, all)
        })
        .collect()
}

fn after_bad(name: &str, raw: &str) -> Vec<Case> {
    let ways: [(&str, &[Step]); 4] = [
        ("again", &[Step::GetResponse]),
        ("request", &[Step::get("/next"), Step::GetResponse]),
        (
            "close-request",
            &[
                Step::Close,
                Step::get("/next"),
                Step::GetResponse,
                Step::Read(None),
            ],
        ),
        (
            "connect",
            &[
                Step::Connect,
                Step::Close,
                Step::get("/next"),
                Step::GetResponse,
            ],
        ),
    ];
    ways.into_iter()
        .map(|(way, steps)| {
            let mut all = vec![Step::get("/"), Step::GetResponse];
            all.extend_from_slice(steps);
            let server = vec![vec![Act::Head, Act::send(raw), Act::End]];
            served(format!("bad/{name}/{way}"), server, all)
        })
        .collect()
}

/// An earlier response while a later request is under way.
fn unread() -> Vec<Case> {
    let get = || Step::get("/");
    vec![
        case(
            "unread/first-then-second",
            vec![
                get(),
                Step::GetResponse,
                get(),
                Step::GetResponse,
                Step::Read(None),
                Step::GetResponse,
                Step::Read(None),
            ],
        ),
        served(
            "unread/closing-one-beside-another",
            vec![
                answers(&["HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\none"]),
                answers(&["HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\ntwo"]),
            ],
            vec![
                get(),
                Step::GetResponse,
                get(),
                Step::GetResponse,
                Step::Read(None),
                Step::ChooseResponse(0),
                Step::Read(None),
                get(),
                Step::GetResponse,
            ],
        ),
        served(
            "unread/closing-one-after-close",
            vec![answers(&[
                "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\none",
            ])],
            vec![get(), Step::GetResponse, Step::Close, Step::Read(None)],
        ),
        case(
            "unread/kept-one-after-close",
            vec![get(), Step::GetResponse, Step::Close, Step::Read(None)],
        ),
        case(
            "unread/kept-one-after-connect",
            vec![
                get(),
                Step::GetResponse,
                Step::Connect,
                get(),
                Step::GetResponse,
                Step::Read(None),
                Step::GetResponse,
            ],
        ),
        case(
            "unread/connect-twice",
            vec![
                Step::Connect,
                Step::Connect,
                get(),
                Step::GetResponse,
                Step::Read(None),
            ],
        ),
    ]
}

/// Connections that the server ends.
fn lost() -> Vec<Case> {
    let get = || Step::get("/");
    let exchange = || vec![get(), Step::GetResponse, Step::Read(None)];
    let thrice = || [exchange(), exchange(), exchange()].concat();
    let ends = |raw: &str| vec![Act::Head, Act::send(raw), Act::End];
    vec![
        served("lost/after-a-response", vec![ends(OK)], thrice()),
        served(
            "lost/after-each-response",
            vec![ends(OK), ends(OK)],
            thrice(),
        ),
        served(
            "lost/before-a-response",
            vec![vec![Act::Head, Act::End]],
            thrice(),
        ),
        served(
            "lost/at-once",
            vec![vec![Act::End]],
            [vec![Step::Connect], thrice()].concat(),
        ),
        served(
            "lost/by-a-reset",
            vec![vec![Act::Head, Act::Reset]],
            thrice(),
        ),
        served(
            "lost/in-the-head",
            vec![ends("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nA")],
            thrice(),
        ),
        served(
            "lost/in-the-body",
            vec![ends("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel")],
            thrice(),
        ),
        served(
            "lost/in-a-chunk",
            vec![ends(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",
            )],
            thrice(),
        ),
        served(
            "lost/in-silence",
            vec![vec![Act::Head]],
            [vec![Step::SetTimeout(200_000_000)], exchange()].concat(),
        ),
        served(
            "lost/in-silence-in-the-body",
            vec![answers(&[
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel",
            ])],
            [vec![Step::SetTimeout(200_000_000)], exchange()].concat(),
        ),
    ]
}
