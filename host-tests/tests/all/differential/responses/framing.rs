//! Each combination of what decides where a body ends, and each odd value of it.

use super::Raw;

const STATUSES: [&str; 5] = ["200", "204", "304", "205", "404"];
const METHODS: [&str; 3] = ["GET", "HEAD", "CONNECT"];
const CONNECTIONS: [(&str, &str); 3] = [
    ("", ""),
    ("+close", "Connection: close\r\n"),
    ("+keep-alive", "Connection: keep-alive\r\n"),
];

/// Framing fields with a body that fits, is too long, or too short.
const BODIES: [(&str, &str, &str); 10] = [
    ("nothing", "", ""),
    ("no-length", "", "hello"),
    ("length", "Content-Length: 5\r\n", "hello"),
    ("length-0", "Content-Length: 0\r\n", ""),
    ("length-and-more", "Content-Length: 3\r\n", "hello"),
    ("length-and-less", "Content-Length: 9\r\n", "hello"),
    (
        "chunked",
        "Transfer-Encoding: chunked\r\n",
        "5\r\nhello\r\n0\r\n\r\n",
    ),
    (
        "chunked-and-more",
        "Transfer-Encoding: chunked\r\n",
        "5\r\nhello\r\n0\r\n\r\nmore",
    ),
    (
        "chunked-and-less",
        "Transfer-Encoding: chunked\r\n",
        "5\r\nhello\r\n",
    ),
    (
        "chunked-with-length",
        "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n",
        "5\r\nhello\r\n0\r\n\r\n",
    ),
];

/// Heads with the odd values of framing fields; `hello` follows.
const LENGTHS: [(&str, &str); 21] = [
    ("empty", "Content-Length:\r\n"),
    ("blank", "Content-Length: \t \r\n"),
    ("zeros", "Content-Length: 0005\r\n"),
    ("negative", "Content-Length: -1\r\n"),
    ("plus", "Content-Length: +5\r\n"),
    ("hexadecimal", "Content-Length: 0x5\r\n"),
    ("fraction", "Content-Length: 5.0\r\n"),
    ("exponent", "Content-Length: 5e0\r\n"),
    ("word", "Content-Length: five\r\n"),
    ("two-words", "Content-Length: 5 5\r\n"),
    ("arabic", "Content-Length: \u{d9}\u{a5}\r\n"),
    ("list-equal", "Content-Length: 5, 5\r\n"),
    ("list-different", "Content-Length: 5, 3\r\n"),
    ("list-empty-end", "Content-Length: 5,\r\n"),
    ("lines-equal", "Content-Length: 5\r\nContent-Length: 5\r\n"),
    (
        "lines-different",
        "Content-Length: 5\r\nContent-Length: 3\r\n",
    ),
    (
        "lines-second-bad",
        "Content-Length: 5\r\nContent-Length: x\r\n",
    ),
    (
        "lines-first-bad",
        "Content-Length: x\r\nContent-Length: 5\r\n",
    ),
    ("folded", "Content-Length:\r\n 5\r\n"),
    ("beyond-u64", "Content-Length: 99999999999999999999\r\n"),
    ("capitals", "CONTENT-LENGTH: 5\r\n"),
];

/// The same; the chunks of `hello` follow.
const CODINGS: [(&str, &str); 17] = [
    ("capitals", "transfer-encoding: CHUNKED\r\n"),
    ("trailing-space", "Transfer-Encoding: chunked \r\n"),
    ("leading-tab", "Transfer-Encoding:\tchunked\r\n"),
    ("folded", "Transfer-Encoding:\r\n chunked\r\n"),
    ("identity", "Transfer-Encoding: identity\r\n"),
    ("gzip", "Transfer-Encoding: gzip\r\n"),
    ("gzip-chunked", "Transfer-Encoding: gzip, chunked\r\n"),
    ("chunked-gzip", "Transfer-Encoding: chunked, gzip\r\n"),
    ("chunked-twice", "Transfer-Encoding: chunked, chunked\r\n"),
    ("unknown", "Transfer-Encoding: rot13\r\n"),
    ("unknown-chunked", "Transfer-Encoding: rot13, chunked\r\n"),
    ("parameter", "Transfer-Encoding: chunked;q=1\r\n"),
    ("quoted", "Transfer-Encoding: \"chunked\"\r\n"),
    ("empty", "Transfer-Encoding:\r\n"),
    (
        "lines-chunked-twice",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    ),
    (
        "lines-gzip-chunked",
        "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
    ),
    (
        "lines-chunked-identity",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
    ),
];

