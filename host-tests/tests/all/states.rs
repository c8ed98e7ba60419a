//! The states of a connection, and the errors that calls end with in each.

use httplib_host_tests::{Body, Connection, ErrorKind, Host, HttpError};

use crate::servers::{Gate, Scheme, Server, answering, ok};

#[derive(Clone, Copy, Debug, PartialEq)]
enum State {
    Idle,
    Started,
    Sent,
}

const STATES: [State; 3] = [State::Idle, State::Started, State::Sent];

/// Brings a new connection into a state.
fn connection_in(state: State, host: &Host, server: &Server) -> Connection {
    let connection = Scheme::Http.connection(host, server.port());
    match state {
        State::Idle => {}
        State::Started => connection.put_request("GET", "/").unwrap(),
        State::Sent => connection.request("GET", "/", None, &[]).unwrap(),
    }
    connection
}

/// The state as the wrong calls tell it.
fn state_of(connection: &Connection) -> State {
    let error = connection.put_header("A:", &[]).unwrap_err();
    if error.kind != ErrorKind::CannotSendHeader {
        return State::Started;
    }
    match connection.put_request("BAD METHOD", "/").unwrap_err().kind {
        ErrorKind::CannotSendRequest => State::Sent,
        _ => {
            connection.close();
            State::Idle
        }
    }
}

fn assert_state_error(error: &HttpError, kind: ErrorKind, state: &str) {
    assert_eq!(error.kind, kind);
    assert_eq!(error.message, state);
    assert_eq!(error.state.as_deref(), Some(state));
    assert!(error.is_instance(ErrorKind::ImproperConnectionState));
    assert!(error.is_instance(ErrorKind::HttpException));
    assert!(!error.is_instance(ErrorKind::OsError));
}

#[test]
fn request_is_begun_only_when_idle() {
    let server = Scheme::Http.server(answering(ok("hello")));
    let host = Host::new();
    for (state, name) in [
        (State::Started, "Request-started"),
        (State::Sent, "Request-sent"),
    ] {
        let connection = connection_in(state, &host, &server);
        let error = connection.put_request("GET", "/").unwrap_err();
        assert_state_error(&error, ErrorKind::CannotSendRequest, name);
        let error = connection.request("GET", "/", None, &[]).unwrap_err();
        assert_state_error(&error, ErrorKind::CannotSendRequest, name);
        assert_eq!(state_of(&connection), state);
    }
}

#[test]
fn headers_are_put_only_when_started() {
    let server = Scheme::Http.server(answering(ok("hello")));
    let host = Host::new();
    for state in [State::Idle, State::Sent] {
        let connection = connection_in(state, &host, &server);
        let errors = [
            connection.put_header("A", &["b"]).unwrap_err(),
            connection.end_headers(None, false).unwrap_err(),
        ];
        for error in errors {
            assert_eq!(error.kind, ErrorKind::CannotSendHeader);
            assert_eq!((error.message.as_str(), error.state.as_deref()), ("", None));
            assert!(error.is_instance(ErrorKind::ImproperConnectionState));
        }
        assert_eq!(state_of(&connection), state);
    }
}

#[test]
fn response_is_got_only_when_sent() {
    let server = Scheme::Http.server(answering(ok("hello")));
    let host = Host::new();
    for (state, name) in [(State::Idle, "Idle"), (State::Started, "Request-started")] {
        let connection = connection_in(state, &host, &server);
        let error = connection.get_response().err().unwrap();
        assert_state_error(&error, ErrorKind::ResponseNotReady, name);
        assert_eq!(state_of(&connection), state);
    }
}

#[test]
fn unread_response_lets_a_request_out_but_no_response_in() {
    let server = Scheme::Http.server(answering(ok("hello")));
    let host = Host::new();
    let connection = connection_in(State::Sent, &host, &server);
    let first = connection.get_response().unwrap();
    connection.request("GET", "/", None, &[]).unwrap();
    let error = connection.get_response().err().unwrap();
    assert_state_error(&error, ErrorKind::ResponseNotReady, "Request-sent");
    assert_eq!(first.read(None).unwrap(), b"hello");
    let second = connection.get_response().unwrap();
    assert_eq!(second.read(None).unwrap(), b"hello");
    assert_eq!(server.accepts(), 1);
}

#[test]
fn send_and_connect_are_possible_in_every_state() {
    let server = Scheme::Http.server(|peer| peer.rest().map(drop));
    let host = Host::new();
    for (number, state) in STATES.into_iter().enumerate() {
        let connection = connection_in(state, &host, &server);
        connection.send(b"raw").unwrap();
        assert_eq!(state_of(&connection), state);
        connection.close();
        assert!(server.wait_for_end(number).ends_with(b"raw"));
    }
    for state in STATES {
        let connection = connection_in(state, &host, &server);
        connection.connect().unwrap();
        assert_eq!(state_of(&connection), state);
    }
}

