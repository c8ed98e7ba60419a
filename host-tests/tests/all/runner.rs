//! The `fetch` command, as a person meets it.

use std::io::Write;
use std::net::TcpListener;
use std::process::{Command, Output, Stdio};

use crate::servers::certificates::authority;
use crate::servers::{Gate, Scheme, Server, answering, ok};

const RESPONSE: &str = "HTTP/1.1 200 OK\r\nX-Case: \u{e9}\r\nContent-Length: 5\r\n\r\nhello";

fn fetch(arguments: &[&str]) -> Output {
    fetch_with_input(arguments, b"")
}

fn fetch_with_input(arguments: &[&str], input: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_fetch"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Who does not read its input may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn succeeds(arguments: &[&str]) -> Vec<u8> {
    let output = fetch(arguments);
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    assert!(output.stderr.is_empty(), "{arguments:?}: {output:?}");
    output.stdout
}

/// One line, the exit status of curl, and nothing on the standard output.
fn fails(arguments: &[&str], code: i32, words: &[&str]) {
    let output = fetch(arguments);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
    assert!(output.stdout.is_empty(), "{arguments:?}: {output:?}");
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.starts_with("fetch: ") && text.ends_with('\n'), "{text}");
    assert_eq!(text.lines().count(), 1, "{text}");
    for word in words {
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

fn temporary(content: &[u8]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(content).unwrap();
    file
}

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
fn response_of_any_status_is_a_success() {
    let server = Scheme::Http.server(answering(
        "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno",
    ));
    assert_eq!(succeeds(&[&server.address.to_string()]), b"no");
}

#[test]
fn get_is_what_is_sent_without_options() {
    let text = echoed(&[]);
    assert!(text.starts_with("GET /path?query HTTP/1.1\r\nHost: 127.0.0.1:"), "{text}");
    assert!(text.ends_with("\r\n\r\n") && !text.contains("Content-Length"), "{text}");
}

#[test]
fn method_and_headers_are_those_of_the_options() {
    let text = echoed(&["-X", "PURGE", "-H", "A: b", "-H", "Accept:", "-H", "host: h"]);
    assert!(text.starts_with("PURGE /path?query HTTP/1.1\r\n"), "{text}");
    assert!(text.contains("\r\nA: b\r\n") && text.contains("\r\nhost: h\r\n"), "{text}");
    assert!(!text.contains("Accept: ") && !text.contains("Host: "), "{text}");
}

#[test]
fn data_is_posted_as_a_form() {
    let file = temporary(b"c=\r\nd\n");
    let from_file = format!("@{}", file.path().display());
    let text = echoed(&["-d", "a=b", "--data", &from_file]);
    assert!(text.starts_with("POST "), "{text}");
    let form = "\r\nContent-Type: application/x-www-form-urlencoded\r\n";
    assert!(text.contains(form) && text.contains("\r\nContent-Length: 7\r\n"), "{text}");
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
    assert!(text.contains("\r\nTransfer-Encoding: chunked\r\n"), "{text}");
    assert!(text.ends_with("\r\n\r\ne\r\nfrom the input\r\n0\r\n\r\n"), "{text}");
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
    assert!(text.starts_with(r"send: b'GET / HTTP/1.1\r\nHost: "), "{text}");
    assert!(text.contains("\nreply: 'HTTP/1.1 200 OK\\r\\n'\n"), "{text}");
    assert!(text.contains("\nheader: Content-Length: 5\n"), "{text}");
}

#[test]
fn https_needs_a_trusted_certificate_or_k() {
    let server = Scheme::Tls13.server(answering(RESPONSE));
    let url = format!("https://127.0.0.1:{}/", server.port());
    fails(&[&url], 60, &[&server.address.to_string(), "unknown"]);
    assert_eq!(succeeds(&["-k", &url]), b"hello");
    for data in [authority().pem.as_bytes(), &authority().der] {
        let file = temporary(data);
        let path = file.path().to_str().unwrap();
        assert_eq!(succeeds(&["--cacert", path, &url]), b"hello");
    }
    let file = temporary(b"nothing");
    fails(&["--cacert", file.path().to_str().unwrap(), &url], 77, &["certificate"]);
    fails(&["--cacert", "/does/not/exist", &url], 77, &["/does/not/exist"]);
}

#[test]
fn refused_connection_is_7() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    fails(&[&address], 7, &["could not connect to", &address, "refused"]);
}

