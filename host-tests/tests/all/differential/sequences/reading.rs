//! Every form of reading, over every framing, up to the end and beyond.

use super::super::case::{Act, Case, Step};
use super::{answers, served};

/// Responses, and whether the server ends the connection after them.
const RESPONSES: [(&str, &str, bool); 14] = [
    ("length", "Content-Length: 5\r\n\r\nhello", false),
    ("length-0", "Content-Length: 0\r\n\r\n", false),
    ("length-short", "Content-Length: 9\r\n\r\nhello", true),
    ("until-close", "\r\nhello", true),
    ("until-close-empty", "\r\n", true),
    (
        "closing-length",
        "Connection: close\r\nContent-Length: 5\r\n\r\nhello",
        true,
    ),
    (
        "chunked",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        false,
    ),
    (
        "chunks",
        "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n1\r\nl\r\n2\r\nlo\r\n0\r\nT: 1\r\n\r\n",
        false,
    ),
    (
        "chunked-empty",
        "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        false,
    ),
    (
        "chunked-cut-in-data",
        "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nl",
        true,
    ),
    (
        "chunked-cut-after-data",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhello",
        true,
    ),
    (
        "chunked-cut-after-chunk",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        true,
    ),
    (
        "chunked-cut-in-trailers",
        "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nT: 1",
        true,
    ),
    (
        "chunked-broken",
        "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\nx\r\n",
        true,
    ),
];

/// Answers to which no body belongs, with the method.
const BODILESS: [(&str, &str, &str); 3] = [
    (
        "head",
        "HEAD",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
    ),
    ("204", "GET", "HTTP/1.1 204 No Content\r\n\r\n"),
    (
        "304",
        "GET",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
    ),
];

fn ways() -> [(&'static str, Vec<Step>); 18] {
    let (all, some) = (Step::Read(None), |count| Step::Read(Some(count)));
    let (one, one_of) = (Step::Read1(None), |count| Step::Read1(Some(count)));
    [
        ("all", vec![all.clone(), all.clone()]),
        ("0", vec![some(0), some(0), all.clone()]),
        ("1s", [vec![some(1); 7], vec![all.clone()]].concat()),
        ("2s", vec![some(2), some(2), some(2), some(2), all.clone()]),
        ("3-all", vec![some(3), all.clone(), all.clone()]),
        ("5", vec![some(5), some(5)]),
        ("5-0", vec![some(5), some(0), some(0)]),
        ("9", vec![some(9), some(9), all.clone()]),
        ("huge", vec![some(1 << 31), all.clone()]),
        ("read1", vec![one.clone(); 5]),
        ("read1-2", vec![one_of(2); 6]),
        ("read1-0", vec![one_of(0), one_of(0), all.clone()]),
        ("read1-9", vec![one_of(9), one_of(9), one_of(9), one_of(9)]),
        (
            "mixed",
            vec![some(1), one_of(2), some(1), one.clone(), all.clone()],
        ),
        (
            "closed",
            vec![Step::CloseResponse, all.clone(), one, some(3)],
        ),
        (
            "half-closed",
            vec![some(2), Step::CloseResponse, all.clone(), some(3)],
        ),
        ("connection-closed", vec![some(2), Step::Close, all.clone()]),
        (
            "header",
            vec![
                Step::GetHeader("content-length".into(), None),
                Step::GetHeader("none".into(), None),
                Step::GetHeader("none".into(), Some("default".into())),
                all,
                Step::GetHeader("CONTENT-LENGTH".into(), None),
            ],
        ),
    ]
}

pub(super) fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    for (way, steps) in ways() {
        let mut add = |name: &str, method: &str, raw: &str, ends: bool| {
            let mut acts = answers(&[raw]);
            if ends {
                acts.push(Act::End);
            }
            let mut all = vec![Step::request(method, "/", None, &[]), Step::GetResponse];
            all.extend(steps.clone());
            // Whether the response is over, and the connection kept.
            all.push(Step::get("/next"));
            cases.push(served(format!("read/{name}/{way}"), vec![acts], all));
        };
        for (name, response, ends) in RESPONSES {
            add(name, "GET", &format!("HTTP/1.1 200 OK\r\n{response}"), ends);
        }
        for (name, method, raw) in BODILESS {
            add(name, method, raw, false);
        }
    }
    cases.push(served(
        "read/joined-headers",
        vec![answers(&[
            "HTTP/1.1 204 x\r\nA: 1\r\nB: 0\r\na: 2 \r\nA:\r\n\r\n",
        ])],
        vec![
            Step::get("/"),
            Step::GetResponse,
            Step::GetHeader("A".into(), None),
            Step::GetHeader("b".into(), Some("x".into())),
            Step::GetHeader("\u{e9}".into(), None),
        ],
    ));
    cases
}
