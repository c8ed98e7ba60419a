//! When a connection is used again, and when it is not.

use httplib_host_tests::{Connection, ErrorKind, Host};

use crate::servers::{Gate, PATIENCE, Scheme, answering, ok};

#[test]
fn thousand_requests_on_one_connection_are_one_accept() {
    for scheme in [Scheme::Http, Scheme::Tls13] {
        let server = scheme.server(answering(ok("hello")));
        let host = Host::new();
        let connection = scheme.connection(&host, server.port());
        for _ in 0..1000 {
            connection.request("GET", "/", None, &[]).unwrap();
            let response = connection.get_response().unwrap();
            assert_eq!(response.read(None).unwrap(), b"hello");
        }
        assert_eq!(server.accepts(), 1, "{scheme:?}");
    }
}

#[test]
fn connection_close_makes_the_next_request_reconnect() {
    for scheme in Scheme::ALL {
        let server = scheme.server(|peer| {
            peer.request()?;
            peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello")
        });
        let host = Host::new();
        let connection = scheme.connection(&host, server.port());
        for round in 1..=3 {
            connection.request("GET", "/", None, &[]).unwrap();
            let response = connection.get_response().unwrap();
            assert_eq!(response.read(None).unwrap(), b"hello");
            assert_eq!(server.accepts(), round, "{scheme:?}");
        }
    }
}

#[test]
fn response_that_owns_the_transport_outlives_its_connection() {
    let gate = Gate::default();
    let go_on = gate.clone();
    let server = Scheme::Http.server(move |peer| {
        peer.request()?;
        peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 10\r\n\r\nhello")?;
        go_on.wait();
        peer.send("world")
    });
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.request("GET", "/", None, &[]).unwrap();
    let response = connection.get_response().unwrap();
    connection.close();
    drop(connection);
    gate.open();
    assert_eq!(response.read(None).unwrap(), b"helloworld");
}

#[test]
fn requests_follow_each_other_while_an_old_response_owns_its_transport() {
    let server = Scheme::Http.server(|peer| {
        peer.request()?;
        peer.send(format!("HTTP/1.0 200 OK\r\n\r\nbody {}", peer.number))
    });
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.request("GET", "/", None, &[]).unwrap();
    let first = connection.get_response().unwrap();
    connection.request("GET", "/", None, &[]).unwrap();
    let second = connection.get_response().unwrap();
    assert_eq!(second.read(None).unwrap(), b"body 1");
    assert_eq!(first.read(None).unwrap(), b"body 0");
}

#[test]
fn surplus_in_the_same_segment_closes_the_connection() {
    for scheme in Scheme::ALL {
        let server = scheme.server(answering(ok("hello") + "HTTP/1.1 500 Poison\r\n\r\n"));
        let host = Host::new();
        let connection = scheme.connection(&host, server.port());
        for round in 1..=2 {
            connection.request("GET", "/", None, &[]).unwrap();
            let response = connection.get_response().unwrap();
            assert_eq!(response.status(), 200);
            assert_eq!(response.read(None).unwrap(), b"hello");
            assert_eq!(server.accepts(), round, "{scheme:?}");
        }
    }
}

#[test]
fn surplus_that_comes_later_closes_the_connection() {
    let (was_read, was_sent) = (Gate::default(), Gate::default());
    let (read, sent) = (was_read.clone(), was_sent.clone());
    let server = Scheme::Http.server(move |peer| {
        while peer.head()?.is_some() {
            peer.send(ok("hello"))?;
            read.wait();
            peer.send("HTTP/1.1 500 Poison\r\nContent-Length: 0\r\n\r\n")?;
            sent.open();
        }
        Ok(())
    });
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.request("GET", "/", None, &[]).unwrap();
    connection.get_response().unwrap().read(None).unwrap();
    was_read.open();
    was_sent.wait();
    connection.request("GET", "/", None, &[]).unwrap();
    let response = connection.get_response().unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(server.accepts(), 2);
}

#[test]
fn idle_connection_closed_by_the_server_is_remote_disconnected_once() {
    for scheme in Scheme::ALL {
        let server = scheme.server(|peer| {
            peer.request()?;
            peer.send(ok("hello"))
        });
        let host = Host::new();
        let connection = scheme.connection(&host, server.port());
        connection.request("GET", "/", None, &[]).unwrap();
        let response = connection.get_response().unwrap();
        response.read(None).unwrap();
        wait_for_end(&host, &connection);

        // Sending may fail already, but says so only with the response.
        connection.request("GET", "/", None, &[]).unwrap();
        let error = connection.get_response().err().unwrap();
        assert_eq!(error.kind, ErrorKind::RemoteDisconnected, "{scheme:?}");

        connection.request("GET", "/", None, &[]).unwrap();
        let response = connection.get_response().unwrap();
        assert_eq!(response.read(None).unwrap(), b"hello");
        assert_eq!(server.accepts(), 2, "{scheme:?}");
    }
}

