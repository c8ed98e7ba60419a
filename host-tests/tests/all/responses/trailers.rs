//! Fields after a chunked body, both ways.

use httplib_host_tests::{Body, ErrorKind, Host};

use crate::servers::{Scheme, answering, ok};

#[test]
fn trailers_are_there_once_the_body_was_read_to_its_end() {
    for scheme in Scheme::ALL {
        let server = scheme.server(|peer| {
            while peer.head()?.is_some() {
                peer.trickle(
                    "HTTP/1.1 200 OK\r\nTrailer: Digest\r\nTransfer-Encoding: chunked\r\n\r\n\
                     5\r\nhello\r\n0\r\nDigest: abc\r\ndigest: \u{e9}\r\nX:\r\n\r\n",
                )?;
            }
            Ok(())
        });
        let host = Host::new();
        let connection = scheme.connection(&host, server.port());
        for _ in 0..2 {
            connection.request("GET", "/", None, &[]).unwrap();
            let response = connection.get_response().unwrap();
            assert_eq!(response.trailers(), []);
            assert_eq!(response.read(Some(5)).unwrap(), b"hello");
            assert_eq!(response.trailers(), []);
            assert_eq!(response.read(Some(1)).unwrap(), b"");
            let expected = [("Digest", "abc"), ("digest", "\u{c3}\u{a9}"), ("X", "")];
            let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
            assert_eq!(response.trailers(), expected, "{scheme:?}");
            // They are no headers.
            assert_eq!(response.header("digest"), None);
            response.close();
            assert_eq!(response.trailers(), expected);
        }
        assert_eq!(server.accepts(), 1);
    }
}

#[test]
fn other_bodies_have_no_trailers() {
    for answer in [
        ok("hello"),
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".to_owned(),
        "HTTP/1.1 204 No Content\r\n\r\n".to_owned(),
    ] {
        let server = Scheme::Http.server(answering(answer));
        let host = Host::new();
        let connection = Scheme::Http.connection(&host, server.port());
        connection.request("GET", "/", None, &[]).unwrap();
        let response = connection.get_response().unwrap();
        response.read(None).unwrap();
        assert_eq!(response.trailers(), []);
    }
}

#[test]
fn put_trailer_sends_fields_after_the_last_chunk() {
    let server = Scheme::Http.server(|peer| peer.rest().map(drop));
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    connection
        .put_request_skipping("PUT", "/", true, true)
        .unwrap();
    connection.put_header("Trailer", &["Digest, X"]).unwrap();
    connection
        .put_header("Transfer-Encoding", &["chunked"])
        .unwrap();
    connection.put_trailer("Digest", &["\u{e9}"]).unwrap();
    connection.put_trailer("X", &["1", "2"]).unwrap();
    let chunks: [&[u8]; 2] = [b"he", b"llo"];
    connection
        .end_headers(Some(Body::Chunks(&chunks)), true)
        .unwrap();
    connection.close();
    assert_eq!(
        server.wait_for_end(0),
        b"PUT / HTTP/1.1\r\nTrailer: Digest, X\r\nTransfer-Encoding: chunked\r\n\r\n\
          2\r\nhe\r\n3\r\nllo\r\n0\r\nDigest: \xe9\r\nX: 1\r\n\t2\r\n\r\n"
    );
}

#[test]
fn trailers_are_of_one_request() {
    let server = Scheme::Http.server(|peer| {
        while peer.head()?.is_some() {
            let tail = loop {
                if peer.chunk()?.is_empty() {
                    break peer.line()?;
                }
            };
            if !tail.is_empty() {
                peer.line()?;
            }
            peer.send(ok(&tail))?;
        }
        Ok(())
    });
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    for trailer in ["X: 1", ""] {
        connection.put_request("PUT", "/").unwrap();
        if !trailer.is_empty() {
            connection.put_trailer("X", &["1"]).unwrap();
        }
        let body = Body::Bytes(b"hello");
        connection.end_headers(Some(body), true).unwrap();
        let response = connection.get_response().unwrap();
        assert_eq!(response.read(None).unwrap(), trailer.as_bytes());
    }
}

#[test]
fn fields_that_frame_or_route_are_refused() {
    let host = Host::new();
    let connection = host.http("127.0.0.1", 9).unwrap();
    let error = connection.put_trailer("X", &["1"]).unwrap_err();
    assert_eq!(error.kind, ErrorKind::CannotSendHeader);
    connection.put_request("PUT", "/").unwrap();
    for name in [
        "Content-Length",
        "TRANSFER-ENCODING",
        "host",
        "Trailer",
        "Connection",
        "Expect",
        "",
        "A:",
        " A",
        "A\r\nB",
    ] {
        let error = connection.put_trailer(name, &["1"]).unwrap_err();
        assert_eq!(error.kind, ErrorKind::ValueError, "{name:?}");
    }
    for (value, kind) in [
        ("1\r\nB: 2", ErrorKind::ValueError),
        ("1\0", ErrorKind::ValueError),
        ("\u{20ac}", ErrorKind::UnicodeEncodeError),
    ] {
        let error = connection.put_trailer("A", &[value]).unwrap_err();
        assert_eq!(error.kind, kind, "{value:?}");
    }
}

#[test]
fn trailers_without_chunks_are_a_value_error() {
    let server = Scheme::Http.server(answering(ok("hello")));
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    let chunks: [&[u8]; 1] = [b"hello"];
    for (version, body, encode_chunked) in [
        (11, None, true),
        (11, Some(Body::Bytes(b"hello")), false),
        (11, Some(Body::Chunks(&chunks)), false),
        (10, Some(Body::Chunks(&chunks)), true),
    ] {
        connection.set_http_version(version).unwrap();
        connection.put_request("PUT", "/").unwrap();
        connection.put_trailer("X", &["1"]).unwrap();
        let error = connection.end_headers(body, encode_chunked).unwrap_err();
        assert_eq!(error.kind, ErrorKind::ValueError, "{error}");
        connection.close();
    }
    // Nothing was sent.
    assert_eq!(server.accepts(), 0);
}
