//! What the network and the peer make of a call, and the state afterwards.

use httplib_host_tests::{ErrorKind, Host, Phase};

use super::{State, assert_state_error, connection_in, state_of};
use crate::servers::{Gate, Scheme, answering};

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
    assert_eq!(error.phase, Some(Phase::Connect));
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
    // An empty label: nobody has to be asked.
    let name = "no..name";
    let connection = Host::new().http(name, 80).unwrap();
    let error = connection.connect().unwrap_err();
    assert!(error.is_instance(ErrorKind::OsError), "{error}");
    assert_eq!(error.kind, ErrorKind::NameResolution);
    assert_eq!(error.phase, Some(Phase::Resolve));
    assert_eq!(error.host.as_deref(), Some(name));
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
    assert_eq!(
        error.message,
        "Remote end closed connection without response"
    );
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
    for kind in [
        ErrorKind::ImproperConnectionState,
        ErrorKind::TimedOut,
        ErrorKind::Tls,
    ] {
        assert!(!error.is_instance(kind), "{kind:?}");
    }
}

#[test]
fn protocol_errors_of_get_response_leave_the_request_sent() {
    let long = format!("HTTP/1.1 200 {}\r\n\r\n", "x".repeat(65_536));
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "A: b\r\n".repeat(101));
    for (answer, kind, message) in [
        ("SSH-2.0-x\r\n", ErrorKind::BadStatusLine, "SSH-2.0-x\r\n"),
        (
            "\r\nHTTP/1.1 200 OK\r\n\r\n",
            ErrorKind::BadStatusLine,
            "\r\n",
        ),
        (
            "HTTP/1.1 99 Low\r\n",
            ErrorKind::BadStatusLine,
            "HTTP/1.1 99 Low\r\n",
        ),
        (
            "HTTP/2.0 200 OK\r\n",
            ErrorKind::UnknownProtocol,
            "HTTP/2.0",
        ),
        (
            &long,
            ErrorKind::LineTooLong,
            "got more than 65536 bytes when reading status line",
        ),
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
    connection
        .put_header("Content-Length", &["100000000"])
        .unwrap();
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
    let error = (0..1000)
        .find_map(|_| connection.send(&piece).err())
        .unwrap();
    let kinds = [ErrorKind::BrokenPipe, ErrorKind::ConnectionReset];
    assert!(kinds.contains(&error.kind), "{error}");
    assert!(error.is_instance(ErrorKind::ConnectionError));
    assert_eq!(state_of(&connection), State::Sent);
}
