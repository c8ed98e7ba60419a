//! Request heads: odd characters in each part, duplicates, folds, skip flags,
//! and the URLs and names that decide the `Host` header.

use super::super::case::{Case, Step};
use super::case;

const CHARACTERS: [(&str, char); 28] = [
    ("nul", '\0'),
    ("soh", '\u{1}'),
    ("tab", '\t'),
    ("lf", '\n'),
    ("vt", '\u{b}'),
    ("ff", '\u{c}'),
    ("cr", '\r'),
    ("esc", '\u{1b}'),
    ("us", '\u{1f}'),
    ("space", ' '),
    ("quote", '"'),
    ("hash", '#'),
    ("percent", '%'),
    ("apostrophe", '\''),
    ("comma", ','),
    ("colon", ':'),
    ("at", '@'),
    ("bracket", '['),
    ("backslash", '\\'),
    ("brace", '{'),
    ("del", '\u{7f}'),
    ("x80", '\u{80}'),
    ("x85", '\u{85}'),
    ("xa0", '\u{a0}'),
    ("e-acute", '\u{e9}'),
    ("xff", '\u{ff}'),
    ("a-macron", '\u{100}'),
    ("emoji", '\u{1f600}'),
];

/// What a character is put into.
const PLACES: [&str; 10] = [
    "method-start",
    "method-inside",
    "url-start",
    "url-inside",
    "name-start",
    "name-inside",
    "name-end",
    "value-start",
    "value-inside",
    "value-end",
];

/// Values of headers with line breaks.
const FOLDS: [(&str, &str); 11] = [
    ("crlf-space", "a\r\n b"),
    ("crlf-tab", "a\r\n\tb"),
    ("lf-space", "a\n b"),
    ("cr-space", "a\r b"),
    ("cr-tab", "a\r\tb"),
    ("crlf", "a\r\nb"),
    ("crlf-crlf-space", "a\r\n\r\n b"),
    ("lf-cr", "a\n\rb"),
    ("cr-cr-space", "a\r\r b"),
    ("crlf-end", "a\r\n"),
    ("empty", ""),
];

const URLS: [(&str, &str); 18] = [
    ("empty", ""),
    ("star", "*"),
    ("query", "?q=1"),
    ("fragment", "/a#b"),
    ("two-slashes", "//other/a"),
    ("no-slash", "a/b"),
    ("absolute", "http://Other.Example/a"),
    ("absolute-port", "http://other:8080/a"),
    ("absolute-empty-port", "http://other:/a"),
    ("absolute-https", "https://other/a"),
    ("absolute-userinfo", "http://user:pw@other:81/a"),
    ("absolute-ipv6", "http://[::1]:8080/a"),
    ("absolute-zone", "http://[fe80::1%25e]:8/a"),
    ("absolute-query", "http://other?q"),
    ("absolute-without-host", "http:///a"),
    ("absolute-capitals", "HTTP://other/a"),
    ("absolute-ftp", "ftp://other/a"),
    ("http-without-slashes", "http:a"),
];

/// What the constructor takes: host and port.
const HOSTS: [(&str, &str, Option<u16>); 28] = [
    ("name", "h", None),
    ("port", "h:8080", None),
    ("port-empty", "h:", None),
    ("port-word", "h:abc", None),
    ("port-word-quote", "h:a'c", None),
    ("port-high", "h:65535", None),
    ("port-too-high", "h:65536", None),
    ("port-negative", "h:-1", None),
    ("port-plus", "h:+80", None),
    ("port-space", "h: 80", None),
    ("port-underscore", "h:8_0", None),
    ("port-fraction", "h:80.0", None),
    ("port-path", "h:80/a", None),
    ("userinfo", "user:pw@h", None),
    ("ipv6", "[::1]", None),
    ("ipv6-port", "[::1]:80", None),
    ("ipv6-bare", "::1", None),
    ("ipv6-word", "[::1]:abc", None),
    ("path", "h/a", None),
    ("space", "a b", None),
    ("tab", "a\tb", None),
    ("crlf", "a\r\nX: 1", Some(80)),
    ("nul", "a\0", Some(80)),
    ("del", "a\u{7f}", Some(80)),
    ("latin", "h\u{e9}", Some(80)),
    ("empty", "", None),
    ("empty-port", ":80", None),
    ("colon-given", "a:b", Some(80)),
];

