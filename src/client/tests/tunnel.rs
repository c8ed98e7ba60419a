//! CONNECT and its answer, before anything else is sent.

use super::told::{Kind, Told};
use super::{SECOND, connect};
use crate::error::Phase;
use crate::scripted::{Script, Step};

const ESTABLISHED: &[u8] = b"HTTP/1.1 200 Established\r\nVia: p\r\n\r\n";
const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const CONNECT: &str = "CONNECT inside:81 HTTP/1.1\r\nA: b\r\nHost: inside:81\r\n\r\n";

fn headers() -> Vec<(String, String)> {
    vec![("A".into(), "b".into())]
}

#[test]
fn request_follows_the_answer_on_the_same_connection() {
    let (instance, mut connection) = connect([Script::pieces(&[ESTABLISHED, OK], false)]);
    connection
        .set_tunnel("inside", Some(81), headers())
        .unwrap();
    connection.request("GET", "/", None, &[], false).unwrap();
    let response = connection.get_response().unwrap();
    assert_eq!(response.borrow().url(), "http://inside:81/");
    let sent = httplib_proto::latin1::decode(&instance.network().sent(0));
    let (connect, request) = sent.split_at(CONNECT.len());
    assert_eq!(connect, CONNECT);
    assert!(request.starts_with("GET / HTTP/1.1\r\nHost: inside:81\r\n"));
    assert_eq!(instance.network().connections(), 1);
}

#[test]
fn answer_may_come_byte_by_byte_and_bring_the_response() {
    let all = [ESTABLISHED, OK].concat();
    let bytes: Vec<&[u8]> = all.chunks(1).collect();
    for pieces in [&bytes[..], &[&all[..]]] {
        let (_, mut connection) = connect([Script::pieces(pieces, false)]);
        connection
            .set_tunnel("inside", Some(81), headers())
            .unwrap();
        connection.request("GET", "/", None, &[], false).unwrap();
        let response = connection.get_response().unwrap();
        assert_eq!(response.borrow_mut().read(None).unwrap(), b"ok");
    }
}

#[test]
fn refusal_closes_the_connection_and_leaves_its_headers() {
    let refusal = b"HTTP/1.1 407 No Way\r\nProxy-Authenticate: Basic\r\n\r\nbody";
    let (_, mut connection) = connect([Script::pieces(&[refusal], false)]);
    connection
        .set_tunnel("inside", Some(81), headers())
        .unwrap();
    let error = connection
        .request("GET", "/", None, &[], false)
        .unwrap_err();
    assert_eq!(error.kind(), Kind::OsError);
    assert_eq!(error.to_string(), "Tunnel connection failed: 407 No Way");
    assert_eq!(error.details().phase, Some(Phase::Tunnel));
    let headers = connection.proxy_headers(|headers| headers.try_clone().unwrap());
    let headers = headers.unwrap();
    assert_eq!(
        headers.get_all(b"proxy-authenticate").next(),
        Some(&b"Basic"[..])
    );
    assert!(connection.fileno().is_err());
    let error = connection.get_response().unwrap_err();
    assert_eq!(error.details().state, Some("Idle"));
}

#[test]
fn interim_answer_of_a_proxy_opens_nothing() {
    let (_, mut connection) = connect([Script::pieces(&[b"HTTP/1.1 100 Go\r\n\r\n"], true)]);
    connection.set_tunnel("inside", None, Vec::new()).unwrap();
    let error = connection.connect().unwrap_err();
    assert_eq!(error.kind(), Kind::OsError);
    assert_eq!(error.to_string(), "Tunnel connection failed: 100 Go");
}

#[test]
fn answer_of_the_proxy_that_comes_in_parts_is_never_the_response() {
    for cut in 1..ESTABLISHED.len() {
        let (first, second) = ESTABLISHED.split_at(cut);
        let script = Script {
            incoming: [
                Step::Data(first.to_vec()),
                Step::Stall,
                Step::Data(second.to_vec()),
                Step::Wait,
                Step::Data(OK.to_vec()),
            ]
            .into(),
            ..Script::default()
        };
        let (instance, mut connection) = connect([script]);
        connection.set_tunnel("inside", None, Vec::new()).unwrap();
        let error = connection
            .request("GET", "/", None, &[], false)
            .unwrap_err();
        assert_eq!(error.details().phase, Some(Phase::Tunnel));
        // The answer is not whole yet, and then it is.
        let error = connection.get_response().unwrap_err();
        assert_eq!(error.kind(), Kind::TimedOut, "{cut}: {error}");
        assert_eq!(error.details().phase, Some(Phase::Tunnel));
        instance.network().release_stall();
        let response = connection.get_response().unwrap();
        assert_eq!(response.borrow_mut().read(None).unwrap(), b"ok", "{cut}");
    }
}

#[test]
fn stalled_tunnel_is_named_and_resumed() {
    let script = Script {
        outgoing: [Step::Room(10), Step::Stall].into(),
        ..Script::pieces(&[ESTABLISHED, OK], false)
    };
    let (instance, mut connection) = connect([script]);
    connection
        .set_tunnel("inside", Some(81), headers())
        .unwrap();
    connection.settings.borrow_mut().timeouts.connect = Some(SECOND);
    let error = connection.connect().unwrap_err();
    assert_eq!(error.kind(), Kind::TimedOut);
    assert_eq!(error.details().phase, Some(Phase::Tunnel));
    instance.network().release_stall();
    connection.connect().unwrap();
    assert_eq!(instance.network().sent(0), CONNECT.as_bytes());
    let error = connection
        .set_tunnel("other", None, Vec::new())
        .unwrap_err();
    assert_eq!(error.kind(), Kind::RuntimeError);
}
