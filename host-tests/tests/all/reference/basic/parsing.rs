//! Status lines, joined headers, and `host:port`.

use httplib_host_tests::{ErrorKind, Host};

use crate::reference::{assert_ended, get, refused};

#[test]
fn status_lines() {
    let response = get("HTTP/1.1 200 Fine\r\n\r\nbody");
    assert_eq!(response.read(Some(0)).unwrap(), b"");
    assert!(!response.is_closed());
    assert_eq!(response.read(None).unwrap(), b"body");
    assert_ended(&response);

    let line = "HTTP/1.1 200.5 Almost fine\r\n";
    let error = refused(format!("{line}\r\nbody"));
    assert_eq!(error.kind, ErrorKind::BadStatusLine);
    assert_eq!(error.line.as_deref(), Some(line));
}

#[test]
fn bad_status_repr() {
    // A line of nothing at all is the end of the connection, which shows itself as
    // two quotes in the reference.
    let error = refused("");
    assert!(error.is_instance(ErrorKind::BadStatusLine));
    assert_eq!(error.line.as_deref(), Some("''"));
}

#[test]
fn host_port() {
    let host = Host::new();
    for text in ["example.org:http", "name:secret@example.org"] {
        let error = host.http(text, None).err().unwrap();
        assert_eq!(error.kind, ErrorKind::InvalidUrl, "{text}");
    }
    for (text, name, port) in [
        ("[fe80::7]:8080", "fe80::7", 8080),
        ("example.org:8080", "example.org", 8080),
        ("example.org", "example.org", 80),
        ("example.org:", "example.org", 80),
        ("[fe80::7]", "fe80::7", 80),
        ("[fe80::7]:", "fe80::7", 80),
    ] {
        let connection = host.http(text, None).unwrap();
        assert_eq!((&*connection.host(), connection.port()), (name, port));
    }
}

#[test]
fn response_headers() {
    let cookies = ["a=1; Path=/", "b=\"2, 3\"; Version=\"1\""];
    let lines = cookies.map(|cookie| format!("Set-Cookie: {cookie}\r\n"));
    let response = get(format!("HTTP/1.1 200 OK\r\n{}\r\n", lines.concat()));
    assert_eq!(response.header("set-cookie"), Some(cookies.join(", ")));
}
