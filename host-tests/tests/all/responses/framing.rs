//! Fields that frame a body in ways that servers and attackers write them.

use httplib_host_tests::{ErrorKind, Host, HttpError, Response};

use crate::servers::{Scheme, answering};

const CHUNKS: &str = "3\r\nabc\r\n0\r\n\r\n";

/// The response to a GET with these fields, and what `check` says of it.
fn with<T>(fields: &str, body: &str, check: impl FnOnce(Result<Response, HttpError>) -> T) -> T {
    let server = Scheme::Http.server(answering(format!(
        "HTTP/1.1 200 OK\r\n{fields}\r\n\r\n{body}"
    )));
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.request("GET", "/", None, &[]).unwrap();
    check(connection.get_response())
}

#[test]
fn chunked_on_two_lines_or_twice_in_a_list_is_decoded_once() {
    for fields in [
        "Transfer-Encoding: chunked\r\ntransfer-encoding: chunked",
        "Transfer-Encoding: chunked, Chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity, chunked",
        "Transfer-Encoding: gzip, chunked, chunked",
    ] {
        with(fields, CHUNKS, |response| {
            let response = response.unwrap();
            assert!(response.chunked(), "{fields}");
            assert!(!response.will_close(), "{fields}");
            assert_eq!(response.read(None).unwrap(), b"abc", "{fields}");
        });
    }
}

#[test]
fn other_coding_between_two_chunked_is_unknown() {
    for fields in [
        "Transfer-Encoding: chunked, gzip, chunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: gzip",
    ] {
        let error = with(fields, CHUNKS, |response| response.err().unwrap());
        assert_eq!(error.kind, ErrorKind::UnknownTransferEncoding, "{error}");
    }
}

#[test]
fn folds_are_spaces_where_the_framing_is_read_and_stay_in_the_value() {
    for (fields, body) in [
        ("Content-Length:\r\n 3", "abc"),
        ("Content-Length: 3\r\n\t", "abc"),
        ("Content-Length: 3,\n 3", "abc"),
        ("Transfer-Encoding:\r\n chunked", CHUNKS),
        ("Transfer-Encoding: gzip,\r\n\tchunked\r\n ", CHUNKS),
    ] {
        with(fields, body, |response| {
            let response = response.unwrap();
            assert_eq!(response.read(None).unwrap(), b"abc", "{fields:?}");
            let (name, value) = fields.split_once(':').unwrap();
            let value = value.trim_start_matches(' ');
            assert_eq!(response.header(name).as_deref(), Some(value));
        });
    }
}

#[test]
fn length_that_is_no_number_of_digits_is_an_error() {
    for value in [
        "",
        " ",
        "-0",
        "-3",
        "-3, -3",
        "+3",
        "3,",
        ",",
        "3 3",
        "3\r\n 3",
        "3\r\nContent-Length:",
    ] {
        let fields = format!("Content-Length: {value}");
        let error = with(&fields, "abc", |response| response.err().unwrap());
        assert_eq!(error.kind, ErrorKind::HttpException, "{value:?} {error}");
        assert!(
            error.message.starts_with("invalid Content-Length: "),
            "{error}"
        );
    }
}
