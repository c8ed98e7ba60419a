//! What can be set on a connection, and what holds where nothing was.

mod defaults;
mod http_version;

use httplib_host_tests::{Connection, ErrorKind, Host, HttpError};

use crate::servers::{Scheme, answering, ok};

#[test]
fn without_auto_open_there_is_no_connection() {
    let server = Scheme::Http.server(answering(ok("hello")));
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.set_auto_open(false);
    type Call = fn(&Connection) -> Result<(), HttpError>;
    let calls: [Call; 3] = [
        |connection| connection.send(b"x"),
        |connection| connection.send_stream(wasmtime_wasi::p2::pipe::ClosedInputStream),
        |connection| connection.request("GET", "/", None, &[]),
    ];
    for call in calls {
        let error = call(&connection).unwrap_err();
        assert_eq!(error.kind, ErrorKind::NotConnected);
    }
    // As in the reference, the request is sent.
    let error = connection.request("GET", "/", None, &[]).unwrap_err();
    assert_eq!(error.kind, ErrorKind::CannotSendRequest);
    let error = connection.get_response().err().unwrap();
    assert_eq!(error.kind, ErrorKind::NotConnected);
    connection.close();
    assert_eq!(server.accepts(), 0);

    connection.connect().unwrap();
    connection.request("GET", "/", None, &[]).unwrap();
    let response = connection.get_response().unwrap();
    assert_eq!(response.read(None).unwrap(), b"hello");
    connection.close();
    connection.set_auto_open(true);
    connection.request("GET", "/", None, &[]).unwrap();
    connection.get_response().unwrap();
    assert_eq!(server.accepts(), 2);
}

#[test]
fn impossible_values_are_value_errors() {
    let host = Host::new();
    let connection = host.http("127.0.0.1", 9).unwrap();
    let mut refused = vec![connection.set_block_size(0)];
    for version in [0, 9, 12, 20, 255] {
        refused.push(connection.set_http_version(version));
    }
    for address in ["localhost", "300.1.1.1", "[::1]", " "] {
        refused.push(connection.set_source_address(address, 0));
    }
    for outcome in refused {
        assert_eq!(outcome.unwrap_err().kind, ErrorKind::ValueError);
    }
}
