//! `HeaderTests`: header fields that are sent, received and refused.

use httplib_host_tests::{Body, Connection, ErrorKind, Host};

use super::{debug_output, get, values};
use crate::request_wire::{EMPTY, on_the_wire, request};
use crate::servers::{Scheme, Server, answering};

#[test]
fn auto_headers() {
    for name in ["Content-Length", "Host", "Accept-Encoding"] {
        for own in [&[][..], &[(name, "4")]] {
            let sent = request("POST", Some(Body::Text("text")), own, false);
            for automatic in ["content-length", "host", "accept-encoding"] {
                assert_eq!(values(&sent, automatic).len(), 1, "{automatic}: {sent}");
            }
        }
    }
}

#[test]
fn content_length_0() {
    let expecting = ["PUT", "POST", "PATCH"].map(|method| (method, &["0"][..]));
    let others = ["GET", "CONNECT", "DELETE", "HEAD", "OPTIONS", "TRACE"];
    let others = others.map(|method| (method, &[][..]));
    for (method, absent) in expecting.into_iter().chain(others) {
        for (body, expected) in [(None, absent), (Some(""), &["0"]), (Some("x"), &["1"])] {
            let sent = request(method, body.map(Body::Text), &[], false);
            assert_eq!(values(&sent, "Content-Length"), expected, "{sent}");
        }
    }
}

#[test]
fn putheader() {
    // A number is its text here. Names are text, so that none beyond ASCII is taken,
    // and none that ends in a blank: it could pass for another field.
    let table: [(&str, &[&str], &str); 10] = [
        ("Count", &["7"], "Count: 7"),
        ("Blanks", &[" a "], "Blanks:  a "),
        ("Tabs", &["\ta\t"], "Tabs: \ta\t"),
        ("Several", &["a", "b"], "Several: a\r\n\tb"),
        ("Latin", &["\u{fe}"], "Latin: \u{fe}"),
        ("Utf-8", &["\u{c3}\u{a4}"], "Utf-8: \u{c3}\u{a4}"),
        ("Control", &["a\u{85}b"], "Control: a\u{85}b"),
        ("Fold-Space", &["a\r\n b"], "Fold-Space: a\r\n b"),
        ("Fold-Tab", &["a\r\n\tb"], "Fold-Tab: a\r\n\tb"),
        ("In Ner", &["a"], "In Ner: a"),
    ];
    let sent = on_the_wire(|connection| {
        connection.put_request_skipping("GET", "/", true, true)?;
        for (name, values, _) in table {
            connection.put_header(name, values)?;
        }
        connection.end_headers(None, false)
    });
    let lines: String = table
        .iter()
        .map(|(_, _, line)| format!("{line}\r\n"))
        .collect();
    assert_eq!(sent, format!("GET / HTTP/1.1\r\n{lines}\r\n"));

    let connection = Host::new().http("127.0.0.1", 9).unwrap();
    connection.put_request("GET", "/").unwrap();
    for (name, kind) in [
        ("Trailing ", ErrorKind::ValueError),
        ("No\u{a0}Break", ErrorKind::UnicodeEncodeError),
    ] {
        let error = connection.put_header(name, &["a"]).unwrap_err();
        assert_eq!(error.kind, kind, "{name:?}");
    }
}

#[test]
fn ipv6host_header() {
    // Through a tunnel, so that nobody has to have the address. The automatic Host
    // of CONNECT has brackets as well, which the reference forgets.
    for (host, target, field) in [
        ("[2001:db8::7]:81", "[2001:db8::7]:81", "[2001:db8::7]:81"),
        ("[2001:db8::7]", "[2001:db8::7]:80", "[2001:db8::7]"),
        ("[fe80::7%2]", "[fe80::7]:80", "[fe80::7]"),
        ("[fe80::7%2]:81", "[fe80::7]:81", "[fe80::7]:81"),
    ] {
        let proxy = Scheme::Http.server(answering(EMPTY));
        let connection = Scheme::Http.connection(&Host::new(), proxy.port());
        connection.set_tunnel(host, None, &[]).unwrap();
        connection.request("GET", "/", None, &[]).unwrap();
        connection.get_response().unwrap();
        let sent = String::from_utf8(proxy.received(0)).unwrap();
        let start = format!("CONNECT {target} HTTP/1.1\r\n");
        assert!(sent.starts_with(&start), "{sent}");
        assert_eq!(values(&sent, "Host"), [target, field], "{sent}");
    }
}

#[test]
fn malformed_headers_coped_with() {
    let response = get("HTTP/1.1 200 OK\r\nBefore: 1\r\n: 2\r\nAfter: 3\r\n\r\n");
    let fields = response.get_headers();
    let expected = [("Before", "1"), ("After", "3")];
    assert_eq!(fields, expected.map(|(n, v)| (n.into(), v.into())));
}

