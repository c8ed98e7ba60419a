//! A table of raw responses: each has one verdict, however it is cut on its way.

use super::told::{Kind, Told};
use super::{SECOND, connect, latin1};
use crate::error::Error;
use crate::scripted::Script;
use httplib_proto::latin1::decode;

/// A response and its verdicts: with the connection closed after the last byte,
/// and with it kept open; the latter only where it differs.
struct Case {
    method: &'static str,
    raw: String,
    closed: String,
    open: String,
}

/// What becomes of a response that comes in these pieces.
fn verdict(case: &Case, pieces: &[&[u8]], ends: bool) -> String {
    let (instance, mut connection) = connect([Script::pieces(pieces, ends), Script::default()]);
    connection
        .request(
            case.method,
            "/",
            None,
            &[("Upgrade".into(), "x".into())],
            false,
        )
        .unwrap();
    let response = match connection.get_response() {
        Ok(response) => response,
        Err(error) => return describe(&error),
    };
    let mut response = response.borrow_mut();
    let body = response.read(None);
    let head = format!(
        "{} {:?}{}",
        response.head().status,
        decode(&response.head().reason),
        response
            .head()
            .headers
            .iter()
            .filter(|(name, _)| !is_framing(name))
            .map(|(name, value)| format!(" {}={:?}", decode(name), decode(value)))
            .collect::<String>()
    );
    let body = match body {
        Ok(body) => format!("{:?}", decode(&body)),
        Err(error) if error.is_resumable() => {
            format!(
                "{} {:?}",
                describe(&error),
                decode(&response.read1(None).unwrap_or_default())
            )
        }
        Err(error) => describe(&error),
    };
    drop(response);
    // Whatever still comes has come before the next request.
    if let Ok(number) = connection.fileno() {
        instance.select(&[number], &[], Some(SECOND)).unwrap();
    }
    connection.request("GET", "/", None, &[], false).unwrap();
    let kept = match instance.network().connections() {
        1 => "kept",
        _ => "closed",
    };
    format!("{head} {body} {kept}")
}

fn is_framing(name: &[u8]) -> bool {
    [&b"content-length"[..], b"transfer-encoding", b"connection"]
        .contains(&name.to_ascii_lowercase().as_slice())
}

fn describe(error: &Error) -> String {
    let details = error.details();
    match error.kind() {
        Kind::TimedOut => format!("waits {:?}", details.phase.unwrap()),
        Kind::BadStatusLine | Kind::UnknownProtocol => {
            format!("{:?} {error:?}", error.kind())
                .split(" Error")
                .next()
                .unwrap()
                .to_owned()
                + &format!(" {:?}", error.to_string())
        }
        _ => match &details.partial {
            Some(partial) => format!("{:?} {:?}", error.kind(), decode(partial)),
            None => format!("{:?}", error.kind()),
        },
    }
}

#[test]
fn every_response_has_one_verdict_however_it_is_cut() {
    let cases = table();
    assert!(cases.len() >= 60, "{} cases", cases.len());
    for case in &cases {
        let raw = latin1(&case.raw);
        let bytes: Vec<&[u8]> = raw.chunks(1).collect();
        for (ends, expected) in [(true, &case.closed), (false, &case.open)] {
            let check = |pieces: &[&[u8]]| {
                let verdict = verdict(case, pieces, ends);
                assert_eq!(
                    &verdict, expected,
                    "{:?} ends={ends} pieces={pieces:?}",
                    case.raw
                );
            };
            check(&[&raw]);
            check(&bytes);
            // Of the long ones, the cuts at their ends.
            for cut in (1..raw.len()).filter(|cut| raw.len() < 2000 || cut % 997 == 0) {
                check(&[&raw[..cut], &raw[cut..]]);
            }
        }
    }
}

fn table() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |method, raw: &str, closed: &str, open: &str| {
        cases.push(Case {
            method,
            raw: raw.into(),
            closed: closed.into(),
            open: if open.is_empty() {
                closed.into()
            } else {
                open.into()
            },
        });
    };
    status_lines(&mut add);
    fields(&mut add);
    lengths(&mut add);
    chunks(&mut add);
    codings(&mut add);
    bodiless(&mut add);
    limits(&mut add);
    cases
}

