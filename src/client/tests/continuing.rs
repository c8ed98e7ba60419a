//! The wait for a 100 (Continue).

use super::told::{Kind, Told};
use super::{Connection, SECOND, Scripted, connect};
use crate::Source;
use crate::error::Result;
use crate::scripted::{Script, Step};
use httplib_proto::request::Body;

const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

fn put(connection: &mut Connection<Scripted>) -> Result<()> {
    let body = Source::Here(Body::Bytes(b"hello".to_vec()));
    let headers = [("Expect".into(), "100-continue".into())];
    connection.request("PUT", "/", Some(body), &headers, false)
}

fn has_sent_body(instance: &super::Instance<Scripted>) -> bool {
    let sent = instance.network().sent(0);
    assert!(sent.starts_with(b"PUT "));
    sent.ends_with(b"\r\n\r\nhello")
}

#[test]
fn body_follows_the_100_and_nothing_else() {
    for (pieces, sends, status) in [
        (&[CONTINUE, OK][..], true, 200),
        (&[b"HTTP/1.1 103 Hints\r\n\r\n", CONTINUE, OK], true, 200),
        (
            &[b"HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n"],
            false,
            417,
        ),
        (&[OK], false, 200),
    ] {
        let (instance, mut connection) = connect([Script::pieces(pieces, false)]);
        connection.settings.borrow_mut().continue_timeout = None;
        put(&mut connection).unwrap();
        assert_eq!(has_sent_body(&instance), sends, "{status}");
        let response = connection.get_response().unwrap();
        assert_eq!(response.borrow().head().status, status);
        response.borrow_mut().read(None).unwrap();
        // A server that wanted nothing may still wait for the body.
        assert_eq!(connection.fileno().is_ok(), sends);
    }
}

#[test]
fn body_follows_when_the_time_is_over() {
    for time in [0, 1, SECOND / 2] {
        let (instance, mut connection) = connect([Script::default()]);
        connection.settings.borrow_mut().continue_timeout = Some(time);
        put(&mut connection).unwrap();
        assert!(has_sent_body(&instance), "{time}");
    }
}

#[test]
fn body_does_not_wait_behind_an_unread_response() {
    let (instance, mut connection) = connect([Script::pieces(&[OK, OK], false)]);
    connection.request("GET", "/", None, &[], false).unwrap();
    let first = connection.get_response().unwrap();
    put(&mut connection).unwrap();
    assert!(instance.network().sent(0).ends_with(b"\r\n\r\nhello"));
    let error = connection.wait_for_continue().unwrap_err();
    assert_eq!(error.kind(), Kind::ResponseNotReady);
    assert_eq!(first.borrow_mut().read(None).unwrap(), b"ok");
    let second = connection.get_response().unwrap();
    assert_eq!(second.borrow_mut().read(None).unwrap(), b"ok");
}

#[test]
fn select_waits_for_the_answer_and_not_for_room_to_send() {
    for time in [None, Some(SECOND)] {
        let script = Script {
            incoming: [Step::Stall].into(),
            ..Script::default()
        };
        let (instance, mut connection) = connect([script]);
        {
            let mut settings = connection.settings.borrow_mut();
            settings.continue_timeout = time;
            settings.timeouts.each = Some(Some(0));
        }
        assert_eq!(put(&mut connection).unwrap_err().kind(), Kind::WouldBlock);
        let number = connection.fileno().unwrap();
        let select = |timeout| instance.select(&[], &[number], Some(timeout)).unwrap();
        assert_eq!(select(SECOND / 2), (vec![], vec![]), "{time:?}");
        let later = select(SECOND);
        assert_eq!(later.1.is_empty(), time.is_none());
        match connection.flush() {
            Ok(()) => assert!(time.is_some() && has_sent_body(&instance)),
            Err(error) => assert!(time.is_none() && error.kind() == Kind::WouldBlock),
        }
    }
}

#[test]
fn nonsense_is_reported_by_get_response() {
    let (instance, mut connection) = connect([Script::pieces(&[b"nonsense\r\n"], false)]);
    connection.settings.borrow_mut().continue_timeout = None;
    put(&mut connection).unwrap();
    assert!(!has_sent_body(&instance));
    for _ in 0..2 {
        let error = connection.get_response().unwrap_err();
        assert_eq!(error.kind(), Kind::BadStatusLine);
    }
}
