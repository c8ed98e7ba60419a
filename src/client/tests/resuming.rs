//! Time limits: which phase they name, and that nothing is lost by them.

use super::told::{Kind, Told};
use super::{SECOND, connect};
use crate::Source;
use crate::error::{Error, Phase};
use crate::scripted::{Script, Step};
use httplib_proto::request::Body;

#[track_caller]
fn assert_timed_out(error: &Error, phase: Phase) {
    assert_eq!(
        (error.kind(), error.details().phase),
        (Kind::TimedOut, Some(phase))
    );
    assert_eq!(error.details().host.as_deref().unwrap_or("host"), "host");
}

/// Received: each piece after a stall that outlasts one time limit.
fn stalling(pieces: &[&[u8]]) -> Script {
    let mut script = Script::default();
    for piece in pieces {
        script.incoming.push_back(Step::Stall);
        script.incoming.push_back(Step::Data(piece.to_vec()));
    }
    script
}

/// Lets the next stall of the first connection pass.
fn go_on(instance: &super::Instance<super::Scripted>) {
    instance.network().release_stall();
}

#[test]
fn each_phase_of_a_response_is_named_and_resumed() {
    let pieces: [&[u8]; 4] = [
        b"HTTP/1.1 2",
        b"00 OK\r\nContent-Length: 5\r\n",
        b"\r\nhe",
        b"llo",
    ];
    let (instance, mut connection) = connect([stalling(&pieces)]);
    connection.request("GET", "/", None, &[], false).unwrap();
    for phase in [Phase::FirstByte, Phase::Head, Phase::Head] {
        assert_timed_out(&connection.get_response().unwrap_err(), phase);
        go_on(&instance);
    }
    let response = connection.get_response().unwrap();
    let mut response = response.borrow_mut();
    assert_timed_out(&response.read(None).unwrap_err(), Phase::Body);
    go_on(&instance);
    assert_eq!(response.read(None).unwrap(), b"hello");
    assert!(response.is_closed());
}