type Add<'a> = &'a mut dyn FnMut(&'static str, &str, &str, &str);

/// After each status line: an empty body of known length.
fn status_lines(add: Add<'_>) {
    let empty = "\r\nContent-Length: 0\r\n\r\n";
    let mut good = |line: &str, verdict: &str| {
        add(
            "GET",
            &format!("{line}{empty}"),
            &format!("{verdict} \"\" kept"),
            "",
        );
    };
    good("HTTP/1.1 200 OK", "200 \"OK\"");
    good("HTTP/1.1 200", "200 \"\"");
    good("HTTP/1.1 200 ", "200 \"\"");
    good("HTTP/1.1  200   Very  OK  ", "200 \"Very  OK\"");
    good("HTTP/1.1\t200\tOK", "200 \"OK\"");
    good(" HTTP/1.1 200 OK", "200 \"OK\"");
    good("HTTP/1.1 0200 OK", "200 \"OK\"");
    good("HTTP/1.2 299 \u{e9}", "299 \"é\"");
    good("HTTP/1.1\u{85}200\u{a0}OK", "200 \"OK\"");
    good("HTTP/1.1 999 x", "999 \"x\"");
    let mut bad = |line: &str| {
        let verdict = format!("BadStatusLine {:?}", format!("{line}\r\n"));
        add("GET", &format!("{line}{empty}"), &verdict, "");
    };
    for line in [
        "HTTP/1.1 99 x",
        "HTTP/1.1 1000 x",
        "HTTP/1.1 +200 OK",
        "HTTP/1.1 2_00 OK",
        "HTTP/1.1 20x OK",
        "HTTP/1.1 -200",
        "HTTP/1.1",
        "http/1.1 200 OK",
        "ICY 200 OK",
        "200 OK",
        "",
        "HTTP/1.1 400.100",
        "\u{15}\u{3}\u{1}",
    ] {
        bad(line);
    }
    add(
        "GET",
        "HTTP/2.0 200 OK\r\n\r\n",
        "UnknownProtocol \"HTTP/2.0\"",
        "",
    );
    add("GET", "HTTP/1.1 200 O\rK\r\n\r\n", "HttpException", "");
    add("GET", "HTTP/1.1 200 O\0K\r\n\r\n", "HttpException", "");
    add("GET", "", "RemoteDisconnected", "waits FirstByte");
    for cut in [
        "H",
        "\r",
        " HTTP/",
        "HTTP/1.1 2",
        "HTTP/1.1 200 Ok",
        "HTTP/1.1 200 Ok\r",
        "HTTP/2",
    ] {
        add("GET", cut, &format!("IncompleteRead {cut:?}"), "waits Head");
    }
    for cut in ["<", "HTTX", "220 mail"] {
        add("GET", cut, &format!("BadStatusLine {cut:?}"), "waits Head");
    }
    add(
        "GET",
        "HTTP/1.0 200 OK\nContent-Length: 1\n\nx",
        "200 \"OK\" \"x\" closed",
        "",
    );
}

fn fields(add: Add<'_>) {
    let mut block = |lines: &str, verdict: &str| {
        let raw = format!("HTTP/1.1 200 OK\r\n{lines}Content-Length: 1\r\n\r\nx");
        add("GET", &raw, &format!("200 \"OK\"{verdict} \"x\" kept"), "");
    };
    block("A: 1\r\na:2\r\n", " A=\"1\" a=\"2\"");
    block("A: 1 \t\r\n", " A=\"1 \\t\"");
    block("A:\r\n", " A=\"\"");
    block("A: 1\r\n 2\r\n\t3\r\n", " A=\"1\\r\\n 2\\r\\n\\t3\"");
    block(" lost\r\nA: 1\n", " A=\"1\"");
    block("A: 1\r\n \r\n", " A=\"1\\r\\n \"");
    block("no colon\r\nA: 1\r\n", " A=\"1\"");
    block(": 1\r\nA : 2\r\nA\u{e9}: 3\r\nB: \u{e9}\r\n", " B=\"é\"");
    block("From x\r\nA: 1\r\n", " A=\"1\"");
    block(
        "A!(): \u{1}\u{b}\u{7f}\r\n",
        " A!()=\"\\u{1}\\u{b}\\u{7f}\"",
    );
    for line in [
        "A: 1\rB: 2",
        "A: \0",
        "A: 1\r\r",
        "Content-Length : 1",
        "Content-\tLength: 1",
        "Transfer-Encoding : chunked",
    ] {
        add(
            "GET",
            &format!("HTTP/1.1 200 OK\r\n{line}\r\n\r\n"),
            "HttpException",
            "",
        );
    }
    // What is missing may have been cut off by somebody else.
    for status in ["200 OK", "204 No", "304 No", "100 C", "103 E"] {
        for rest in [
            "",
            "C",
            "Content-Length: 0",
            "A: 1\r",
            "A: 1\r\n",
            "A: 1\n\r",
        ] {
            let cut = format!("HTTP/1.1 {status}\r\n{rest}");
            for method in ["GET", "HEAD", "CONNECT"] {
                add(
                    method,
                    &cut,
                    &format!("IncompleteRead {cut:?}"),
                    "waits Head",
                );
            }
        }
    }
    add(
        "GET",
        "HTTP/1.1 100 C\r\n\r\nHTTP/1.1 200 OK\r\nA: 1",
        "IncompleteRead \"HTTP/1.1 200 OK\\r\\nA: 1\"",
        "waits Head",
    );
}

fn lengths(add: Add<'_>) {
    let head = |value: &str| format!("HTTP/1.1 200 OK\r\n{value}\r\n\r\n");
    for value in [
        "Content-Length: 3",
        "Content-Length:\t3 ",
        "Content-Length: 003",
        "Content-Length: 3, 3",
        "Content-Length: 3\r\ncontent-length: 3",
        "Content-Length:\r\n 3\n\t",
        "Content-Length: 3,\r\n 3",
    ] {
        add("GET", &(head(value) + "abc"), "200 \"OK\" \"abc\" kept", "");
        add(
            "GET",
            &(head(value) + "abcd"),
            "200 \"OK\" \"abc\" closed",
            "",
        );
    }
    add(
        "GET",
        &(head("Content-Length: 3") + "ab"),
        "200 \"OK\" IncompleteRead \"ab\" closed",
        "200 \"OK\" waits Body \"ab\" kept",
    );
    let huge = head("Content-Length: 99999999999999999999999");
    add(
        "GET",
        &(huge + "ab"),
        "200 \"OK\" IncompleteRead \"ab\" closed",
        "200 \"OK\" waits Body \"ab\" kept",
    );
    add(
        "GET",
        "HTTP/1.1 200 OK\r\n\r\nab",
        "200 \"OK\" \"ab\" closed",
        "200 \"OK\" waits Body \"ab\" closed",
    );
    for value in [
        "",
        " \t",
        "-0",
        "-3",
        "-3, -3",
        "-",
        ",",
        ", 3",
        "3\r\n 3",
        "+3",
        "3.0",
        "0x3",
        "3 3",
        "3, 4",
        "3,",
        "3\r\nContent-Length: 4",
        "a",
    ] {
        add(
            "GET",
            &head(&format!("Content-Length: {value}")),
            "HttpException",
            "",
        );
    }
    for value in [
        "close",
        "Close",
        "x-not-closed",
        "\r\n close",
        "keep-alive\r\nConnection: close",
    ] {
        add(
            "GET",
            &(head(&format!("Content-Length: 1\r\nConnection: {value}")) + "x"),
            "200 \"OK\" \"x\" closed",
            "",
        );
    }
    let ten = |value: &str| format!("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n{value}\r\n\r\nx");
    add(
        "GET",
        &ten("Connection: a, Keep-Alive"),
        "200 \"OK\" \"x\" kept",
        "",
    );
    add(
        "GET",
        &ten("Connection:\r\n Keep-Alive\r\n\t"),
        "200 \"OK\" \"x\" kept",
        "",
    );
    add(
        "GET",
        &ten("Proxy-Connection: keep-alive"),
        "200 \"OK\" Proxy-Connection=\"keep-alive\" \"x\" kept",
        "",
    );
    add(
        "GET",
        &ten("Connection: not-keep-alive"),
        "200 \"OK\" \"x\" closed",
        "",
    );
}

fn chunks(add: Add<'_>) {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    let mut good = |body: &str| {
        add(
            "GET",
            &format!("{head}{body}"),
            "200 \"OK\" \"hello\" kept",
            "",
        );
    };
    for body in [
        "5\r\nhello\r\n0\r\n\r\n",
        "005\r\nhello\r\n000\r\n\r\n",
        "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
        " 5\t;a=\"b\"\r\nhello\r\n0;x\r\n\r\n",
        "5\nhello\r\n0\n\n",
        "5\r\nhello\r\n0\r\nA: 1\r\nB 2\r\n: \0\r\n\r\n",
    ] {
        good(body);
    }
    let mut bad = |body: &str, closed: &str, open: &str| {
        let full = |verdict: &str| format!("200 \"OK\" {verdict}");
        let open = if open.is_empty() {
            String::new()
        } else {
            full(open)
        };
        add("GET", &format!("{head}{body}"), &full(closed), &open);
    };
    // As in the reference, a body cut off inside a chunk leaves the response
    // unended, and so the connection.
    bad(
        "5\r\nhel",
        "IncompleteRead \"hel\" closed",
        "waits Body \"hel\" kept",
    );
    bad(
        "2\r\nhe\r\n3\r\nl",
        "IncompleteRead \"hel\" closed",
        "waits Body \"hel\" kept",
    );
    bad(
        "5\r\nhello",
        "IncompleteRead \"hello\" closed",
        "waits Body \"hello\" kept",
    );
    bad(
        "5\r\nhello\r\n",
        "IncompleteRead \"hello\" closed",
        "waits Body \"hello\" kept",
    );
    // A last line or trailers that were cut off are as little an end.
    for rest in [
        "0",
        "00",
        "0\r",
        "0;x",
        "0\r\n",
        "0\r\n\r",
        "0\r\nA: 1",
        "0\r\nA: 1\r\n",
        "1",
    ] {
        bad(
            &format!("5\r\nhello\r\n{rest}"),
            "IncompleteRead \"hello\" closed",
            "waits Body \"hello\" kept",
        );
    }
    for size in [
        "x",
        "",
        "+5",
        "0x5",
        "5_0",
        "-1",
        "5 5",
        "5\r",
        "1ffffffffffffffff",
    ] {
        bad(
            &format!("2\r\nhe\r\n{size}\r\nllo"),
            "IncompleteRead \"he\" closed",
            "",
        );
    }
    // With each of the last two a lenient reader finds the last chunk behind them.
    for end in ["XX", "\n0", "\r0", "0", "XX0"] {
        bad(
            &format!("2\r\nhe{end}\r\n\r\n"),
            "IncompleteRead \"he\" closed",
            "",
        );
    }
}

