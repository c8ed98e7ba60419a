//! What the options do.

use super::{RESPONSE, fetch, fetch_with_input, succeeds, temporary};
use crate::servers::{Scheme, Server, answering, ok};

#[test]
fn body_goes_to_the_standard_output() {
    let server = Scheme::Http.server(answering(RESPONSE));
    let address = server.address.to_string();
    assert_eq!(succeeds(&[&format!("http://{address}/")]), b"hello");
    // As in curl the scheme may be left out.
    assert_eq!(succeeds(&[&address]), b"hello");
}

#[test]
fn body_goes_to_a_file_with_o() {
    let server = Scheme::Http.server(answering(RESPONSE));
    let file = temporary(b"what was there before");
    let path = file.path().to_str().unwrap();
    assert_eq!(succeeds(&["-o", path, &server.address.to_string()]), b"");
    assert_eq!(std::fs::read(path).unwrap(), b"hello");
}

#[test]
fn head_is_shown_with_i_before_the_body() {
    let server = Scheme::Http.server(answering(RESPONSE));
    let output = succeeds(&["-i", &server.address.to_string()]);
    assert_eq!(String::from_utf8(output).unwrap(), RESPONSE);
}

#[test]
fn head_alone_is_asked_for_with_capital_i() {
    let server = Scheme::Http.server(|peer| {
        let head = peer.request()?;
        assert!(head.starts_with("HEAD / "));
        peer.send("HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n")
    });
    let output = succeeds(&["-I", &server.address.to_string()]);
    assert_eq!(output, b"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n");
}

#[test]
fn get_is_what_is_sent_without_options() {
    let text = echoed(&[]);
    assert!(
        text.starts_with("GET /path?query HTTP/1.1\r\nHost: 127.0.0.1:"),
        "{text}"
    );
    assert!(
        text.ends_with("\r\n\r\n") && !text.contains("Content-Length"),
        "{text}"
    );
}

#[test]
fn method_and_headers_are_those_of_the_options() {
    let text = echoed(&[
        "-X", "PURGE", "-H", "A: b", "-H", "Accept:", "-H", "host: h",
    ]);
    assert!(text.starts_with("PURGE /path?query HTTP/1.1\r\n"), "{text}");
    assert!(
        text.contains("\r\nA: b\r\n") && text.contains("\r\nhost: h\r\n"),
        "{text}"
    );
    assert!(
        !text.contains("Accept: ") && !text.contains("Host: "),
        "{text}"
    );
}

#[test]
fn data_is_posted_as_a_form() {
    let file = temporary(b"c=\r\nd\n");
    let from_file = format!("@{}", file.path().display());
    let text = echoed(&["-d", "a=b", "--data", &from_file]);
    assert!(text.starts_with("POST "), "{text}");
    let form = "\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    assert!(
        text.contains(form) && text.contains("\r\nContent-Length: 7\r\n"),
        "{text}"
    );
    assert!(text.ends_with("\r\n\r\na=b&c=d"), "{text}");
}

#[test]
fn file_is_put_with_t() {
    let file = temporary(b"content\r\n");
    let text = echoed(&["-T", file.path().to_str().unwrap()]);
    assert!(text.starts_with("PUT /path?query "), "{text}");
    assert!(text.contains("\r\nContent-Length: 9\r\n"), "{text}");
    assert!(text.ends_with("\r\n\r\ncontent\r\n"), "{text}");
}

#[test]
fn standard_input_is_put_in_chunks() {
    let (_server, url) = echo();
    let output = fetch_with_input(&["-T", "-", &url], b"from the input");
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        text.contains("\r\nTransfer-Encoding: chunked\r\n"),
        "{text}"
    );
    assert!(
        text.ends_with("\r\n\r\ne\r\nfrom the input\r\n0\r\n\r\n"),
        "{text}"
    );
}

#[test]
fn local_address_is_that_of_interface() {
    let server = Scheme::Http.server(|peer| {
        peer.request()?;
        let client = peer.client()?.ip();
        peer.send(ok(&client.to_string()))
    });
    let output = succeeds(&["--interface", "127.0.0.3", &server.address.to_string()]);
    assert_eq!(output, b"127.0.0.3");
}

#[test]
fn exchange_is_shown_with_v_on_the_standard_error() {
    let server = Scheme::Http.server(answering(RESPONSE));
    let output = fetch(&["-v", &server.address.to_string()]);
    assert!(output.status.success());
    assert_eq!(output.stdout, b"hello");
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        text.starts_with(r"send: b'GET / HTTP/1.1\r\nHost: "),
        "{text}"
    );
    assert!(
        text.contains("\nreply: 'HTTP/1.1 200 OK\\r\\n'\n"),
        "{text}"
    );
    assert!(text.contains("\nheader: Content-Length: 5\n"), "{text}");
}

#[test]
fn zero_is_no_limit_of_time() {
    let server = Scheme::Http.server(answering(RESPONSE));
    let address = server.address.to_string();
    for option in ["-m", "--max-time", "--connect-timeout"] {
        assert_eq!(succeeds(&[option, "0", &address]), b"hello");
    }
}

#[test]
fn demo_without_a_url_runs_to_its_end() {
    let text = String::from_utf8(succeeds(&[])).unwrap();
    for word in ["GET", "HEAD", "POST", "PUT", "Hello from the other side."] {
        assert!(text.contains(word), "{word} is not in {text}");
    }
}

/// A server that sends back what it got, with the URL of a page there.
fn echo() -> (Server, String) {
    let server = Scheme::Http.server(|peer| {
        let head = peer.request()?;
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("Content-Length: "))
            .map_or(0, |length| length.parse().unwrap());
        let mut body = peer.bytes(length)?;
        if head.contains("chunked") {
            while !body.ends_with(b"0\r\n\r\n") {
                body.extend(peer.bytes(1)?);
            }
        }
        let echo = format!("{head}{}", String::from_utf8_lossy(&body));
        peer.send(ok(&echo))
    });
    let url = format!("http://{}/path?query", server.address);
    (server, url)
}

fn echoed(arguments: &[&str]) -> String {
    let (_server, url) = echo();
    let output = succeeds(&[&[&*url], arguments].concat());
    String::from_utf8(output).unwrap()
}
