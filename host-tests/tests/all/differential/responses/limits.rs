//! Lines, fields and interim responses at their limits and one beyond.

use super::Raw;

/// The longest line, its end included.
const LINE: usize = 65_536;

pub(super) fn all() -> Vec<Raw> {
    let mut raw = Vec::new();
    let mut add = |name: &str, bytes: String| {
        raw.push(Raw::new(format!("limit/{name}"), bytes));
    };
    let ok = "HTTP/1.1 200 OK\r\n";
    let length = "Content-Length: 5\r\n\r\nhello";
    let coded = "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n";
    let long = |start: &str, length: usize| {
        let fill = "x".repeat(length - start.len() - 2);
        format!("{start}{fill}\r\n")
    };
    for (suffix, size) in [("", LINE), ("-and-one", LINE + 1)] {
        let status_line = long("HTTP/1.1 200 ", size);
        add(
            &format!("status-line{suffix}"),
            format!("{status_line}{length}"),
        );
        let field = long("A: ", size);
        add(&format!("field{suffix}"), format!("{ok}{field}{length}"));
        let interim = format!("HTTP/1.1 100 C\r\n{field}\r\n");
        add(
            &format!("interim-field{suffix}"),
            format!("{interim}{ok}{length}"),
        );
        let last = long("0;", size);
        add(&format!("chunk{suffix}"), format!("{ok}{coded}{last}\r\n"));
        add(
            &format!("trailer{suffix}"),
            format!("{ok}{coded}0\r\n{field}\r\n"),
        );
    }
    for count in [98, 99, 100, 101] {
        // The last one frames the body.
        let fields = "A: 1\r\n".repeat(count - 1);
        add(&format!("fields-{count}"), format!("{ok}{fields}{length}"));
        let interim = format!("HTTP/1.1 100 C\r\nB: 2\r\n{fields}\r\n");
        add(
            &format!("interim-fields-{count}"),
            format!("{interim}{ok}{length}"),
        );
    }
    for count in [99, 100] {
        let interim = "HTTP/1.1 100 C\r\n\r\n".repeat(count);
        add(
            &format!("interim-{count}"),
            format!("{interim}{ok}{length}"),
        );
    }
    for count in [100, 101] {
        let trailers = "A: 1\r\n".repeat(count);
        add(
            &format!("trailers-{count}"),
            format!("{ok}{coded}0\r\n{trailers}\r\n"),
        );
    }
    raw
}