fn codings(add: Add<'_>) {
    let chunk = "1\r\nx\r\n0\r\n\r\n";
    let mut coded = |fields: &str, verdict: &str| {
        add(
            "GET",
            &format!("HTTP/1.1 200 OK\r\n{fields}\r\n\r\n{chunk}"),
            verdict,
            "",
        );
    };
    coded("Transfer-Encoding: CHUNKED ", "200 \"OK\" \"x\" kept");
    coded("Transfer-Encoding: gzip, chunked", "200 \"OK\" \"x\" kept");
    coded(
        "Transfer-Encoding: gzip\r\ntransfer-encoding: chunked",
        "200 \"OK\" \"x\" kept",
    );
    coded(
        "Transfer-Encoding: identity, chunked",
        "200 \"OK\" \"x\" kept",
    );
    for twice in [
        "Transfer-Encoding: chunked, chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: Chunked",
        "Transfer-Encoding: chunked, identity,\r\n chunked",
        "Transfer-Encoding: gzip, chunked, chunked, chunked",
        "Transfer-Encoding:\r\n chunked\r\n ",
    ] {
        coded(twice, "200 \"OK\" \"x\" kept");
    }
    coded(
        "Transfer-Encoding: chunked\r\nContent-Length: 1",
        "200 \"OK\" \"x\" closed",
    );
    for value in [
        "chunked, gzip",
        "chunked, gzip, chunked",
        "rot13, rot13",
        "rot13, chunked",
        "chun\r\n ked",
        "rot13",
        "chunked;q=1",
    ] {
        coded(
            &format!("Transfer-Encoding: {value}"),
            "UnknownTransferEncoding",
        );
    }
    add(
        "GET",
        &format!(
            "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n{chunk}"
        ),
        "200 \"OK\" \"x\" closed",
        "",
    );
    add(
        "GET",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 1\r\n\r\nx",
        "200 \"OK\" \"x\" kept",
        "",
    );
    add(
        "GET",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nContent-Length: 1\r\n\r\nxy",
        "200 \"OK\" \"xy\" closed",
        "200 \"OK\" waits Body \"xy\" closed",
    );
}

