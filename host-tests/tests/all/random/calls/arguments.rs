//! Arguments that calls get: fair ones, odd ones, and those at a border.

use std::time::Duration;

use fastrand::Rng;
use httplib_host_tests::StreamBody;

use super::super::one_of;
use crate::streaming::Tap;

pub(super) fn text(rng: &mut Rng) -> String {
    const TEXTS: &[&str] = &[
        "",
        "/",
        "/path?query",
        "*",
        "GET",
        "HEAD",
        "PUT",
        "POST",
        "CONNECT",
        "G T",
        "Host",
        "Content-Length",
        "Transfer-Encoding",
        "chunked",
        "gzip, chunked",
        "Expect",
        "100-continue",
        "Upgrade",
        "websocket",
        "Connection",
        "close",
        "keep-alive",
        "Trailer",
        "Date",
        "Content-Type",
        "text/html; charset=\"utf-8\"; a*0*=''b; a*1=c",
        "attachment",
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "0",
        "3",
        "5",
        "-1",
        "4294967296",
        "18446744073709551616",
        "http/1.1",
        "a:b",
        " x",
        "x ",
        "\r\n",
        "a\r\n b",
        "\0",
        "é",
        "\u{ff}",
        "日本",
        "localhost",
        "127.0.0.1",
        "[::1]",
        "[::1",
        "xn--",
        "example.invalid",
    ];
    match rng.u8(..20) {
        0 => "x".repeat(rng.usize(..70_000)),
        1 => (0..rng.usize(..20)).map(|_| rng.char(..)).collect(),
        2 => (0..rng.usize(..20))
            .map(|_| char::from(rng.u8(..)))
            .collect(),
        _ => (*one_of(rng, TEXTS)).to_owned(),
    }
}

/// A method that is mostly fair.
pub(super) fn method(rng: &mut Rng) -> String {
    match rng.u8(..8) {
        0 => text(rng),
        1 => "HEAD".to_owned(),
        2 => "CONNECT".to_owned(),
        3 | 4 => "PUT".to_owned(),
        _ => "GET".to_owned(),
    }
}

pub(super) fn target(rng: &mut Rng) -> String {
    match rng.u8(..5) {
        0 => text(rng),
        _ => "/".to_owned(),
    }
}

pub(super) fn texts(rng: &mut Rng) -> Vec<String> {
    (0..rng.usize(..4)).map(|_| text(rng)).collect()
}

pub(super) fn headers(rng: &mut Rng) -> Vec<(String, String)> {
    const FAIR: &[(&str, &str)] = &[
        ("Connection", "close"),
        ("Expect", "100-continue"),
        ("Transfer-Encoding", "chunked"),
        ("Content-Length", "5"),
        ("Upgrade", "websocket"),
        ("X", "y"),
    ];
    (0..rng.usize(..3))
        .map(|_| match rng.u8(..6) {
            0 => (text(rng), text(rng)),
            _ => {
                let (name, value) = *one_of(rng, FAIR);
                (name.to_owned(), value.to_owned())
            }
        })
        .collect()
}

pub(super) fn bytes(rng: &mut Rng) -> Vec<u8> {
    let length = match rng.u8(..20) {
        0 => rng.usize(..300_000),
        1..6 => rng.usize(..5000),
        6..10 => 5,
        _ => rng.usize(..20),
    };
    let mut bytes = vec![0; length];
    rng.fill(&mut bytes);
    bytes
}

pub(super) fn number(rng: &mut Rng) -> u64 {
    const NUMBERS: &[u64] = &[
        0,
        1,
        2,
        3,
        10,
        100,
        8192,
        65_535,
        65_536,
        1 << 31,
        u32::MAX as u64,
        1 << 32,
        u64::MAX - 1,
        u64::MAX,
    ];
    *one_of(rng, NUMBERS)
}

pub(super) fn small_number(rng: &mut Rng) -> u32 {
    number(rng) as u32
}

pub(super) fn amount(rng: &mut Rng) -> Option<u64> {
    match rng.u8(..3) {
        0 => None,
        1 => Some(number(rng)),
        _ => Some(rng.u64(..50)),
    }
}

/// Never without limit: nobody else would end the call.
pub(super) fn timeout(rng: &mut Rng) -> Duration {
    const MILLISECONDS: &[u64] = &[0, 0, 0, 1, 2, 5, 20];
    Duration::from_millis(*one_of(rng, MILLISECONDS))
}

/// A stream that ends, fails, or has no more for now.
pub(super) fn stream(rng: &mut Rng) -> StreamBody {
    let tap = Tap::with(&bytes(rng));
    match rng.u8(..4) {
        0 => tap.fail(),
        1 => {}
        _ => tap.close(),
    }
    let body = StreamBody::new(tap.stream());
    match rng.u8(..3) {
        0 => body.of_length(rng.u64(..50)),
        1 => body.of_length(number(rng)),
        _ => body,
    }
}

/// As the functions of the host library take them.
pub(super) fn pairs(texts: &[(String, String)]) -> Vec<(&str, &str)> {
    texts
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}

pub(super) fn slices(texts: &[String]) -> Vec<&str> {
    texts.iter().map(String::as_str).collect()
}