#[test]
fn stale_connection_is_replaced_if_that_was_asked_for() {
    for scheme in Scheme::ALL {
        let server = scheme.server(|peer| {
            peer.request()?;
            peer.send(ok("hello"))
        });
        let host = Host::new();
        let connection = scheme.connection(&host, server.port());
        connection.set_reconnect_stale(true);
        for round in 1..=3 {
            connection.request("GET", "/", None, &[]).unwrap();
            let response = connection.get_response().unwrap();
            assert_eq!(response.read(None).unwrap(), b"hello");
            assert_eq!(server.accepts(), round, "{scheme:?}");
            wait_for_end(&host, &connection);
        }
    }
}

#[test]
fn response_dropped_unread_makes_the_next_request_reconnect() {
    let server = Scheme::Http.server(answering(ok("hello")));
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    for round in 1..=3 {
        connection.request("GET", "/", None, &[]).unwrap();
        drop(connection.get_response().unwrap());
        assert_eq!(server.accepts(), round);
    }
}

#[test]
fn response_closed_half_read_makes_the_next_request_reconnect() {
    let server = Scheme::Http.server(answering(ok("hello")));
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.request("GET", "/", None, &[]).unwrap();
    let response = connection.get_response().unwrap();
    assert_eq!(response.read(Some(2)).unwrap(), b"he");
    response.close();
    assert!(response.is_closed());
    assert_eq!(response.read(None).unwrap(), b"");
    connection.request("GET", "/", None, &[]).unwrap();
    let response = connection.get_response().unwrap();
    assert_eq!(response.read(None).unwrap(), b"hello");
    assert_eq!(server.accepts(), 2);
}

#[test]
fn answers_without_a_body_leave_the_connection_usable() {
    let answers = [
        "HTTP/1.1 204 No Content\r\n\r\n",
        "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ];
    for answer in answers {
        let server = Scheme::Http.server(answering(answer));
        let host = Host::new();
        let connection = Scheme::Http.connection(&host, server.port());
        for _ in 0..3 {
            connection.request("GET", "/", None, &[]).unwrap();
            let response = connection.get_response().unwrap();
            assert_eq!(response.read(None).unwrap(), b"", "{answer}");
        }
        assert_eq!(server.accepts(), 1, "{answer}");
    }
}

#[test]
fn head_requests_share_a_connection_whatever_the_length() {
    let server = Scheme::Http.server(answering("HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"));
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    for _ in 0..3 {
        connection.request("HEAD", "/", None, &[]).unwrap();
        let response = connection.get_response().unwrap();
        assert_eq!(response.header("content-length").as_deref(), Some("99"));
        assert_eq!(response.read(None).unwrap(), b"");
    }
    assert_eq!(server.accepts(), 1);
}

#[test]
fn http_1_0_persists_only_with_keep_alive() {
    for (header, accepts) in [("X: y", 3), ("Connection: keep-alive", 1)] {
        let server = Scheme::Http.server(move |peer| {
            while peer.head()?.is_some() {
                peer.send(format!(
                    "HTTP/1.0 200 OK\r\n{header}\r\nContent-Length: 5\r\n\r\nhello"
                ))?;
            }
            Ok(())
        });
        let host = Host::new();
        let connection = Scheme::Http.connection(&host, server.port());
        for _ in 0..3 {
            connection.request("GET", "/", None, &[]).unwrap();
            let response = connection.get_response().unwrap();
            assert_eq!(response.version(), 10);
            assert_eq!(response.read(None).unwrap(), b"hello");
        }
        assert_eq!(server.accepts(), accepts, "{header}");
    }
}

#[test]
fn reset_before_the_response_makes_the_next_request_reconnect() {
    let server = Scheme::Http.server(|peer| {
        peer.request()?;
        match peer.number {
            0 => peer.reset(),
            _ => peer.send(ok("hello")),
        }
    });
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.request("GET", "/", None, &[]).unwrap();
    let error = connection.get_response().err().unwrap();
    assert!(error.is_instance(ErrorKind::ConnectionReset), "{error}");
    connection.request("GET", "/", None, &[]).unwrap();
    let response = connection.get_response().unwrap();
    assert_eq!(response.read(None).unwrap(), b"hello");
}

/// The end of an idle connection has come when reading would not have to wait.
fn wait_for_end(host: &Host, connection: &Connection) {
    let number = connection.fileno().unwrap();
    let (ready, _) = host.select(&[number], &[], Some(PATIENCE)).unwrap();
    assert_eq!(ready, [number]);
}