#[test]
fn close_leads_back_to_idle_from_every_state() {
    let server = Scheme::Http.server(answering(ok("hello")));
    let host = Host::new();
    for state in STATES {
        let connection = connection_in(state, &host, &server);
        connection.close();
        connection.close();
        assert_eq!(state_of(&connection), State::Idle);
        connection.request("GET", "/", None, &[]).unwrap();
        let response = connection.get_response().unwrap();
        assert_eq!(response.read(None).unwrap(), b"hello");
    }
}

#[test]
fn close_forgets_a_half_built_request() {
    let server = Scheme::Http.server(|peer| {
        let head = peer.request()?;
        peer.send(ok(&head))
    });
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.put_request("POST", "/old").unwrap();
    connection.put_header("Old", &["yes"]).unwrap();
    connection.close();
    connection.request("GET", "/new", None, &[]).unwrap();
    let body = connection.get_response().unwrap().read(None).unwrap();
    let head = String::from_utf8(body).unwrap();
    assert!(head.starts_with("GET /new HTTP/1.1\r\n") && !head.contains("ld"), "{head}");
}

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
        ("n\r\nX", "v", ValueError),
        ("n\0", "v", ValueError),
        ("n\u{e9}", "v", UnicodeEncodeError),
        ("n", "v\r\nX: y", ValueError),
        ("n", "v\n", ValueError),
        ("n", "v\r", ValueError),
        ("n", "v\0", ValueError),
        ("n", "\u{20ac}", UnicodeEncodeError),
    ] {
        let connection = host.http("127.0.0.1", 9).unwrap();
        connection.put_request("GET", "/").unwrap();
        let error = connection.put_header(name, &[value]).unwrap_err();
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
fn text_body_outside_of_latin_1_is_a_unicode_encode_error() {
    let connection = Host::new().http("127.0.0.1", 9).unwrap();
    let body = Body::Text("\u{20ac}");
    let error = connection.request("POST", "/", Some(body), &[]).unwrap_err();
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
fn refused_connection_leaves_the_request_sent() {
    // Bound, and so nobody else's, but not listening.
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    let any = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    socket.bind(&any.into()).unwrap();
    let port = socket.local_addr().unwrap().as_socket().unwrap().port();

    let connection = Host::new().http("127.0.0.1", port).unwrap();
    let error = connection.request("GET", "/", None, &[]).unwrap_err();
    assert_eq!(error.kind, ErrorKind::ConnectionRefused);
    assert_eq!(error.socket_code.as_deref(), Some("connection-refused"));
    assert_eq!(error.phase, Some(httplib_host_tests::Phase::Connect));
    assert_eq!(error.host.as_deref(), Some("127.0.0.1"));
    assert!(error.is_instance(ErrorKind::ConnectionError));
    assert!(error.is_instance(ErrorKind::OsError));
    assert!(!error.is_instance(ErrorKind::HttpException));

    let error = connection.get_response().err().unwrap();
    assert_eq!(error.kind, ErrorKind::NotConnected);
    let error = connection.request("GET", "/", None, &[]).unwrap_err();
    assert_state_error(&error, ErrorKind::CannotSendRequest, "Request-sent");
    connection.close();
    assert_eq!(state_of(&connection), State::Idle);
}

#[test]
fn name_that_does_not_exist_is_a_name_resolution_error() {
    // Too long a label: nobody has to be asked.
    let name = "x".repeat(64);
    let connection = Host::new().http(&name, 80).unwrap();
    let error = connection.connect().unwrap_err();
    assert!(error.is_instance(ErrorKind::OsError), "{error}");
    assert_eq!(error.kind, ErrorKind::NameResolution);
    assert_eq!(error.phase, Some(httplib_host_tests::Phase::Resolve));
    assert_eq!(error.host.as_deref(), Some(name.as_str()));
}

#[test]
fn connection_errors_of_get_response_lead_back_to_idle() {
    type End = fn(&mut crate::servers::Peer) -> std::io::Result<()>;
    let ends: [(End, ErrorKind); 2] = [
        (|_| Ok(()), ErrorKind::RemoteDisconnected),
        (|peer| peer.reset(), ErrorKind::ConnectionReset),
    ];
    for (end, kind) in ends {
        let server = Scheme::Http.server(move |peer| {
            peer.request()?;
            end(peer)
        });
        let host = Host::new();
        let connection = connection_in(State::Sent, &host, &server);
        let error = connection.get_response().err().unwrap();
        assert_eq!(error.kind, kind);
        assert!(error.is_instance(ErrorKind::ConnectionReset));
        assert!(error.is_instance(ErrorKind::OsError));
        assert_eq!(state_of(&connection), State::Idle);
    }
}

#[test]
fn remote_disconnected_has_both_its_parents() {
    let server = Scheme::Http.server(|peer| peer.request().map(drop));
    let connection = connection_in(State::Sent, &Host::new(), &server);
    let error = connection.get_response().err().unwrap();
    assert_eq!(error.message, "Remote end closed connection without response");
    assert_eq!(error.line.as_deref(), Some("''"));
    for kind in [
        ErrorKind::RemoteDisconnected,
        ErrorKind::BadStatusLine,
        ErrorKind::HttpException,
        ErrorKind::ConnectionReset,
        ErrorKind::ConnectionError,
        ErrorKind::OsError,
    ] {
        assert!(error.is_instance(kind), "{kind:?}");
    }
    for kind in [ErrorKind::ImproperConnectionState, ErrorKind::TimedOut, ErrorKind::Tls] {
        assert!(!error.is_instance(kind), "{kind:?}");
    }
}

#[test]
fn protocol_errors_of_get_response_leave_the_request_sent() {
    let long = format!("HTTP/1.1 200 {}\r\n\r\n", "x".repeat(65_536));
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "A: b\r\n".repeat(101));
    for (answer, kind, message) in [
        ("SSH-2.0-x\r\n", ErrorKind::BadStatusLine, "SSH-2.0-x\r\n"),
        ("\r\nHTTP/1.1 200 OK\r\n\r\n", ErrorKind::BadStatusLine, "\r\n"),
        ("HTTP/1.1 99 Low\r\n", ErrorKind::BadStatusLine, "HTTP/1.1 99 Low\r\n"),
        ("HTTP/2.0 200 OK\r\n", ErrorKind::UnknownProtocol, "HTTP/2.0"),
        (&long, ErrorKind::LineTooLong, "got more than 65536 bytes when reading status line"),
        (&many, ErrorKind::HttpException, "got more than 100 headers"),
    ] {
        let server = Scheme::Http.server(answering(answer));
        let host = Host::new();
        let connection = connection_in(State::Sent, &host, &server);
        let error = connection.get_response().err().unwrap();
        assert_eq!((error.kind, error.message.as_str()), (kind, message));
        assert!(error.is_instance(ErrorKind::HttpException));
        match kind {
            ErrorKind::BadStatusLine => assert_eq!(error.line.as_deref(), Some(message)),
            ErrorKind::UnknownProtocol => assert_eq!(error.version.as_deref(), Some(message)),
            _ => assert_eq!((&error.line, &error.version), (&None, &None)),
        }
        assert_eq!(state_of(&connection), State::Sent);
        connection.close();
        assert_eq!(state_of(&connection), State::Idle);
    }
}

#[test]
fn body_that_ends_early_is_an_incomplete_read_with_what_there_was() {
    for (answer, expected, message) in [
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
            Some(5),
            "IncompleteRead(5 bytes read, 5 more expected)",
        ),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
            None,
            "IncompleteRead(5 bytes read)",
        ),
    ] {
        for scheme in Scheme::ALL {
            let server = scheme.server(move |peer| {
                peer.request()?;
                peer.send(answer)
            });
            let host = Host::new();
            let connection = scheme.connection(&host, server.port());
            connection.request("GET", "/", None, &[]).unwrap();
            let response = connection.get_response().unwrap();
            let error = response.read(None).unwrap_err();
            assert_eq!(error.kind, ErrorKind::IncompleteRead);
            assert_eq!(error.message, message);
            assert_eq!(error.partial.as_deref(), Some(&b"hello"[..]));
            assert_eq!(error.expected, expected);
            assert!(error.is_instance(ErrorKind::HttpException));
        }
    }
}