fn bodiless(add: Add<'_>) {
    let with = |status: &str| format!("HTTP/1.1 {status}\r\nTransfer-Encoding: chunked\r\n\r\n");
    add("GET", &with("204 No"), "204 \"No\" \"\" kept", "");
    add("GET", &with("304 No"), "304 \"No\" \"\" kept", "");
    add("HEAD", &with("200 OK"), "200 \"OK\" \"\" kept", "");
    add(
        "HEAD",
        "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n",
        "200 \"OK\" \"\" kept",
        "",
    );
    add(
        "HEAD",
        "HTTP/1.1 200 OK\r\n\r\n",
        "200 \"OK\" \"\" kept",
        "",
    );
    add(
        "GET",
        "HTTP/1.1 204 No\r\n\r\nx",
        "204 \"No\" \"\" closed",
        "",
    );
    let last = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx";
    for first in ["100 Continue", "102 P", "103 Early\r\nLink: <a>", "199"] {
        add(
            "GET",
            &format!("HTTP/1.1 {first}\r\n\r\n{last}"),
            "200 \"OK\" \"x\" kept",
            "",
        );
    }
    add(
        "GET",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "RemoteDisconnected",
        "waits Head",
    );
    add(
        "GET",
        "HTTP/1.1 101 Up\r\n\r\nraw",
        "101 \"Up\" \"raw\" closed",
        "101 \"Up\" waits Body \"raw\" closed",
    );
    add(
        "CONNECT",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nraw",
        "200 \"OK\" \"raw\" closed",
        "200 \"OK\" waits Body \"raw\" closed",
    );
    add(
        "CONNECT",
        "HTTP/1.1 407 No\r\nContent-Length: 1\r\n\r\nx",
        "407 \"No\" \"x\" kept",
        "",
    );
}

