//! The exit status and the one line that goes with it.

use std::net::TcpListener;

use super::{RESPONSE, fetch, succeeds, temporary};
use crate::servers::certificates::authority;
use crate::servers::{Gate, Scheme, Server, answering};

#[test]
fn response_of_any_status_is_a_success() {
    let server = Scheme::Http.server(answering(
        "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno",
    ));
    assert_eq!(succeeds(&[&server.address.to_string()]), b"no");
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
    fails(
        &["--cacert", file.path().to_str().unwrap(), &url],
        77,
        &["certificate"],
    );
    fails(
        &["--cacert", "/does/not/exist", &url],
        77,
        &["/does/not/exist"],
    );
}

#[test]
fn refused_connection_is_7() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    fails(
        &[&address],
        7,
        &["could not connect to", &address, "refused"],
    );
}

#[test]
fn unknown_host_is_6() {
    // An empty label: nobody has to be asked.
    let name = "no..name";
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
    fails(
        &["-m", "0.5", &address],
        28,
        &["no response from", &address, "timed out"],
    );
    let https = format!("https://{address}/");
    fails(
        &["--connect-timeout", "0.5", &https],
        28,
        &["TLS", "timed out"],
    );
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
    assert_eq!(
        output.stderr.iter().filter(|&&byte| byte == b'\n').count(),
        1
    );
}

#[test]
fn body_shorter_than_a_length_that_is_said_twice_is_18() {
    for head in [
        "Content-Length: 9\r\nContent-Length: 9",
        "Content-Length: 9, 9",
    ] {
        let server = Scheme::Http.server(move |peer| {
            peer.request()?;
            peer.send(format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\nabc"))
        });
        let output = fetch(&[&server.address.to_string()]);
        assert_eq!(output.status.code(), Some(18), "{head}: {output:?}");
        assert_eq!(output.stdout, b"abc");
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains("after 3 of 9 bytes"), "{text}");
    }
}

#[test]
fn chunked_body_cut_short_is_18_and_broken_is_56() {
    let cases = [
        ("3\r\nabc\r\n5\r\nx", 18, "the connection ended too early"),
        ("3\r\nabc\r\nzz\r\n", 56, "its chunked coding is broken"),
    ];
    for (body, code, words) in cases {
        let server = Scheme::Http.server(move |peer| {
            peer.request()?;
            peer.send(format!(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{body}"
            ))
        });
        let output = fetch(&[&server.address.to_string()]);
        assert_eq!(output.status.code(), Some(code), "{body:?}: {output:?}");
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains(words), "{body:?}: {text}");
    }
}

#[test]
fn head_of_a_long_body_is_a_success() {
    let server = Scheme::Http.server(answering("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"));
    assert_eq!(succeeds(&["-X", "HEAD", &server.address.to_string()]), b"");
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
    fails(
        &["-o", "/does/not/exist", &address],
        23,
        &["/does/not/exist"],
    );
    fails(
        &["-T", "/does/not/exist", &address],
        26,
        &["/does/not/exist"],
    );
}

#[test]
fn wrong_usage_is_2() {
    for arguments in [
        &["--nonsense"][..],
        &["-m", "-1", "h"],
        &["-H", "no colon", "h"],
    ] {
        let output = fetch(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
        assert!(!output.stderr.is_empty());
    }
}

#[test]
fn unknown_option_is_named_without_the_advice_to_make_it_the_url() {
    let output = fetch(&["-L", "http://127.0.0.1/"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("'-L'"), "{text}");
    assert!(!text.contains("-- -L"), "{text}");
}

/// One line, the exit status of curl, and nothing on the standard output.
fn fails(arguments: &[&str], code: i32, words: &[&str]) {
    let output = fetch(arguments);
    assert_eq!(
        output.status.code(),
        Some(code),
        "{arguments:?}: {output:?}"
    );
    assert!(output.stdout.is_empty(), "{arguments:?}: {output:?}");
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(
        text.starts_with("fetch: ") && text.ends_with('\n'),
        "{text}"
    );
    assert_eq!(text.lines().count(), 1, "{text}");
    for word in words {
        assert!(text.contains(word), "{word} is not in {text}");
    }
}
