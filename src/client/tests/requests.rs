//! Requests on the wire, states, and what becomes of the connection.

use super::told::{Kind, Told};
use super::{SECOND, connect};
use crate::Source;
use crate::scripted::Script;
use httplib_proto::request::Body;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// A server that gives the same answer to every request.
fn answers(count: usize) -> Script {
    Script::pieces(&vec![OK; count], false)
}

#[test]
fn headers_come_in_the_reference_s_order() {
    let (instance, mut connection) = connect([answers(1)]);
    let headers = [("X".into(), "1".into()), ("x".into(), "2".into())];
    let body = Some(Body::Bytes(b"data".into()));
    connection
        .request("POST", "/p", body.map(Source::Here), &headers, false)
        .unwrap();
    assert_eq!(
        instance.network().sent(0),
        b"POST /p HTTP/1.1\r\nHost: host\r\nAccept-Encoding: identity\r\nContent-Length: 4\r\nX: 1\r\nx: 2\r\n\r\ndata"
    );
}

#[test]
fn chunks_are_sent_as_chunks() {
    let (instance, mut connection) = connect([answers(1)]);
    let body = Body::Chunks(vec![b"hello".to_vec(), vec![], vec![b'x'; 26]]);
    connection
        .request("PUT", "/", Some(Source::Here(body)), &[], false)
        .unwrap();
    let sent = instance.network().sent(0);
    let body = b"\r\n\r\n5\r\nhello\r\n1A\r\nxxxxxxxxxxxxxxxxxxxxxxxxxx\r\n0\r\n\r\n";
    assert!(
        sent.ends_with(body),
        "{}",
        httplib_proto::latin1::decode(&sent)
    );
}

#[test]
fn requests_on_a_kept_connection_are_one_connection() {
    let (instance, mut connection) = connect([answers(3)]);
    for _ in 0..3 {
        connection.request("GET", "/", None, &[], false).unwrap();
        let response = connection.get_response().unwrap();
        assert_eq!(response.borrow_mut().read(None).unwrap(), b"ok");
    }
    assert_eq!(instance.network().connections(), 1);
}

#[test]
fn next_request_connects_anew_where_the_connection_is_not_to_be_trusted() {
    let dirty = [OK, b"surplus"].concat();
    let closing = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
    for first in [&dirty[..], closing] {
        let (instance, mut connection) = connect([Script::pieces(&[first], false), answers(1)]);
        for _ in 0..2 {
            connection.request("GET", "/", None, &[], false).unwrap();
            let response = connection.get_response().unwrap();
            assert_eq!(response.borrow_mut().read(None).unwrap(), b"ok");
        }
        assert_eq!(instance.network().connections(), 2);
    }
}

#[test]
fn bytes_after_a_response_are_seen_before_the_next_request() {
    // They come in a receive of their own, when the response has long ended.
    let (instance, mut connection) = connect([Script::pieces(&[OK, b"late"], false), answers(1)]);
    for _ in 0..2 {
        connection.request("GET", "/", None, &[], false).unwrap();
        let response = connection.get_response().unwrap();
        response.borrow_mut().read(None).unwrap();
        // The wait that lets them come.
        connection.settings.borrow_mut().timeouts.each = Some(Some(SECOND));
        let number = connection.fileno().unwrap();
        instance.select(&[number], &[], Some(SECOND)).unwrap();
    }
    assert_eq!(instance.network().connections(), 2);
}

#[test]
fn wrong_length_is_sent_and_the_connection_not_used_again() {
    let (instance, mut connection) = connect([answers(1), answers(1)]);
    let headers = [("Content-Length".into(), "42".into())];
    let body = Some(Body::Bytes(b"short".into()));
    connection
        .request("POST", "/", body.map(Source::Here), &headers, false)
        .unwrap();
    connection
        .get_response()
        .unwrap()
        .borrow_mut()
        .read(None)
        .unwrap();
    connection.request("GET", "/", None, &[], false).unwrap();
    assert_eq!(instance.network().connections(), 2);
    assert!(
        instance
            .network()
            .sent(0)
            .ends_with(b"Content-Length: 42\r\n\r\nshort")
    );
}

#[test]
fn peer_that_closed_is_reported_or_replaced_as_set() {
    for reconnect in [false, true] {
        let (instance, mut connection) = connect([Script::pieces(&[OK], true), answers(1)]);
        connection.settings.borrow_mut().reconnect_stale = reconnect;
        connection.request("GET", "/", None, &[], false).unwrap();
        connection
            .get_response()
            .unwrap()
            .borrow_mut()
            .read(None)
            .unwrap();
        let number = connection.fileno().unwrap();
        instance.select(&[number], &[], Some(SECOND)).unwrap();
        connection.request("GET", "/", None, &[], false).unwrap();
        if reconnect {
            connection.get_response().unwrap();
        } else {
            let error = connection.get_response().unwrap_err();
            assert_eq!(error.kind(), Kind::RemoteDisconnected);
            connection.request("GET", "/", None, &[], false).unwrap();
            connection.get_response().unwrap();
        }
    }
}