#[test]
fn what_a_stalled_read_had_is_first_in_the_next() {
    let pieces: [&[u8]; 2] = [b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe", b"llo"];
    for size in 1..=5 {
        let (instance, mut connection) = connect([stalling(&pieces)]);
        go_on(&instance);
        connection.request("GET", "/", None, &[], false).unwrap();
        let response = connection.get_response().unwrap();
        let mut response = response.borrow_mut();
        assert_timed_out(&response.read(Some(5)).unwrap_err(), Phase::Body);
        let first = response.read(Some(size.min(2))).unwrap();
        go_on(&instance);
        let rest = response.read(None).unwrap();
        assert_eq!([first, rest].concat(), b"hello");
    }
}

#[test]
fn stalled_sending_goes_on_with_flush_and_sends_every_byte_once() {
    let script = Script {
        outgoing: [Step::Room(10), Step::Room(0), Step::Stall].into(),
        ..Script::pieces(&[b"HTTP/1.1 204 No\r\n\r\n"], false)
    };
    let (instance, mut connection) = connect([script]);
    let body = (0..100_000_u32)
        .map(|n| n.to_le_bytes()[0])
        .collect::<Vec<_>>();
    let error = connection
        .request(
            "PUT",
            "/",
            Some(Source::Here(Body::Bytes(body.clone()))),
            &[],
            false,
        )
        .unwrap_err();
    assert_timed_out(&error, Phase::Send);
    assert_timed_out(&connection.flush().unwrap_err(), Phase::Send);
    let error = connection
        .request("PUT", "/", None, &[], false)
        .unwrap_err();
    assert_eq!(error.kind(), Kind::CannotSendRequest);
    go_on(&instance);
    connection.flush().unwrap();
    let sent = instance.network().sent(0);
    let head = sent.windows(4).position(|end| end == b"\r\n\r\n").unwrap() + 4;
    assert_eq!(&sent[head..], body);
    assert_eq!(
        connection.get_response().unwrap().borrow().head().status,
        204
    );
}

#[test]
fn early_answer_is_heard_while_sending_stalls() {
    let script = Script {
        outgoing: [Step::Room(10), Step::Room(0), Step::Stall].into(),
        ..Script::pieces(&[b"HTTP/1.1 413 No\r\nContent-Length: 0\r\n\r\n"], false)
    };
    let (_, mut connection) = connect([script]);
    let body = Some(Body::Bytes(vec![0; 100_000]));
    let error = connection
        .request("PUT", "/", body.map(Source::Here), &[], false)
        .unwrap_err();
    assert_timed_out(&error, Phase::Send);
    let response = connection.get_response().unwrap();
    assert_eq!(response.borrow().head().status, 413);
    response.borrow_mut().read(None).unwrap();
    // The server may take what is left of the body for the next request.
    assert!(connection.fileno().is_err());
}

#[test]
fn stalled_connecting_goes_on_with_the_same_attempt() {
    let script = Script {
        connect: [Step::Stall].into(),
        ..Script::pieces(&[b"HTTP/1.1 204 No\r\n\r\n"], false)
    };
    let (instance, mut connection) = connect([script]);
    let error = connection
        .request("GET", "/", None, &[], false)
        .unwrap_err();
    assert_timed_out(&error, Phase::Connect);
    assert_timed_out(&connection.get_response().unwrap_err(), Phase::Connect);
    go_on(&instance);
    connection.get_response().unwrap();
    assert_eq!(instance.network().connections(), 1);
}

#[test]
fn zero_is_non_blocking_and_select_tells_when_to_go_on() {
    let pieces: [&[u8]; 3] = [b"HTTP/1.1 200 OK\r\n", b"Content-Length: 2\r\n\r\n", b"ok"];
    let script = Script {
        connect: [Step::Wait].into(),
        ..Script::pieces(&pieces, false)
    };
    let (instance, mut connection) = connect([script]);
    connection.settings.borrow_mut().timeouts.each = Some(Some(0));
    let error = connection
        .request("GET", "/", None, &[], false)
        .unwrap_err();
    assert_eq!(error.kind(), Kind::WouldBlock);
    let number = connection.fileno().unwrap();
    let wait = || {
        let ready = instance.select(&[number], &[], None).unwrap();
        assert_eq!(ready, (vec![number], vec![]));
    };
    let response = loop {
        match connection.get_response() {
            Ok(response) => break response,
            Err(error) => assert_eq!(error.kind(), Kind::WouldBlock),
        }
        wait();
    };
    assert_eq!(
        response.borrow_mut().read(None).unwrap_err().kind(),
        Kind::WouldBlock
    );
    wait();
    assert_eq!(response.borrow_mut().read(None).unwrap(), b"ok");
}

#[test]
fn total_limit_counts_from_the_request_on() {
    let pieces: [&[u8]; 2] = [b"HTTP/1.1 200 OK\r\n\r\n", b"x"];
    let (instance, mut connection) = connect([stalling(&pieces)]);
    {
        let timeouts = &mut connection.settings.borrow_mut().timeouts;
        timeouts.each = Some(None);
        timeouts.first_byte = Some(SECOND);
        timeouts.total = Some(SECOND * 3 / 2);
    }
    connection.request("GET", "/", None, &[], false).unwrap();
    assert_timed_out(&connection.get_response().unwrap_err(), Phase::FirstByte);
    go_on(&instance);
    let response = connection.get_response().unwrap();
    let error = response.borrow_mut().read(None).unwrap_err();
    assert_timed_out(&error, Phase::Body);
    assert!(error.to_string().contains("total"), "{error}");
}

#[test]
fn select_without_anything_ready_returns_when_the_time_is_over() {
    let (instance, mut connection) = connect([stalling(&[b"x"])]);
    connection.connect().unwrap();
    let number = connection.fileno().unwrap();
    let ready = instance.select(&[number], &[], Some(SECOND)).unwrap();
    assert_eq!(ready, (vec![], vec![]));
    let ready = instance.select(&[number], &[number], None).unwrap();
    assert_eq!(ready, (vec![], vec![number]));
    connection.close();
    let error = instance.select(&[number], &[], None).unwrap_err();
    assert_eq!(error.kind(), Kind::ValueError);
}
