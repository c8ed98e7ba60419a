//! What is written to the peer.

use std::time::Duration;

use httplib_host_tests::{ErrorKind, Phase};

use super::{everywhere, open};
use crate::bodies::MIB;
use crate::servers::Gate;
use crate::waiting::{SHORT, until_ok};

#[test]
fn bytes_go_both_ways_in_turn() {
    everywhere(|scheme, opening| {
        let raw = open(scheme, opening, |peer| {
            for _ in 0..3 {
                let question = peer.line()?;
                peer.send(format!("{question}, world\n"))?;
            }
            Ok(())
        });
        for word in ["hello", "good bye", "\0"] {
            raw.response.write(word.as_bytes()).unwrap();
            raw.response.write(b"").unwrap();
            raw.response.write(b"\r\n").unwrap();
            raw.response.flush().unwrap();
            let answer = raw.response.readline(None).unwrap();
            assert_eq!(answer, format!("{word}, world\n").as_bytes(), "{scheme:?}");
        }
        assert_eq!(raw.response.readline(None).unwrap(), b"");
    });
}

#[test]
fn shutdown_ends_one_way_and_the_peer_s_data_still_arrives() {
    everywhere(|scheme, opening| {
        let raw = open(scheme, opening, |peer| {
            // Over TLS, this is an error without a close_notify.
            let all = peer.rest()?;
            peer.send([b"got ", &all[..]].concat())
        });
        raw.response.write(b"hello").unwrap();
        raw.response.shutdown().unwrap();
        assert!(!raw.response.writable(), "{scheme:?} {opening:?}");
        for refused in [raw.response.write(b"x"), raw.response.shutdown()] {
            assert_eq!(refused.unwrap_err().kind, ErrorKind::UnsupportedOperation);
        }
        raw.response.flush().unwrap();
        let answer = raw.response.read(None).unwrap();
        assert_eq!(answer, b"got hello", "{scheme:?} {opening:?}");
        assert!(raw.response.is_closed());
        raw.server.wait_for_end(0);
    });
}

#[test]
fn peer_that_has_ended_can_still_be_written_to() {
    everywhere(|scheme, opening| {
        let gate = Gate::default();
        let ended = gate.clone();
        let raw = open(scheme, opening, move |peer| {
            peer.send("bye")?;
            peer.end_sending()?;
            ended.wait();
            let all = peer.rest()?;
            assert_eq!(all, b"hello");
            Ok(())
        });
        assert_eq!(raw.response.read(None).unwrap(), b"bye");
        assert!(raw.response.writable(), "{scheme:?} {opening:?}");
        gate.open();
        raw.response.write(b"hello").unwrap();
        raw.response.shutdown().unwrap();
        assert!(raw.response.is_closed());
        assert!(raw.server.wait_for_end(0).ends_with(b"hello"));
    });
}

#[test]
fn stalled_write_is_timed_out_and_goes_on_with_flush() {
    everywhere(|scheme, opening| {
        const LENGTH: usize = 16 * MIB;
        let gate = Gate::default();
        let go_on = gate.clone();
        let raw = open(scheme, opening, move |peer| {
            go_on.wait();
            let sum = peer.sum(LENGTH)?;
            let right = sum == crate::bodies::sha_of(&vec![b'x'; LENGTH][..]);
            peer.send(if right { "right" } else { "wrong" })
        });
        raw.connection.set_timeout(Some(SHORT));
        let error = raw.response.write(&vec![b'x'; LENGTH]).unwrap_err();
        assert_eq!(error.kind, ErrorKind::TimedOut, "{scheme:?} {opening:?}");
        assert_eq!(error.phase, Some(Phase::Send));
        let error = raw.response.flush().unwrap_err();
        assert_eq!(error.kind, ErrorKind::TimedOut);
        raw.connection.set_timeout(Some(Duration::ZERO));
        let error = raw.response.shutdown().unwrap_err();
        assert_eq!(error.kind, ErrorKind::WouldBlock);
        raw.connection.set_timeout(Some(SHORT));
        gate.open();
        until_ok(|| raw.response.flush());
        until_ok(|| raw.response.shutdown());
        let answer = until_ok(|| raw.response.read(None));
        assert_eq!(answer, b"right", "{scheme:?} {opening:?}");
    });
}
