//! Bodies of requests: each form with each method and each framing header, given
//! to `request` and to `end-headers`, and sent by hand.

use super::super::case::{Act, Case, Content, Step, pairs};
use super::{bytes, case, chunks, served};

const METHODS: [&str; 6] = ["GET", "POST", "put", "PATCH", "DELETE", "HEAD"];

const HEADERS: [(&str, &[(&str, &str)]); 7] = [
    ("plain", &[]),
    ("length", &[("Content-Length", "5")]),
    ("wrong-length", &[("content-length", "7")]),
    ("odd-length", &[("Content-Length", "x")]),
    ("chunked", &[("Transfer-Encoding", "chunked")]),
    ("gzip", &[("TRANSFER-ENCODING", "gzip")]),
    (
        "both",
        &[("Content-Length", "5"), ("Transfer-Encoding", "chunked")],
    ),
];

fn forms() -> [(&'static str, Option<Content>); 11] {
    let text = |text: &str| Some(Content::Text(text.into()));
    [
        ("absent", None),
        ("bytes", bytes("hello")),
        ("no-bytes", bytes("")),
        ("text", text("hello")),
        ("no-text", text("")),
        ("latin-text", text("h\u{e9}llo")),
        ("wide-text", text("h\u{20ac}llo")),
        ("chunks", chunks(&["he", "llo"])),
        ("no-chunks", chunks(&[])),
        ("empty-chunks", chunks(&["", "hello", ""])),
        ("long-chunk", chunks(&[&"x".repeat(300)])),
    ]
}

pub(super) fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    for method in METHODS {
        for (form, body) in forms() {
            for (framing, headers) in HEADERS {
                for encode_chunked in [false, true] {
                    let request = Step::Request {
                        method: method.into(),
                        url: "/".into(),
                        body: body.clone(),
                        headers: pairs(headers),
                        encode_chunked,
                    };
                    let name = format!("body/{method}/{form}/{framing}/{encode_chunked}");
                    cases.push(answered_once(name, vec![request]));
                }
            }
        }
    }
    for (form, body) in forms() {
        // In Python, text is for `request` alone.
        if matches!(body, Some(Content::Text(_))) {
            continue;
        }
        for encode_chunked in [false, true] {
            let steps = vec![
                Step::put_request("POST", "/"),
                Step::EndHeaders(body.clone(), encode_chunked),
            ];
            let name = format!("end-headers/{form}/{encode_chunked}");
            cases.push(answered_once(name, steps));
        }
    }
    cases.extend(by_hand());
    cases
}

/// One answer, as soon as the head is there, and the end of the connection.
fn answered_once(name: String, mut steps: Vec<Step>) -> Case {
    let response = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
    steps.extend([Step::GetResponse, Step::Read(None)]);
    served(name, vec![vec![Act::Head, Act::send(response)]], steps)
}

fn by_hand() -> Vec<Case> {
    let post = || Step::put_request("POST", "/");
    let length = |value: &str| Step::put_header("Content-Length", &[value]);
    let send = |data: &str| Step::Send(data.into());
    let end = Step::end_headers;
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    // Two requests on one connection, if it is used again.
    let twice = |name: &str, body: usize, mut steps: Vec<Step>| {
        steps.extend([
            Step::GetResponse,
            Step::Read(None),
            Step::get("/next"),
            Step::GetResponse,
            Step::Read(None),
        ]);
        let acts = vec![
            Act::Head,
            Act::Bytes(body),
            Act::send(answer),
            Act::Head,
            Act::send(answer),
        ];
        served(format!("by-hand/{name}"), vec![acts], steps)
    };
    vec![
        twice("sent", 5, vec![post(), length("5"), end(), send("hello")]),
        twice(
            "sent-in-pieces",
            5,
            vec![
                post(),
                length("5"),
                end(),
                send("he"),
                send(""),
                send("llo"),
            ],
        ),
        twice(
            "sent-before-the-head",
            0,
            vec![post(), length("5"), send("hello"), end()],
        ),
        twice(
            "too-little",
            3,
            vec![post(), length("5"), end(), send("hel")],
        ),
        twice(
            "too-much",
            7,
            vec![post(), length("5"), end(), send("hello!!")],
        ),
        twice("unannounced", 5, vec![post(), end(), send("hello")]),
        twice("length-that-is-none", 0, vec![post(), length("x"), end()]),
        twice(
            "requested-with-wrong-length",
            5,
            vec![Step::request(
                "POST",
                "/",
                bytes("hello"),
                &[("Content-Length", "7")],
            )],
        ),
        twice(
            "requested-with-right-length",
            5,
            vec![Step::request(
                "POST",
                "/",
                bytes("hello"),
                &[("Content-Length", "5")],
            )],
        ),
        twice(
            "requested-in-chunks",
            20,
            vec![Step::request("POST", "/", chunks(&["he", "llo"]), &[])],
        ),
        twice(
            "chunked-by-hand",
            15,
            vec![
                post(),
                Step::put_header("Transfer-Encoding", &["chunked"]),
                end(),
                send("5\r\nhello\r\n"),
                send("0\r\n\r\n"),
            ],
        ),
        twice(
            "chunked-without-end",
            0,
            vec![Step::Request {
                method: "POST".into(),
                url: "/".into(),
                body: None,
                headers: pairs(&[("Transfer-Encoding", "chunked")]),
                encode_chunked: true,
            }],
        ),
        case(
            "by-hand/whole-request",
            vec![send("GET /raw HTTP/1.0\r\n\r\n"), Step::Close],
        ),
    ]
}