#[test]
fn rejected_header_leaves_started_until_close_clears_it() {
    let (instance, mut connection) = connect([answers(1)]);
    let headers = [("A".into(), "1".into()), ("B".into(), "a\r\nb".into())];
    let error = connection
        .request("GET", "/", None, &headers, false)
        .unwrap_err();
    assert_eq!(error.kind(), Kind::ValueError);
    let error = connection
        .request("GET", "/", None, &[], false)
        .unwrap_err();
    assert_eq!(error.details().state, Some("Request-started"));
    connection.close();
    connection
        .request("GET", "/second", None, &[], false)
        .unwrap();
    assert!(
        instance
            .network()
            .sent(0)
            .starts_with(b"GET /second HTTP/1.1\r\nHost")
    );
}

#[test]
fn unread_response_makes_the_next_not_ready_until_it_is_closed() {
    let (_, mut connection) = connect([answers(2), answers(1)]);
    connection.request("GET", "/", None, &[], false).unwrap();
    let response = connection.get_response().unwrap();
    connection.request("GET", "/", None, &[], false).unwrap();
    let error = connection.get_response().unwrap_err();
    assert_eq!(error.kind(), Kind::ResponseNotReady);
    assert_eq!(error.details().state, Some("Request-sent"));
    response.borrow_mut().read(None).unwrap();
    connection.get_response().unwrap();
}

#[test]
fn broken_pipe_leaves_the_early_answer_readable() {
    use crate::scripted::Step;
    let mut script = Script::pieces(&[b"HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\nno"], true);
    script.outgoing = [Step::Room(40), Step::Reset].into();
    let (_, mut connection) = connect([script]);
    let body = Some(Body::Bytes(vec![0; 100_000]));
    let error = connection
        .request("PUT", "/", body.map(Source::Here), &[], false)
        .unwrap_err();
    assert_eq!(error.kind(), Kind::BrokenPipe);
    let response = connection.get_response().unwrap();
    assert_eq!(response.borrow().head().status, 401);
    assert_eq!(response.borrow_mut().read(None).unwrap(), b"no");
}

#[test]
fn nonsense_has_to_be_closed_and_is_reported_again() {
    let (_, mut connection) = connect([Script::pieces(&[b"nonsense\r\n"], false), answers(1)]);
    connection.request("GET", "/", None, &[], false).unwrap();
    for _ in 0..2 {
        let error = connection.get_response().unwrap_err();
        assert_eq!(error.kind(), Kind::BadStatusLine);
        assert_eq!(error.details().line.as_deref(), Some(&b"nonsense\r\n"[..]));
    }
    let error = connection
        .request("GET", "/", None, &[], false)
        .unwrap_err();
    assert_eq!(error.kind(), Kind::CannotSendRequest);
    connection.close();
    connection.request("GET", "/", None, &[], false).unwrap();
    connection.get_response().unwrap();
}

#[test]
fn without_strict_an_answer_without_status_line_is_a_body() {
    let (_, mut connection) = connect([Script::pieces(&[b"<html>\n", b"more"], true)]);
    connection.settings.borrow_mut().strict = false;
    connection.request("GET", "/", None, &[], false).unwrap();
    let response = connection.get_response().unwrap();
    assert_eq!(response.borrow().head().version.number(), 9);
    assert_eq!(response.borrow_mut().read(None).unwrap(), b"<html>\nmore");
}

#[test]
fn debug_output_is_the_reference_s() {
    let answer = b"HTTP/1.1 200 OK\r\nA: 1\r\nA: 2\r\nContent-Length: 0\r\n\r\n";
    let (instance, mut connection) = connect([Script::pieces(&[answer], false)]);
    connection.settings.borrow_mut().debug_level = 1;
    let body = Some(Body::Chunks(vec![b"it's".to_vec(), vec![]]));
    connection
        .request("POST", "/", body.map(Source::Here), &[], false)
        .unwrap();
    connection.get_response().unwrap();
    assert_eq!(
        *instance.network().printed.borrow(),
        "Unable to determine size of [b\"it's\", b'']\n\
         send: b'POST / HTTP/1.1\\r\\nHost: host\\r\\nAccept-Encoding: identity\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n'\n\
         send: b\"4\\r\\nit's\\r\\n\"\n\
         Zero length chunk ignored\n\
         send: b'0\\r\\n\\r\\n'\n\
         reply: 'HTTP/1.1 200 OK\\r\\n'\n\
         header: A: 1\n\
         header: A: 2\n\
         header: Content-Length: 0\n"
    );
}
