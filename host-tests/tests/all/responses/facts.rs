//! `url`, `length`, `chunked`, `will-close` and the states of a response.

use httplib_host_tests::Host;

use crate::servers::{Scheme, answering, ok};

#[test]
fn url_is_the_one_that_was_asked_for() {
    for scheme in [Scheme::Http, Scheme::Tls13] {
        let server = scheme.server(answering(ok("")));
        let host = Host::new();
        let connection = scheme.connection(&host, server.port());
        let name = if scheme == Scheme::Http {
            "http"
        } else {
            "https"
        };
        let origin = format!("{name}://127.0.0.1:{}", server.port());
        for (target, expected) in [
            ("", format!("{origin}/")),
            ("/", format!("{origin}/")),
            ("/a/b?c=d#e", format!("{origin}/a/b?c=d#e")),
            ("//x", format!("{origin}//x")),
            ("*", origin.clone()),
            (
                "http://other.example/p",
                "http://other.example/p".to_owned(),
            ),
        ] {
            connection.request("OPTIONS", target, None, &[]).unwrap();
            let response = connection.get_response().unwrap();
            assert_eq!(response.url(), expected, "{target:?}");
            response.read(None).unwrap();
            assert_eq!(response.url(), expected);
        }
    }
}

#[test]
fn framing_tells_length_chunked_and_will_close() {
    for (method, head, length, chunked, will_close) in [
        (
            "GET",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n",
            Some(5),
            false,
            false,
        ),
        (
            "GET",
            "HTTP/1.0 200 OK\r\nContent-Length: 5\r\n",
            Some(5),
            false,
            true,
        ),
        (
            "GET",
            "HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n",
            Some(5),
            false,
            false,
        ),
        (
            "GET",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: x, Close\r\n",
            Some(5),
            false,
            true,
        ),
        ("GET", "HTTP/1.1 200 OK\r\n", None, false, true),
        (
            "GET",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n",
            None,
            true,
            false,
        ),
        (
            "GET",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n",
            None,
            true,
            true,
        ),
        (
            "HEAD",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n",
            Some(0),
            false,
            false,
        ),
        (
            "GET",
            "HTTP/1.1 204 No\r\nContent-Length: 5\r\n",
            Some(0),
            false,
            false,
        ),
        (
            "GET",
            "HTTP/1.1 304 No\r\nTransfer-Encoding: chunked\r\n",
            Some(0),
            false,
            false,
        ),
    ] {
        let server = Scheme::Http.server(answering(format!("{head}\r\n")));
        let host = Host::new();
        let connection = Scheme::Http.connection(&host, server.port());
        connection.request(method, "/", None, &[]).unwrap();
        let response = connection.get_response().unwrap();
        let facts = (response.length(), response.chunked(), response.will_close());
        assert_eq!(facts, (length, chunked, will_close), "{method} {head:?}");
    }
}

#[test]
fn length_is_what_is_left() {
    for scheme in Scheme::ALL {
        let server = scheme.server(answering(ok("hello, world")));
        let host = Host::new();
        let connection = scheme.connection(&host, server.port());
        connection.request("GET", "/", None, &[]).unwrap();
        let response = connection.get_response().unwrap();
        assert_eq!(response.length(), Some(12));
        response.read(Some(5)).unwrap();
        assert_eq!(response.length(), Some(7));
        response.peek(None).unwrap();
        assert_eq!(response.length(), Some(7));
        response.readline(Some(2)).unwrap();
        assert_eq!(response.length(), Some(5), "{scheme:?}");
        assert!(!response.is_closed());
        response.read1(Some(5)).unwrap();
        assert_eq!(response.length(), Some(0));
        assert!(response.is_closed() && !response.closed());
        response.close();
        assert!(response.is_closed() && response.closed());
        assert!(response.readable() && !response.writable() && !response.seekable());
    }
}
