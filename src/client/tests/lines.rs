//! Lines of a body, however it arrives.

use super::told::{Kind, Told};
use super::{answer, connect};
use crate::scripted::{Script, Step};

const FRAMED: [&str; 3] = [
    "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\none\n\r\ntwo\nx",
    "HTTP/1.1 200 OK\r\n\r\none\n\r\ntwo\nx",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
     2\r\non\r\n3\r\ne\n\r\r\n6\r\n\ntwo\nx\r\n0\r\n\r\n",
];

const LINES: [&[u8]; 4] = [b"one\n", b"\r\n", b"two\n", b"x"];

#[test]
fn lines_are_the_same_in_every_framing_and_cut() {
    for raw in FRAMED {
        for cut in 0..raw.len() {
            let (before, after) = raw.as_bytes().split_at(cut);
            let (_, mut connection) = connect([Script::pieces(&[before, after], true)]);
            connection.request("GET", "/", None, &[], false).unwrap();
            let response = connection.get_response().unwrap();
            let mut response = response.borrow_mut();
            for line in LINES {
                assert_eq!(response.read_line(None).unwrap(), line, "{raw:?} {cut}");
            }
            assert_eq!(response.read_line(None).unwrap(), b"");
            assert!(response.is_closed());
        }
    }
}

#[test]
fn stalled_lines_are_read_again() {
    for raw in FRAMED {
        let head = raw.find("\r\n\r\n").unwrap() + 4;
        for cut in head..raw.len() {
            let (before, after) = raw.as_bytes().split_at(cut);
            let script = Script {
                incoming: [
                    Step::Data(before.to_vec()),
                    Step::Stall,
                    Step::Data(after.to_vec()),
                    Step::End,
                ]
                .into(),
                ..Script::default()
            };
            let (instance, mut connection) = connect([script]);
            connection.request("GET", "/", None, &[], false).unwrap();
            let response = connection.get_response().unwrap();
            let mut response = response.borrow_mut();
            let error = response.read_lines(None).unwrap_err();
            assert_eq!(error.kind(), Kind::TimedOut, "{raw:?} {cut}");
            instance.network().release_stall();
            assert_eq!(response.read_lines(None).unwrap(), LINES, "{raw:?} {cut}");
        }
    }
}

#[test]
fn peek_takes_nothing_and_stays_inside_the_body() {
    for raw in FRAMED {
        let (_, mut connection) = connect([Script::pieces(&[raw.as_bytes()], true)]);
        connection.request("GET", "/", None, &[], false).unwrap();
        let response = connection.get_response().unwrap();
        let mut response = response.borrow_mut();
        let seen = response.peek(None).unwrap();
        assert!(!seen.is_empty() && LINES.concat().starts_with(&seen));
        assert_eq!(response.peek(Some(1)).unwrap(), b"o");
        assert_eq!(response.read(None).unwrap(), LINES.concat());
        assert_eq!(response.peek(None).unwrap(), b"");
    }
}

#[test]
fn peek_does_not_hide_that_a_body_is_broken() {
    let raw = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n";
    let (_connection, response) = answer("GET", raw);
    let mut response = response.borrow_mut();
    assert_eq!(response.peek(None).unwrap(), b"");
    let error = response.read(None).unwrap_err();
    assert_eq!(error.kind(), Kind::IncompleteRead);
    assert!(response.is_closed());
}
