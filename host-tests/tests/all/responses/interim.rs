//! Interim (1xx) responses are kept on the final one.

use httplib_host_tests::{ErrorKind, Host};

use crate::servers::{Scheme, answering, ok};

#[test]
fn interim_responses_are_read_in_their_order() {
    for scheme in Scheme::ALL {
        let server = scheme.server(|peer| {
            while peer.head()?.is_some() {
                peer.send("HTTP/1.1 102 Processing\r\n\r\n")?;
                peer.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nlink: </\u{e9}>\r\n\r\n")?;
                peer.send("HTTP/1.1 100\r\nX: \r\n\r\nHTTP/1.0 199 Odd one\r\n\r\n")?;
                peer.send(ok("hello"))?;
            }
            Ok(())
        });
        let host = Host::new();
        let connection = scheme.connection(&host, server.port());
        for _ in 0..2 {
            connection.request("GET", "/", None, &[]).unwrap();
            let response = connection.get_response().unwrap();
            assert_eq!((response.status(), response.reason().as_str()), (200, "OK"));
            let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
            let expected = [
                (102, "Processing".to_owned(), vec![]),
                (
                    103,
                    "Early Hints".to_owned(),
                    vec![field("Link", "</a>"), field("link", "</\u{c3}\u{a9}>")],
                ),
                (100, String::new(), vec![field("X", "")]),
                (199, "Odd one".to_owned(), vec![]),
            ];
            assert_eq!(response.interim_responses(), expected, "{scheme:?}");
            assert_eq!(response.header("link"), None);
            assert_eq!(response.read(None).unwrap(), b"hello");
            assert_eq!(response.interim_responses(), expected);
        }
        assert_eq!(server.accepts(), 1);
    }
}

#[test]
fn response_without_any_has_none() {
    let server = Scheme::Http.server(|peer| {
        peer.request()?;
        peer.send(ok("hello"))
    });
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.request("GET", "/", None, &[]).unwrap();
    let response = connection.get_response().unwrap();
    assert_eq!(response.interim_responses(), []);
}

#[test]
fn one_too_many_is_told_with_its_own_number() {
    let host = Host::new();
    for (limit, text) in [(None, "100"), (Some(2), "3")] {
        let count = limit.unwrap_or(99) + 1;
        let heads = "HTTP/1.1 100 Continue\r\n\r\n".repeat(count as usize);
        let server = Scheme::Http.server(answering(heads));
        let connection = Scheme::Http.connection(&host, server.port());
        if let Some(limit) = limit {
            connection.set_max_interim_responses(limit);
        }
        connection.request("GET", "/", None, &[]).unwrap();
        let error = connection.get_response().err().unwrap();
        assert_eq!(error.kind, ErrorKind::HttpException);
        let text = format!("got more than {text} interim responses");
        assert_eq!(error.message, text);
    }
}