/// Version and fields that decide whether the connection is kept.
const KEPT: [(&str, &str, &str); 17] = [
    ("close", "1.1", "Connection: close\r\n"),
    ("close-capitals", "1.1", "CONNECTION: CLOSE\r\n"),
    ("close-in-list", "1.1", "Connection: a, close\r\n"),
    ("close-in-word", "1.1", "Connection: x-not-closed\r\n"),
    (
        "close-second",
        "1.1",
        "Connection: a\r\nConnection: close\r\n",
    ),
    ("close-proxy", "1.1", "Proxy-Connection: close\r\n"),
    ("keep-alive", "1.0", "Connection: keep-alive\r\n"),
    ("keep-alive-capitals", "1.0", "Connection: Keep-Alive\r\n"),
    ("keep-alive-in-list", "1.0", "Connection: a, keep-alive\r\n"),
    (
        "keep-alive-in-word",
        "1.0",
        "Connection: not-keep-alive\r\n",
    ),
    (
        "keep-alive-second",
        "1.0",
        "Connection: a\r\nConnection: keep-alive\r\n",
    ),
    ("keep-alive-field", "1.0", "Keep-Alive: 9\r\n"),
    ("keep-alive-field-empty", "1.0", "Keep-Alive:\r\n"),
    (
        "keep-alive-proxy",
        "1.0",
        "Proxy-Connection: keep-alive\r\n",
    ),
    ("version-0.9", "0.9", ""),
    ("version-1.2", "1.2", ""),
    ("both", "1.0", "Connection: close, keep-alive\r\n"),
];

/// Everything before the final response.
const INTERIM: [(&str, &str); 10] = [
    ("100", "HTTP/1.1 100 Continue\r\n\r\n"),
    ("100-twice", "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 100 C\r\n\r\n"),
    (
        "100-fields",
        "HTTP/1.1 100 C\r\nA: 1\r\nContent-Length: 5\r\n\r\n",
    ),
    ("100-version-1.0", "HTTP/1.0 100 C\r\n\r\n"),
    ("100-version-2.0", "HTTP/2.0 100 C\r\n\r\n"),
    ("101", "HTTP/1.1 101 Up\r\n\r\n"),
    ("101-length", "HTTP/1.1 101 Up\r\nContent-Length: 5\r\n\r\n"),
    ("102", "HTTP/1.1 102 Processing\r\n\r\n"),
    ("103", "HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n"),
    ("199", "HTTP/1.1 199 x\r\n\r\n"),
];

/// Other things that come instead of a response, or are its end.
const WHOLE: [(&str, &str); 14] = [
    ("nothing", ""),
    ("one-letter", "H"),
    ("half-status-line", "HTTP/1.1 20"),
    ("status-line", "HTTP/1.1 200 OK"),
    ("half-fields", "HTTP/1.1 200 OK\r\nA: 1"),
    (
        "status-line-lf",
        "HTTP/1.1 200 OK\nA: 1\nContent-Length: 5\n\nhello",
    ),
    ("no-fields", "HTTP/1.1 200 OK\r\n\r\nhello"),
    ("no-code", "HTTP/1.1\r\n\r\n"),
    ("code-99", "HTTP/1.1 099 x\r\n\r\n"),
    ("code-999", "HTTP/1.1 999 x\r\nContent-Length: 0\r\n\r\n"),
    ("code-1000", "HTTP/1.1 1000 x\r\n\r\n"),
    ("code-arabic", "HTTP/1.1 2\u{b2}0 x\r\n\r\n"),
    ("html", "<html>\n"),
    ("smtp", "220 mail.example ESMTP\r\n"),
];

pub(super) fn all() -> Vec<Raw> {
    let mut raw = matrix();
    let ok = "HTTP/1.1 200 OK\r\n";
    let chunks = "5\r\nhello\r\n0\r\n\r\n";
    for (name, fields) in LENGTHS {
        let name = format!("length/{name}");
        raw.push(Raw::new(name, format!("{ok}{fields}\r\nhello")));
    }
    for (name, fields) in CODINGS {
        let name = format!("coding/{name}");
        raw.push(Raw::new(name, format!("{ok}{fields}\r\n{chunks}")));
    }
    for (name, version, fields) in KEPT {
        let head = format!("HTTP/{version} 200 OK\r\n{fields}Content-Length: 5\r\n\r\n");
        raw.push(Raw::new(format!("kept/{name}"), format!("{head}hello")));
    }
    for upgrade in [false, true] {
        for (name, interim) in INTERIM {
            let suffix = if upgrade { "+upgrade" } else { "" };
            raw.push(Raw {
                upgrade,
                ..Raw::new(
                    format!("interim/{name}{suffix}"),
                    format!("{interim}{ok}Content-Length: 5\r\n\r\nhello"),
                )
            });
        }
    }
    raw.extend(WHOLE.map(|(name, bytes)| Raw::new(format!("whole/{name}"), bytes)));
    raw
}

fn matrix() -> Vec<Raw> {
    let mut raw = Vec::new();
    for version in ["1.1", "1.0"] {
        for status in STATUSES {
            for method in METHODS {
                for (connection, connection_field) in CONNECTIONS {
                    for (name, fields, body) in BODIES {
                        raw.push(Raw {
                            method,
                            ..Raw::new(
                                format!("framing/{version}/{status}/{method}{connection}/{name}"),
                                format!(
                                    "HTTP/{version} {status} x\r\n{connection_field}{fields}\r\n{body}"
                                ),
                            )
                        });
                    }
                }
            }
        }
    }
    raw
}