#[test]
fn unknown_host_is_6() {
    // Too long a label: nobody has to be asked.
    let name = "x".repeat(64);
    fails(&[&format!("http://{name}/")], 6, &["could not resolve"]);
}

#[test]
fn bad_url_is_3_and_unknown_scheme_1() {
    fails(&["http://127.0.0.1:99999/"], 3, &["bad URL"]);
    fails(&["http:///"], 3, &["bad URL"]);
    fails(&["ftp://127.0.0.1/"], 1, &["ftp"]);
}

#[test]
fn timeouts_are_28_and_say_where() {
    let gate = Gate::default();
    let server = {
        let gate = gate.clone();
        Server::start(None, move |peer| {
            peer.receive()?;
            gate.wait();
            Ok(())
        })
    };
    let address = server.address.to_string();
    fails(&["-m", "0.5", &address], 28, &["no response from", &address, "timed out"]);
    let https = format!("https://{address}/");
    fails(&["--connect-timeout", "0.5", &https], 28, &["TLS", "timed out"]);
    gate.open();
}

#[test]
fn responses_that_are_none_or_cut_short_have_their_codes() {
    let cases: [(&str, i32, &[&str]); 4] = [
        ("", 52, &["no response"]),
        ("SSH-2.0-OpenSSH\r\n", 8, &["SSH-2.0-OpenSSH"]),
        ("HTTP/2.0 200 OK\r\n\r\n", 8, &["HTTP/2.0"]),
        ("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", 8, &[]),
    ];
    for (response, code, words) in cases {
        let server = Scheme::Http.server(move |peer| {
            peer.request()?;
            peer.send(response)
        });
        fails(&[&server.address.to_string()], code, words);
    }
    let server = Scheme::Http.server(|peer| {
        peer.request()?;
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello")
    });
    let output = fetch(&[&server.address.to_string()]);
    assert_eq!(output.status.code(), Some(18));
    assert_eq!(output.stdout, b"hello");
    assert_eq!(output.stderr.iter().filter(|&&byte| byte == b'\n').count(), 1);
}

#[test]
fn control_characters_of_the_peer_do_not_reach_the_terminal() {
    let server = Scheme::Http.server(answering("\u{1b}[2J\u{7}evil\r\n"));
    let output = fetch(&[&server.address.to_string()]);
    assert_eq!(output.status.code(), Some(8));
    assert!(!output.stderr.contains(&0x1b), "{output:?}");
}

#[test]
fn files_that_cannot_be_used_have_their_codes() {
    let server = Scheme::Http.server(answering(RESPONSE));
    let address = server.address.to_string();
    fails(&["-o", "/does/not/exist", &address], 23, &["/does/not/exist"]);
    fails(&["-T", "/does/not/exist", &address], 26, &["/does/not/exist"]);
}

#[test]
fn wrong_usage_is_2() {
    for arguments in [&["--nonsense"][..], &["-m", "0", "h"], &["-H", "no colon", "h"]] {
        let output = fetch(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
        assert!(!output.stderr.is_empty());
    }
}

#[test]
fn demo_without_a_url_runs_to_its_end() {
    let text = String::from_utf8(succeeds(&[])).unwrap();
    for word in ["GET", "HEAD", "POST", "PUT", "Hello from the other side."] {
        assert!(text.contains(word), "{word} is not in {text}");
    }
}