fn limits(add: Add<'_>) {
    let long = "x".repeat(65_536);
    add(
        "GET",
        &format!("HTTP/1.1 200 {long}\r\n\r\n"),
        "LineTooLong",
        "",
    );
    add(
        "GET",
        &format!("HTTP/1.1 200 OK\r\nA: {long}\r\n\r\n"),
        "LineTooLong",
        "",
    );
    let body = "Transfer-Encoding: chunked\r\n\r\n";
    add(
        "GET",
        &format!("HTTP/1.1 200 OK\r\n{body}{long}0\r\n"),
        "200 \"OK\" LineTooLong closed",
        "",
    );
    add(
        "GET",
        &format!("HTTP/1.1 200 OK\r\n{body}0\r\n{long}\r\n"),
        "200 \"OK\" LineTooLong closed",
        "",
    );
    let fields = "A: 1\r\n".repeat(100);
    add(
        "GET",
        &format!("HTTP/1.1 200 OK\r\n{fields}A: 1\r\n\r\n"),
        "HttpException",
        "",
    );
    add(
        "GET",
        &format!("HTTP/1.1 204 OK\r\n{fields}\r\n"),
        &format!("204 \"OK\"{} \"\" kept", " A=\"1\"".repeat(100)),
        "",
    );
    add(
        "GET",
        &format!("HTTP/1.1 200 OK\r\n{body}0\r\n{fields}A: 1\r\n\r\n"),
        "200 \"OK\" HttpException closed",
        "",
    );
    add(
        "GET",
        &format!("HTTP/1.1 200 OK\r\n{body}0\r\n{fields}\r\n"),
        "200 \"OK\" \"\" kept",
        "",
    );
    let interim = "HTTP/1.1 100 C\r\n\r\n".repeat(99);
    add(
        "GET",
        &format!("{interim}HTTP/1.1 204 No\r\n\r\n"),
        "204 \"No\" \"\" kept",
        "",
    );
    add(
        "GET",
        &format!("{interim}HTTP/1.1 100 C\r\n\r\n"),
        "HttpException",
        "",
    );
    let line = format!("A: {}\r\n", "x".repeat(65_000));
    add(
        "GET",
        &format!("HTTP/1.1 200 OK\r\n{}\r\n", line.repeat(5)),
        "HttpException",
        "",
    );
    let extension = format!("1;{}\r\nx\r\n", "x".repeat(40_000));
    add(
        "GET",
        &format!("HTTP/1.1 200 OK\r\n{body}{}", extension.repeat(2)),
        "200 \"OK\" HttpException \"x\" closed",
        "",
    );
}
