//! Which calls are possible in which state.

use httplib_host_tests::{ErrorKind, Host};

use super::{STATES, State, assert_state_error, connection_in, state_of};
use crate::servers::{Scheme, answering, ok};

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
    assert!(
        head.starts_with("GET /new HTTP/1.1\r\n") && !head.contains("ld"),
        "{head}"
    );
}
