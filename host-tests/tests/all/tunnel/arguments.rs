//! What `set-tunnel` takes, and when.

use httplib_host_tests::{ErrorKind, Host};

use crate::servers::{Scheme, answering, ok};

#[test]
fn port_that_is_no_number_is_an_invalid_url() {
    let host = Host::new();
    let connection = host.http("127.0.0.1", 9).unwrap();
    for target in ["h:abc", "u:p@h", "h:-1", "h:+80", "h:8_0", "h:65536"] {
        let error = connection.set_tunnel(target, None, &[]).unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidUrl, "{target}");
        assert!(error.message.starts_with("nonnumeric port: '"), "{error}");
    }
}

#[test]
fn default_port_is_that_of_the_class() {
    let host = Host::new();
    for port in [80, 443] {
        let server = Scheme::Http.server(|peer| peer.request().map(drop));
        let connection = match port {
            80 => host.http("127.0.0.1", server.port()),
            _ => host.https("127.0.0.1", server.port(), None),
        }
        .unwrap();
        connection.set_tunnel("h", None, &[]).unwrap();
        connection.connect().unwrap_err();
        let seen = String::from_utf8(server.wait_for_end(0)).unwrap();
        assert!(seen.starts_with(&format!("CONNECT h:{port} ")), "{seen}");
    }
}

#[test]
fn control_characters_and_spaces_in_the_host_are_a_value_error() {
    let host = Host::new();
    let connection = host.http("127.0.0.1", 9).unwrap();
    for target in ["a b", "a\r\nX: y", "a\nb", "a\0", "\x7f", "\t"] {
        let error = connection.set_tunnel(target, 1, &[]).unwrap_err();
        assert_eq!(error.kind, ErrorKind::ValueError, "{target:?}");
        let text = "Tunnel host can't contain control characters ";
        assert!(error.message.starts_with(text), "{error}");
    }
}

#[test]
fn headers_that_would_be_refused_elsewhere_are_refused() {
    let host = Host::new();
    let connection = host.http("127.0.0.1", 9).unwrap();
    for (name, value, kind) in [
        ("", "b", ErrorKind::ValueError),
        ("A:", "b", ErrorKind::ValueError),
        (" A", "b", ErrorKind::ValueError),
        ("A\r\nB", "b", ErrorKind::ValueError),
        ("A", "b\r\nC: d", ErrorKind::ValueError),
        ("A", "b\n", ErrorKind::ValueError),
        ("A", "b\0", ErrorKind::ValueError),
        ("A", "\u{20ac}", ErrorKind::UnicodeEncodeError),
    ] {
        let error = connection.set_tunnel("h", 1, &[(name, value)]).unwrap_err();
        assert_eq!(error.kind, kind, "{name:?} {value:?}");
        assert!(error.is_instance(ErrorKind::ValueError));
    }
}

#[test]
fn name_that_cannot_be_mapped_is_a_unicode_encode_error() {
    let host = Host::new();
    let connection = host.http("127.0.0.1", 9).unwrap();
    for target in [&"a".repeat(64), "\u{378}.example"] {
        let error = connection.set_tunnel(target, 1, &[]).unwrap_err();
        assert_eq!(error.kind, ErrorKind::UnicodeEncodeError, "{target}");
    }
}

#[test]
fn refused_call_leaves_what_was_set() {
    let server = Scheme::Http.server(|peer| peer.request().map(drop));
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.set_tunnel("good", 1, &[]).unwrap();
    connection.set_tunnel("b a d", 1, &[]).unwrap_err();
    connection.connect().unwrap_err();
    assert!(server.wait_for_end(0).starts_with(b"CONNECT good:1 "));
}

#[test]
fn open_connection_is_a_runtime_error() {
    let server = Scheme::Http.server(answering(ok("hello")));
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.connect().unwrap();
    let error = connection.set_tunnel("h", 1, &[]).unwrap_err();
    assert_eq!(error.kind, ErrorKind::RuntimeError);
    let text = "Can't set up tunnel for established connection";
    assert_eq!(error.message, text);
    // The one there is serves on.
    connection.request("GET", "/", None, &[]).unwrap();
    let response = connection.get_response().unwrap();
    assert_eq!(response.read(None).unwrap(), b"hello");
    connection.close();
    connection.set_tunnel("h", 1, &[]).unwrap();
}
