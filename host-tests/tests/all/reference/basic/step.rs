//! Reading stops where the body ends: what comes after it is not part of it. In
//! the reference such bytes stay for whoever reads next, and can poison the next
//! response; here they end the connection.

use httplib_host_tests::{Host, Response};

use crate::reference::assert_ended;
use crate::servers::{Scheme, answering, ok};

const SURPLUS: &str = "HTTP/1.1 500 Surplus\r\nContent-Length: 0\r\n\r\n";

/// Reads two responses, alone and with a surplus after each.
fn stays_in_step(answer: &str, read: impl Fn(&Response)) {
    for (surplus, accepts) in [("", 1), (SURPLUS, 2)] {
        let server = Scheme::Http.server(answering(format!("{answer}{surplus}")));
        let host = Host::new();
        let connection = Scheme::Http.connection(&host, server.port());
        for _ in 0..2 {
            connection.request("GET", "/", None, &[]).unwrap();
            let response = connection.get_response().unwrap();
            assert_eq!(response.status(), 200);
            read(&response);
            assert_eq!(response.read(None).unwrap(), b"");
            assert_ended(&response);
        }
        assert_eq!(server.accepts(), accepts);
    }
}

#[test]
fn chunked_sync() {
    let answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
                  3\r\nabc\r\n5\r\ndefgh\r\n0\r\nTrailer: x\r\n\r\n";
    stays_in_step(answer, |response| {
        assert_eq!(response.read(None).unwrap(), b"abcdefgh");
    });
}

#[test]
fn content_length_sync() {
    stays_in_step(&ok("whole body"), |response| {
        assert_eq!(response.read(None).unwrap(), b"whole body");
    });
}

#[test]
fn readlines_content_length() {
    stays_in_step(&ok("one\ntwo"), |response| {
        let lines = response.readlines(Some(2000)).unwrap();
        assert_eq!(lines, [b"one\n".to_vec(), b"two".to_vec()]);
    });
}

#[test]
fn read1_content_length() {
    stays_in_step(&ok("whole body"), |response| {
        assert_eq!(response.read1(Some(2000)).unwrap(), b"whole body");
    });
}

#[test]
fn readline_bound_content_length() {
    stays_in_step(&ok("one line\r\n"), |response| {
        assert_eq!(response.readline(Some(10)).unwrap(), b"one line\r\n");
        assert_eq!(response.readline(Some(10)).unwrap(), b"");
    });
}

#[test]
fn read1_bound_content_length() {
    stays_in_step(&ok("ten bytes.ten bytes.the rest.."), |response| {
        assert_eq!(response.read1(Some(20)).unwrap(), b"ten bytes.ten bytes.");
        assert_eq!(response.read(None).unwrap(), b"the rest..");
    });
}
