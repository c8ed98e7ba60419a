//! The states of a connection, and the errors that calls end with in each.

mod arguments;
mod calls;
mod failures;

use httplib_host_tests::{Connection, ErrorKind, Host, HttpError};

use crate::servers::{Scheme, Server};

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
