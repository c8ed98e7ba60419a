//! The resource `message`: header fields and what they say.

mod reference;

use httplib_host_tests::{ErrorKind, Host, Message};

use crate::servers::{Scheme, answering};

fn message(host: &Host, text: &[u8]) -> Message {
    host.parse_message(text).unwrap()
}

#[test]
fn fields_keep_their_order_and_case() {
    let host = Host::new();
    let message = message(
        &host,
        b"B: 1\r\na: 2\r\nb: \xe9 \r\nEmpty:\r\n\r\nbody: no\r\n",
    );
    let items = [("B", "1"), ("a", "2"), ("b", "\u{e9} "), ("Empty", "")];
    let items = items.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(message.items(), items);
    assert_eq!(message.keys(), items.clone().map(|item| item.0));
    assert_eq!(message.values(), items.map(|item| item.1));
    assert_eq!(message.length(), 4);
    assert_eq!(message.as_string(), "B: 1\na: 2\nb: \u{e9} \nEmpty: \n\n");
}

#[test]
fn names_are_case_insensitive() {
    let host = Host::new();
    let message = message(&host, b"X-One: 1\r\nx-one: 2\r\nTwo: 3\r\n\r\n");
    for name in ["X-One", "x-one", "X-ONE"] {
        assert_eq!(message.get(name, None).as_deref(), Some("1"));
        assert_eq!(message.get_all(name), ["1", "2"]);
        assert_eq!(message.get_joined(name, Some("d")).as_deref(), Some("1, 2"));
        assert!(message.contains(name));
    }
    for name in ["", "X", "X-One ", "three"] {
        assert_eq!(message.get(name, None), None);
        assert_eq!(message.get(name, Some("d")).as_deref(), Some("d"));
        assert_eq!(message.get_all(name), [""; 0]);
        assert_eq!(message.get_joined(name, None), None);
        assert_eq!(message.get_joined(name, Some("d")).as_deref(), Some("d"));
        assert!(!message.contains(name));
    }
}

#[test]
fn empty_message_has_nothing_but_the_default_type() {
    let host = Host::new();
    for text in [&b""[..], b"\r\n", b"\n", b"\r\nA: b\r\n"] {
        let message = message(&host, text);
        assert_eq!((message.length(), message.items()), (0, vec![]));
        assert_eq!(message.content_type(), "text/plain");
        assert_eq!(message.content_maintype(), "text");
        assert_eq!(message.content_subtype(), "plain");
        assert_eq!(message.content_charset(), None);
        assert_eq!(message.params(None), []);
        assert_eq!(message.param("a", None), None);
        assert_eq!((message.filename(), message.boundary()), (None, None));
        assert_eq!(message.date("Date"), None);
        assert_eq!(message.as_string(), "\n");
    }
}

#[test]
fn limits_are_those_of_a_response() {
    let host = Host::new();
    let lines = |count: usize| "A: b\r\n".repeat(count) + "\r\n";
    assert_eq!(message(&host, lines(100).as_bytes()).length(), 100);
    let line = |length: usize| format!("A: {}\r\n\r\n", "b".repeat(length - 5));
    assert_eq!(message(&host, line(65_536).as_bytes()).length(), 1);
    for (text, kind) in [
        (lines(101), ErrorKind::HttpException),
        (line(65_537), ErrorKind::LineTooLong),
        ("A: b\rC: d\r\n\r\n".to_owned(), ErrorKind::HttpException),
        ("A: b\0\r\n\r\n".to_owned(), ErrorKind::HttpException),
        (
            "Content-Length : 3\r\n\r\n".to_owned(),
            ErrorKind::HttpException,
        ),
    ] {
        let error = host.parse_message(text.as_bytes()).err().unwrap();
        assert_eq!(error.kind, kind, "{error}");
    }
}

#[test]
fn malformed_line_is_skipped_and_the_rest_kept() {
    let host = Host::new();
    let message = message(&host, b"A: b\r\nno colon\r\n: no name\r\nC: d\r\n\r\n");
    assert_eq!(message.keys(), ["A", "C"]);
}

#[test]
fn date_with_bytes_beyond_ascii_is_none_or_read_around_them() {
    let host = Host::new();
    for byte in 0x80..=0xFF {
        let text = [b"Date: ", &[byte][..], b"\r\n\r\n"].concat();
        assert_eq!(message(&host, &text).date("Date"), None, "{byte:#x}");
    }
    let date = b"Date: Sm\xe5, 06 \xe9 Nov 1994 \xff\xff08 08:49:37 \xc3\xa9\r\n\r\n";
    let seconds = message(&host, date).date("Date");
    assert_eq!(seconds, Some(784_111_777));
}

#[test]
fn date_with_a_number_that_none_can_have_is_none() {
    let host = Host::new();
    for date in [
        "Sun, 06 Nov 1994 08:49:37 +9223372036854775807",
        "Sun, 06 Nov 1994 08:49:37 -9223372036854775808",
        "Sun, 06 Nov 1994 08:49:37 +12345",
        "Sun, 06 Nov 1994 9223372036854775807:49:37",
        "Sun, 06 Nov 1994 24:00:00",
        "Sun, 06 Nov 9223372036854775807 08:49:37",
    ] {
        let text = format!("Date: {date}\r\n\r\n");
        assert_eq!(message(&host, text.as_bytes()).date("Date"), None, "{date}");
    }
}

#[test]
fn message_outlives_its_response() {
    let answer = "HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 0\r\nA: c\r\n\r\n";
    let server = Scheme::Http.server(answering(answer));
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.request("GET", "/", None, &[]).unwrap();
    let response = connection.get_response().unwrap();
    let message = response.msg();
    assert_eq!(message.items(), response.get_headers());
    drop((response, connection));
    assert_eq!(message.get_all("a"), ["b", "c"]);
}