#[test]
fn early_reply_is_read_before_the_body_is_complete() {
    let gate = Gate::default();
    let go_on = gate.clone();
    let server = Scheme::Http.server(move |peer| {
        peer.request()?;
        peer.send("HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno")?;
        go_on.wait();
        Ok(())
    });
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.put_request("PUT", "/").unwrap();
    connection.put_header("Content-Length", &["100000000"]).unwrap();
    connection.end_headers(None, false).unwrap();
    connection.send(b"begin").unwrap();
    let number = connection.fileno().unwrap();
    host.select(&[number], &[], None).unwrap();
    let response = connection.get_response().unwrap();
    assert_eq!(response.status(), 413);
    assert_eq!(response.read(None).unwrap(), b"no");
    gate.open();
}

#[test]
fn send_to_a_closed_peer_fails_with_a_connection_error() {
    let server = Scheme::Http.server(|peer| {
        peer.request()?;
        peer.reset()
    });
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.request("GET", "/", None, &[]).unwrap();
    server.wait_for_end(0);
    let piece = vec![0; 65_536];
    let error = (0..1000).find_map(|_| connection.send(&piece).err()).unwrap();
    let kinds = [ErrorKind::BrokenPipe, ErrorKind::ConnectionReset];
    assert!(kinds.contains(&error.kind), "{error}");
    assert!(error.is_instance(ErrorKind::ConnectionError));
    assert_eq!(state_of(&connection), State::Sent);
}

#[test]
fn source_address_that_is_none_is_a_value_error() {
    let connection = Host::new().http("127.0.0.1", 9).unwrap();
    let error = connection.set_source_address("localhost", 0).unwrap_err();
    assert_eq!(error.kind, ErrorKind::ValueError);
}
