//! Bodies that come from streams, block by block.

use super::told::{Kind, Told};
use super::{Connection, SECOND, Scripted, connect};
use crate::Source;
use crate::error::{Phase, Result};
use crate::scripted::{Script, ScriptedStream, Step};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

fn put(connection: &mut Connection<Scripted>, stream: Script, length: Option<u64>) -> Result<()> {
    let body = Source::Stream(ScriptedStream::new(stream), length);
    connection.request("PUT", "/", Some(body), &[], false)
}

/// What was sent after the head.
fn body_sent(instance: &super::Instance<Scripted>) -> String {
    let sent = httplib_proto::latin1::decode(&instance.network().sent(0));
    sent.split_once("\r\n\r\n").unwrap().1.to_owned()
}

#[test]
fn framing_follows_the_length() {
    for (length, head, body) in [
        (Some(5), "Content-Length: 5", "hello"),
        (Some(3), "Content-Length: 3", "hel"),
        (Some(0), "Content-Length: 0", ""),
        (
            None,
            "Transfer-Encoding: chunked",
            "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
        ),
    ] {
        let (instance, mut connection) = connect([Script::pieces(&[OK], false)]);
        put(
            &mut connection,
            Script::pieces(&[b"hel", b"lo"], true),
            length,
        )
        .unwrap();
        let sent = httplib_proto::latin1::decode(&instance.network().sent(0));
        assert!(sent.contains(&format!("{head}\r\n\r\n")), "{sent}");
        assert_eq!(body_sent(&instance), body);
        // It was sent as it was framed: the connection is kept.
        let response = connection.get_response().unwrap();
        response.borrow_mut().read(None).unwrap();
        assert!(connection.fileno().is_ok());
    }
}

#[test]
fn blocks_are_no_larger_than_was_set() {
    let (instance, mut connection) = connect([Script::pieces(&[OK], false)]);
    connection.settings.borrow_mut().block_size = 2;
    put(&mut connection, Script::pieces(&[b"hello"], true), None).unwrap();
    let expected = "2\r\nhe\r\n2\r\nll\r\n1\r\no\r\n0\r\n\r\n";
    assert_eq!(body_sent(&instance), expected);
}

#[test]
fn stream_that_ends_too_early_or_fails_is_told_apart() {
    let fails = Script {
        incoming: [Step::Data(b"hel".to_vec()), Step::Reset].into(),
        ..Script::default()
    };
    let ends = Script::pieces(&[b"hel"], true);
    for (stream, kind) in [(ends, Kind::ValueError), (fails, Kind::ConnectionReset)] {
        let (instance, mut connection) = connect([Script::default()]);
        let error = put(&mut connection, stream, Some(5)).unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(error.details().phase, Some(Phase::Send));
        assert_eq!(body_sent(&instance), "hel");
        let error = connection
            .request("GET", "/", None, &[], false)
            .unwrap_err();
        assert_eq!(error.details().state, Some("Request-sent"));
    }
}

#[test]
fn stalled_stream_leaves_the_rest_for_flush() {
    let (instance, mut connection) = connect([Script::pieces(&[OK], false)]);
    connection.settings.borrow_mut().timeouts.write = Some(SECOND);
    let stream = Script {
        incoming: [
            Step::Data(b"hel".to_vec()),
            Step::Stall,
            Step::Data(b"lo".to_vec()),
            Step::End,
        ]
        .into(),
        ..Script::default()
    };
    let stream = ScriptedStream::new(stream);
    let release = stream.releaser();
    let body = Source::Stream(stream, None);
    let error = connection
        .request("PUT", "/", Some(body), &[], false)
        .unwrap_err();
    assert_eq!(error.kind(), Kind::TimedOut);
    assert_eq!(error.details().phase, Some(Phase::Send));
    assert_eq!(body_sent(&instance), "3\r\nhel\r\n");
    assert_eq!(
        connection.send(b"x".to_vec()).unwrap_err().kind(),
        Kind::ValueError
    );
    release();
    connection.flush().unwrap();
    assert_eq!(body_sent(&instance), "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n");
}

#[test]
fn answer_that_comes_before_the_stream_has_ended_is_heard() {
    let (_, mut connection) = connect([Script::pieces(&[OK], false)]);
    let stream = Script {
        incoming: [Step::Data(b"hel".to_vec()), Step::Stall].into(),
        ..Script::default()
    };
    let error = put(&mut connection, stream, None).unwrap_err();
    assert_eq!(error.kind(), Kind::TimedOut);
    let response = connection.get_response().unwrap();
    assert_eq!(response.borrow_mut().read(None).unwrap(), b"ok");
    // The server may take what follows for the next request.
    assert!(connection.fileno().is_err());
}