pub(super) fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    for place in PLACES {
        for (name, character) in CHARACTERS {
            cases.push(odd_character(place, name, character));
        }
    }
    for (name, value) in FOLDS {
        let header = Step::put_header("A", &[value]);
        cases.push(with_headers(&format!("fold/{name}"), &[header]));
    }
    for (name, url) in URLS {
        let steps = vec![Step::get(url), Step::GetResponse];
        cases.push(case(format!("url/{name}"), steps));
    }
    for (name, host, port) in HOSTS {
        let step = Step::NewConnection(host.into(), port);
        cases.push(case(format!("host/{name}"), vec![step]));
    }
    cases.extend(several());
    cases.extend(skipping());
    cases
}

fn odd_character(place: &str, name: &str, character: char) -> Case {
    let text = match place.rsplit('-').next() {
        Some("start") => format!("{character}ab"),
        Some("inside") => format!("a{character}b"),
        _ => format!("ab{character}"),
    };
    let [method, url, header, value] = match place.split('-').next() {
        Some("method") => [text.as_str(), "/", "A", "1"],
        Some("url") => ["GET", &text, "A", "1"],
        Some("name") => ["GET", "/", &text, "1"],
        _ => ["GET", "/", "A", &text],
    };
    let steps = vec![
        Step::put_request(method, url),
        Step::put_header(header, &[value]),
        Step::end_headers(),
        Step::GetResponse,
        // What is left of the request goes out with the next one, or not.
        Step::Close,
        Step::get("/next"),
        Step::GetResponse,
    ];
    case(format!("character/{place}/{name}"), steps)
}

/// Headers in number.
fn several() -> Vec<Case> {
    let put = Step::put_header;
    vec![
        with_headers("headers/none", &[]),
        with_headers("headers/two", &[put("A", &["1"]), put("B", &["2"])]),
        with_headers("headers/twice", &[put("A", &["1"]), put("A", &["2"])]),
        with_headers("headers/twice-case", &[put("A", &["1"]), put("a", &["2"])]),
        with_headers("headers/no-value", &[put("A", &[])]),
        with_headers("headers/two-values", &[put("A", &["1", "2"])]),
        with_headers("headers/three-values", &[put("A", &["1", "", "3"])]),
        with_headers("headers/bad-second-value", &[put("A", &["1", "2\n"])]),
        with_headers("headers/empty-name", &[put("", &["1"])]),
        with_headers("headers/host-twice", &[put("Host", &["other"])]),
        with_headers(
            "headers/after-a-bad-one",
            &[put("A", &["1\n"]), put("B", &["2"])],
        ),
        requested("request-headers/twice", &[("A", "1"), ("A", "2")]),
        requested("request-headers/host", &[("A", "1"), ("hOST", "other")]),
        requested(
            "request-headers/host-twice",
            &[("Host", "a"), ("host", "b")],
        ),
        requested(
            "request-headers/accept-encoding",
            &[("ACCEPT-ENCODING", "gzip")],
        ),
        requested("request-headers/expect", &[("Expect", "100-continue")]),
        requested("request-headers/bad-name", &[("A", "1"), ("B ad:", "2")]),
        requested("request-headers/bad-value", &[("A", "1"), ("B", "2\n3")]),
        requested("request-headers/fold", &[("A", "1\r\n 2")]),
        requested("request-headers/empty-value", &[("A", "")]),
    ]
}

fn with_headers(name: &str, headers: &[Step]) -> Case {
    let mut steps = vec![Step::put_request("GET", "/")];
    steps.extend_from_slice(headers);
    steps.extend([Step::end_headers(), Step::GetResponse, Step::Read(None)]);
    case(name, steps)
}

fn requested(name: &str, headers: &[(&str, &str)]) -> Case {
    let steps = vec![
        Step::request("GET", "/", None, headers),
        Step::GetResponse,
        Step::Read(None),
        Step::Close,
        Step::get("/next"),
        Step::GetResponse,
    ];
    case(name, steps)
}

/// Each combination of the flags of `put-request`.
fn skipping() -> Vec<Case> {
    let mut cases = Vec::new();
    for url in ["/", "http://other/"] {
        for (skip_host, skip_accept_encoding) in [(false, true), (true, false), (true, true)] {
            let request = Step::PutRequest {
                method: "GET".into(),
                url: url.into(),
                skip_host,
                skip_accept_encoding,
            };
            let name = format!("skip/{url}/{skip_host},{skip_accept_encoding}");
            let steps = vec![request, Step::end_headers(), Step::GetResponse];
            cases.push(case(name, steps));
        }
    }
    cases
}
