//! Responses that are no raw streams.

use httplib_host_tests::{ErrorKind, Host};

use super::Opening;
use crate::servers::{Scheme, answering, ok};

#[test]
fn ordinary_response_cannot_be_written() {
    for scheme in Scheme::ALL {
        let server = scheme.server(answering(ok("hello")));
        let host = Host::new();
        let connection = scheme.connection(&host, server.port());
        connection.request("GET", "/", None, &[]).unwrap();
        let response = connection.get_response().unwrap();
        assert!(!response.writable());
        for refused in [response.write(b"x"), response.shutdown()] {
            assert_eq!(refused.unwrap_err().kind, ErrorKind::UnsupportedOperation);
        }
        response.flush().unwrap();
        assert_eq!(response.read(None).unwrap(), b"hello");
        assert_eq!(
            response.write(b"x").unwrap_err().kind,
            ErrorKind::UnsupportedOperation
        );
        response.close();
        for refused in [response.write(b"x"), response.flush()] {
            assert_eq!(refused.unwrap_err().kind, ErrorKind::ValueError);
        }
    }
}

#[test]
fn upgrade_that_was_not_asked_for_is_an_http_exception() {
    let server = Scheme::Http.server(answering(Opening::Upgrade.answer()));
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.request("GET", "/", None, &[]).unwrap();
    let error = connection.get_response().err().unwrap();
    assert_eq!(error.kind, ErrorKind::HttpException, "{error}");
}

#[test]
fn upgrade_that_the_server_ignores_is_an_ordinary_response() {
    let server = Scheme::Http.server(answering(ok("hello")));
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    for _ in 0..2 {
        Opening::Upgrade.request(&connection);
        let response = connection.get_response().unwrap();
        assert!(!response.writable());
        assert_eq!(response.read(None).unwrap(), b"hello");
    }
    assert_eq!(server.accepts(), 1);
}

#[test]
fn refused_connect_is_an_ordinary_response() {
    for scheme in Scheme::ALL {
        let answer = ok("no way").replace("200 OK", "407 No");
        let server = scheme.server(answering(answer));
        let host = Host::new();
        let connection = scheme.connection(&host, server.port());
        for _ in 0..2 {
            Opening::Connect.request(&connection);
            let response = connection.get_response().unwrap();
            assert_eq!(response.status(), 407);
            assert!(!response.writable());
            assert_eq!(response.length(), Some(6));
            assert_eq!(response.read(None).unwrap(), b"no way");
        }
        assert_eq!(server.accepts(), 1, "{scheme:?}");
    }
}