#[test]
fn parse_all_octets() {
    let text = |bytes: std::ops::RangeInclusive<u8>| bytes.map(char::from).collect::<String>();
    let symbols = "!#$%&'*+-.^_`|~";
    let token = [symbols, &text(b'0'..=b'9'), &text(b'A'..=b'Z')].concat();
    let (visible, obsolete) = (text(0x21..=0x7E), text(0x80..=0xFF));
    let fold = "one\r\n two\r\n\tthree";
    let head = format!(
        "HTTP/1.1 200 OK\r\n{token}: x\r\nVisible: {visible}\r\nObsolete: {obsolete}\r\n\
         Fold: {fold}\r\nContent-Length: 2\r\n\r\nok and more"
    );
    let bytes: Vec<u8> = head
        .chars()
        .map(|char| u8::try_from(char).unwrap())
        .collect();
    let response = get(bytes);
    let token = token.to_lowercase();
    for (name, value) in [
        (&*token, "x"),
        ("visible", &visible),
        ("obsolete", &obsolete),
        ("fold", fold),
    ] {
        assert_eq!(response.header(name).as_deref(), Some(value));
    }
    assert_eq!(response.read(None).unwrap(), b"ok");
}

/// Sixteen pairs that would be read as something else, the names first.
fn invalid_headers_table() -> Vec<(String, String, &'static str)> {
    let breaks = ["\r\n", "\r", "\n"];
    let mut names: Vec<String> = [" ", "\t", ":"].map(|start| format!("{start}Name")).into();
    names.push("Na:me".into());
    names.extend(breaks.map(|end| format!("Na{end}me")));
    names.extend(breaks.map(|end| format!("{end}Name")));
    let mut values = Vec::from(breaks.map(|end| format!("val{end}ue")));
    values.extend(breaks.map(|end| format!("value{end}")));
    let names = names
        .into_iter()
        .map(|name| (name, "value".to_owned(), "Invalid header name "));
    let values = values
        .into_iter()
        .map(|value| ("Name".to_owned(), value, "Invalid header value "));
    names.chain(values).collect()
}

#[test]
fn invalid_headers() {
    let table = invalid_headers_table();
    assert_eq!(table.len(), 16);
    for (name, value, message) in table {
        let connection = Host::new().http("127.0.0.1", 9).unwrap();
        connection.put_request("GET", "/").unwrap();
        let error = connection.put_header(&name, &[&value]).unwrap_err();
        assert_eq!(error.kind, ErrorKind::ValueError);
        assert!(error.message.starts_with(message), "{error}");
    }
}

#[test]
fn invalid_tunnel_headers() {
    for (name, value, message) in invalid_headers_table() {
        let connection = Host::new().http("127.0.0.1", 9).unwrap();
        // At once, not when the tunnel is opened.
        let error = connection
            .set_tunnel("host", None, &[(&name, &value)])
            .unwrap_err();
        assert_eq!(error.kind, ErrorKind::ValueError);
        assert!(error.message.starts_with(message), "{error}");
    }
}

#[test]
fn invalid_tunnel_host() {
    for host in ["ho st", "ho\rst", "ho\nst", "host\r\n", "ho\0st"] {
        let connection = Host::new().http("127.0.0.1", 9).unwrap();
        let error = connection.set_tunnel(host, None, &[]).unwrap_err();
        assert_eq!(error.kind, ErrorKind::ValueError);
        let message = "Tunnel host can't contain control characters '";
        assert!(error.message.starts_with(message), "{error}");
    }
}

#[test]
fn headers_debuglevel() {
    let answer = "HTTP/1.1 200 OK\r\nOne: a\r\nTwo: b\r\nTwo: c\r\n\r\n";
    let server = Scheme::Http.server(answering(answer));
    let output = debug_output(&server, |connection| {
        connection.request("GET", "/", None, &[])?;
        connection.get_response().map(drop)
    });
    let (_, replies) = output.split_once('\n').unwrap();
    assert_eq!(
        replies,
        "reply: 'HTTP/1.1 200 OK\\r\\n'\nheader: One: a\nheader: Two: b\nheader: Two: c\n"
    );
}

/// Answers on one connection, each with 120 header lines.
fn server_with_many_headers() -> Server {
    let fields: String = (0..119).map(|n| format!("Field-{n}: x\r\n")).collect();
    let answer = format!("HTTP/1.1 200 OK\r\n{fields}Content-Length: 0\r\n\r\n");
    Scheme::Http.server(answering(answer))
}

/// How many headers there are, or the text of the error.
fn ask(connection: &Connection) -> Result<usize, String> {
    connection.request("GET", "/", None, &[]).unwrap();
    let response = connection.get_response();
    let response = response.map_err(|error| {
        assert_eq!(error.kind, ErrorKind::HttpException);
        connection.close();
        error.message
    })?;
    response.read(None).unwrap();
    Ok(response.get_headers().len())
}

#[test]
fn max_response_headers() {
    let server = server_with_many_headers();
    let connection = Scheme::Http.connection(&Host::new(), server.port());
    let too_many = Err("got more than 100 headers".into());
    assert_eq!(ask(&connection), too_many);
    connection.set_max_response_headers(120);
    assert_eq!(ask(&connection), Ok(120));
}

#[test]
fn max_connection_headers() {
    let server = server_with_many_headers();
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.set_max_response_headers(120);
    for _ in 0..2 {
        assert_eq!(ask(&connection), Ok(120));
    }
    assert_eq!(server.accepts(), 1);
    connection.set_max_response_headers(119);
    let too_many = Err("got more than 119 headers".into());
    assert_eq!(ask(&connection), too_many);
    // The limit is this connection's alone.
    let other = Scheme::Http.connection(&host, server.port());
    let too_many = Err("got more than 100 headers".into());
    assert_eq!(ask(&other), too_many);
}
