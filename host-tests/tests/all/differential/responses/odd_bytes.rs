//! Each odd byte at each place of a response.

use super::Raw;

const BYTES: [(&str, char); 23] = [
    ("nul", '\0'),
    ("soh", '\u{1}'),
    ("tab", '\t'),
    ("lf", '\n'),
    ("vt", '\u{b}'),
    ("ff", '\u{c}'),
    ("cr", '\r'),
    ("fs", '\u{1c}'),
    ("space", ' '),
    ("quote", '"'),
    ("plus", '+'),
    ("comma", ','),
    ("minus", '-'),
    ("zero", '0'),
    ("colon", ':'),
    ("semicolon", ';'),
    ("x", 'x'),
    ("underscore", '_'),
    ("del", '\u{7f}'),
    ("x80", '\u{80}'),
    ("x85", '\u{85}'),
    ("xa0", '\u{a0}'),
    ("xff", '\u{ff}'),
];

/// Where a byte is put.
const MARK: char = '@';

const STATUS: &str = "HTTP/1.1 200 OK\r\n";
const LENGTH: &str = "Content-Length: 5\r\n\r\nhello";

/// Status lines; a header follows.
const STATUS_LINES: [(&str, &str); 12] = [
    ("start", "@HTTP/1.1 200 OK\r\n"),
    ("in-name", "HT@TP/1.1 200 OK\r\n"),
    ("before-version", "HTTP/@1.1 200 OK\r\n"),
    ("in-version", "HTTP/1.@1 200 OK\r\n"),
    ("after-version", "HTTP/1.1@ 200 OK\r\n"),
    ("for-first-space", "HTTP/1.1@200 OK\r\n"),
    ("before-code", "HTTP/1.1 @200 OK\r\n"),
    ("in-code", "HTTP/1.1 2@00 OK\r\n"),
    ("after-code", "HTTP/1.1 200@ OK\r\n"),
    ("for-second-space", "HTTP/1.1 200@OK\r\n"),
    ("in-reason", "HTTP/1.1 200 O@K\r\n"),
    ("after-reason", "HTTP/1.1 200 OK@\r\n"),
];

/// Header lines; others precede and follow.
const FIELDS: [(&str, &str); 11] = [
    ("before-name", "@A: 1\r\n"),
    ("in-name", "A@B: 1\r\n"),
    ("after-name", "A@: 1\r\n"),
    ("for-colon", "A@1\r\n"),
    ("for-space", "A:@1\r\n"),
    ("in-value", "A: 1@2\r\n"),
    ("after-value", "A: 1@\r\n"),
    ("in-line-end", "A: 1\r@\n"),
    ("for-line-end", "A: 1@B: 2\r\n"),
    ("alone", "@\r\n"),
    ("after-line-end", "A: 1\r\n@B: 2\r\n"),
];

/// Heads whose framing is touched; the body `hello` follows.
const FRAMING: [(&str, &str); 18] = [
    ("length/before-name", "@Content-Length: 5\r\n\r\n"),
    ("length/in-name", "Content@Length: 5\r\n\r\n"),
    ("length/after-name", "Content-Length@: 5\r\n\r\n"),
    ("length/before-value", "Content-Length: @5\r\n\r\n"),
    ("length/in-value", "Content-Length: 0@5\r\n\r\n"),
    ("length/after-value", "Content-Length: 5@\r\n\r\n"),
    ("length/for-value", "Content-Length: @\r\n\r\n"),
    ("blank-line/before", "Content-Length: 5\r\n@\r\n"),
    ("blank-line/inside", "Content-Length: 5\r\n\r@\n"),
    ("blank-line/for", "Content-Length: 5\r\n@"),
    (
        "close/before",
        "Connection: @close\r\nContent-Length: 5\r\n\r\n",
    ),
    (
        "close/inside",
        "Connection: clo@se\r\nContent-Length: 5\r\n\r\n",
    ),
    (
        "close/after",
        "Connection: close@\r\nContent-Length: 5\r\n\r\n",
    ),
    (
        "close/after-name",
        "Connection@: close\r\nContent-Length: 5\r\n\r\n",
    ),
    ("coding/after-name", "Transfer-Encoding@: chunked\r\n\r\n"),
    ("coding/before", "Transfer-Encoding: @chunked\r\n\r\n"),
    ("coding/inside", "Transfer-Encoding: chu@nked\r\n\r\n"),
    ("coding/after", "Transfer-Encoding: chunked@\r\n\r\n"),
];

/// Chunked bodies.
const CHUNKED: [(&str, &str); 15] = [
    ("chunk/before-size", "@5\r\nhello\r\n0\r\n\r\n"),
    ("chunk/in-size", "0@5\r\nhello\r\n0\r\n\r\n"),
    ("chunk/after-size", "5@\r\nhello\r\n0\r\n\r\n"),
    ("chunk/in-extension", "5;a@b\r\nhello\r\n0\r\n\r\n"),
    ("chunk/in-line-end", "5\r@\nhello\r\n0\r\n\r\n"),
    ("chunk/for-line-end", "5@hello\r\n0\r\n\r\n"),
    ("chunk/after-data", "5\r\nhello@\r\n0\r\n\r\n"),
    ("chunk/in-data-end", "5\r\nhello\r@\n0\r\n\r\n"),
    ("chunk/before-last", "5\r\nhello\r\n@0\r\n\r\n"),
    ("chunk/for-last", "5\r\nhello\r\n@\r\n\r\n"),
    ("chunk/after-last", "5\r\nhello\r\n0@\r\n\r\n"),
    ("trailer/before-name", "5\r\nhello\r\n0\r\n@T: 1\r\n\r\n"),
    ("trailer/in-value", "5\r\nhello\r\n0\r\nT: 1@2\r\n\r\n"),
    ("trailer/in-line-end", "5\r\nhello\r\n0\r\nT: 1\r@\n\r\n"),
    (
        "trailer/before-blank-line",
        "5\r\nhello\r\n0\r\nT: 1\r\n@\r\n",
    ),
];

pub(super) fn all() -> Vec<Raw> {
    let mut raw = Vec::new();
    let mut add = |group: &str, place: &str, template: String| {
        for (name, byte) in BYTES {
            let bytes = template.replace(MARK, &byte.to_string());
            raw.push(Raw::new(format!("{group}{place}/{name}"), bytes));
        }
    };
    for (place, line) in STATUS_LINES {
        add("status-line/", place, format!("{line}A: 1\r\n{LENGTH}"));
    }
    for (place, line) in FIELDS {
        let template = format!("{STATUS}First: 1\r\n{line}Next: 2\r\n{LENGTH}");
        add("field/", place, template);
    }
    for (place, head) in FRAMING {
        let body = match place.starts_with("coding/") {
            true => "5\r\nhello\r\n0\r\n\r\n",
            false => "hello",
        };
        add("", place, format!("{STATUS}{head}{body}"));
    }
    for (place, body) in CHUNKED {
        let template = format!("{STATUS}Transfer-Encoding: chunked\r\n\r\n{body}");
        add("", place, template);
    }
    raw
}
