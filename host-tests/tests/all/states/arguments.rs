//! Arguments that are rejected before anything is sent.

use httplib_host_tests::{Body, Connection, ErrorKind, Host, HttpError};

use super::{State, assert_state_error, state_of};

#[test]
fn rejected_request_leaves_the_connection_started() {
    use ErrorKind::{InvalidUrl, UnicodeEncodeError, ValueError};
    let host = Host::new();
    for (method, url, kind) in [
        ("GET POST", "/", ValueError),
        ("", "/", ValueError),
        ("G\r\nX: y", "/", ValueError),
        ("GET", "/a b", InvalidUrl),
        ("GET", "/\r\nX: y", InvalidUrl),
        ("GET", "/\u{7f}", InvalidUrl),
        ("GET", "/\u{e9}", UnicodeEncodeError),
        ("G\u{e9}T", "/", UnicodeEncodeError),
    ] {
        let connection = host.http("127.0.0.1", 9).unwrap();
        let error = connection.put_request(method, url).unwrap_err();
        assert_eq!(error.kind, kind, "{method} {url}: {error}");
        let error = connection.put_request("GET", "/").unwrap_err();
        assert_state_error(&error, ErrorKind::CannotSendRequest, "Request-started");
    }
}

#[test]
fn url_with_control_characters_is_told_as_in_the_reference() {
    let connection = Host::new().http("127.0.0.1", 9).unwrap();
    let error = connection.put_request("GET", "/a b").unwrap_err();
    let text = "URL can't contain control characters. '/a b' (found at least ' ')";
    assert_eq!(error.message, text);
    assert!(error.is_instance(ErrorKind::HttpException));
}

#[test]
fn rejected_headers_leave_the_connection_started() {
    use ErrorKind::{UnicodeEncodeError, ValueError};
    let host = Host::new();
    for (name, value, kind) in [
        ("", "v", ValueError),
        (":n", "v", ValueError),
        ("n:", "v", ValueError),
        (" n", "v", ValueError),
        ("\tn", "v", ValueError),
        ("n ", "v", ValueError),
        ("n\t", "v", ValueError),
        ("Transfer-Encoding ", "chunked", ValueError),
        ("n\r\nX", "v", ValueError),
        ("n\0", "v", ValueError),
        ("n\u{e9}", "v", UnicodeEncodeError),
        ("n\u{20ac}", "v", UnicodeEncodeError),
        // As in the reference, the encoding is looked at first.
        (" n\u{e9}", "v", UnicodeEncodeError),
        ("n", "v\r\nX: y", ValueError),
        ("n", "v\n", ValueError),
        ("n", "v\r", ValueError),
        ("n", "v\0", ValueError),
        ("n", "\u{20ac}", UnicodeEncodeError),
    ] {
        let connection = host.http("127.0.0.1", 9).unwrap();
        connection.put_request("GET", "/").unwrap();
        let error = connection.put_header(name, &[value]).err();
        let error = error.unwrap_or_else(|| panic!("{name:?} {value:?} is accepted"));
        assert_eq!(error.kind, kind, "{name:?} {value:?}: {error}");
        assert!(error.is_instance(ValueError));
        assert_eq!(state_of(&connection), State::Started);

        let connection = host.http("127.0.0.1", 9).unwrap();
        let headers = [(name, value)];
        let error = connection.request("GET", "/", None, &headers).unwrap_err();
        assert_eq!(error.kind, kind, "{name:?} {value:?}: {error}");
        assert_eq!(state_of(&connection), State::Started);
    }
}

#[test]
fn header_name_beyond_ascii_is_told_as_in_the_reference() {
    type Put = fn(&Connection, &str) -> Result<(), HttpError>;
    let puts: [Put; 4] = [
        |connection, name| connection.put_header(name, &["v"]),
        |connection, name| connection.put_trailer(name, &["v"]),
        |connection, name| connection.set_tunnel("h", 8, &[(name, "v")]),
        |connection, name| {
            connection.close();
            connection.request("GET", "/", None, &[(name, "v")])
        },
    ];
    let host = Host::new();
    for put in puts {
        for (name, what) in [
            ("caf\u{e9}", "character '\\xe9' in position 3"),
            ("\u{100}x", "character '\\u0100' in position 0"),
            ("n\u{1f600}\u{e9}", "characters in position 1-2"),
        ] {
            let connection = host.http("127.0.0.1", 9).unwrap();
            connection.put_request("PUT", "/").unwrap();
            let error = put(&connection, name).unwrap_err();
            assert_eq!(error.kind, ErrorKind::UnicodeEncodeError, "{error}");
            let text = format!("'ascii' codec can't encode {what}: ordinal not in range(128)");
            assert_eq!(error.message, text);
        }
    }
}

#[test]
fn text_body_outside_of_latin_1_is_a_unicode_encode_error() {
    let connection = Host::new().http("127.0.0.1", 9).unwrap();
    let body = Body::Text("\u{20ac}");
    let error = connection
        .request("POST", "/", Some(body), &[])
        .unwrap_err();
    assert_eq!(error.kind, ErrorKind::UnicodeEncodeError);
    assert_eq!(state_of(&connection), State::Started);
}

#[test]
fn impossible_hosts_and_ports_are_invalid_urls() {
    let host = Host::new();
    for (name, text) in [
        ("h:abc", Some("nonnumeric port: 'abc'")),
        ("user:pw@host", Some("nonnumeric port: 'pw@host'")),
        ("h:-1", None),
        ("h:65536", None),
        ("a b", None),
        ("a\r\nb", None),
        ("a\u{7f}", None),
    ] {
        let error = host.http(name, None).err().unwrap();
        assert_eq!(error.kind, ErrorKind::InvalidUrl, "{name:?}");
        if let Some(text) = text {
            assert_eq!(error.message, text);
        }
    }
    for name in ["h:", "h:0", "h:80", "[::1]:8080", "[::1]", "h/path"] {
        assert!(host.http(name, None).is_ok(), "{name:?}");
    }
}

#[test]
fn source_address_that_is_none_is_a_value_error() {
    let connection = Host::new().http("127.0.0.1", 9).unwrap();
    let error = connection.set_source_address("localhost", 0).unwrap_err();
    assert_eq!(error.kind, ErrorKind::ValueError);
}
