//! What the server sends is cut.

use httplib_host_tests::{ErrorKind, Phase};

use super::{Attempt, Bench, Handshake, PIECES, Reading, Report, STATUS_LINE, Stage, pieces};
use crate::servers::{Fault, Place};
use crate::tls_failures::HOST;

#[test]
fn close_at_every_byte_of_tls13_is_a_typed_error_with_what_arrived() {
    cut(Handshake::Tls13, &Fault::Close, 1);
}

#[test]
fn close_at_every_byte_of_tls12_is_a_typed_error_with_what_arrived() {
    cut(Handshake::Tls12, &Fault::Close, 1);
}

#[test]
fn close_at_every_byte_of_a_resumption_is_a_typed_error_with_what_arrived() {
    cut(Handshake::Resumed, &Fault::Close, 1);
}

#[test]
fn reset_at_every_byte_of_tls13_is_a_typed_error() {
    cut(Handshake::Tls13, &Fault::Reset, 1);
}

#[test]
fn reset_at_any_byte_of_tls12_is_a_typed_error() {
    cut(Handshake::Tls12, &Fault::Reset, 7);
}

#[test]
fn reset_at_any_byte_of_a_resumption_is_a_typed_error() {
    cut(Handshake::Resumed, &Fault::Reset, 7);
}

fn cut(handshake: Handshake, fault: &Fault, step: usize) {
    let bench = Bench::new(handshake);
    let mut stages = Vec::new();
    for at in (0..).step_by(step) {
        let reading = match at / step % 2 {
            0 => Reading::Whole,
            _ => Reading::Pieces,
        };
        let (attempt, report) = bench.run(Place::Sent(at), fault.clone(), |connection| {
            Attempt::make(connection, reading)
        });
        if attempt.stage > Stage::Connect {
            assert_eq!(report.resumed, handshake == Handshake::Resumed);
        }
        let possible = possible_stage(&report, at);
        match fault {
            Fault::Close => check_close(&attempt, reading, possible, &report, at),
            _ => check_reset(&attempt, possible, &report, at),
        }
        if stages.last() != Some(&attempt.stage) {
            stages.push(attempt.stage);
        }
        if report.records.len() == 2 + PIECES.len() && at >= report.end {
            break;
        }
    }
    // All of it was cut somewhere.
    assert_eq!(stages.first(), Some(&Stage::Connect));
    assert!(stages.contains(&Stage::Body), "{stages:?}");
    assert_eq!(stages.last(), Some(&Stage::Done));
}

/// How far a client can come that has received so many bytes.
fn possible_stage(report: &Report, at: usize) -> Stage {
    let arrived = report.records.iter().filter(|end| **end <= at).count();
    if report.opened.is_none_or(|opened| at < opened) {
        Stage::Connect
    } else if arrived < 2 {
        Stage::Response
    } else if arrived < 2 + PIECES.len() {
        Stage::Body
    } else {
        Stage::Done
    }
}

/// The whole pieces of the body in the first bytes.
fn arrived(report: &Report, at: usize) -> Vec<u8> {
    let records = report.records.iter().skip(2);
    pieces(records.filter(|end| **end <= at).count())
}

/// After an orderly end of TCP everything that arrived is told, then the end.
fn check_close(attempt: &Attempt, reading: Reading, stage: Stage, report: &Report, at: usize) {
    let told = format!("{at}: {:?}, {:?}, {report:?}", attempt.stage, attempt.error);
    assert_eq!(attempt.stage, stage, "{told}");
    let body = arrived(report, at);
    assert_eq!(attempt.body, body, "{told}");
    let Some(error) = &attempt.error else {
        // Reading in pieces ends like a body that is over, as in the reference.
        let in_pieces = stage == Stage::Body && matches!(reading, Reading::Pieces);
        assert!(stage == Stage::Done || in_pieces, "{told}");
        return;
    };
    match stage {
        Stage::Connect => {
            assert_eq!(error.kind, ErrorKind::Tls, "{told}");
            assert_eq!(error.phase, Some(Phase::Tls), "{told}");
            assert_eq!(error.host.as_deref(), Some(HOST), "{told}");
            assert!(error.message.contains("during the TLS handshake"), "{told}");
        }
        Stage::Response => {
            let status_line = (report.records[0] <= at).then_some(STATUS_LINE);
            let kind = match status_line {
                None => ErrorKind::RemoteDisconnected,
                Some(_) => ErrorKind::IncompleteRead,
            };
            assert_eq!(error.kind, kind, "{told}");
            let partial = status_line.map(str::as_bytes);
            assert_eq!(error.partial.as_deref(), partial, "{told}");
            assert_eq!(error.expected, None, "{told}");
        }
        Stage::Body => {
            assert_eq!(error.kind, ErrorKind::IncompleteRead, "{told}");
            assert_eq!(error.partial.as_deref(), Some(&body[..]), "{told}");
            let left = PIECES.concat().len() - body.len();
            assert_eq!(error.expected, Some(left as u64), "{told}");
        }
        Stage::Request | Stage::Done => panic!("{told}"),
    }
}

/// A reset may overtake what was sent, and is seen wherever the client is.
fn check_reset(attempt: &Attempt, possible: Stage, report: &Report, at: usize) {
    let told = format!("{at}: {:?}, {:?}, {report:?}", attempt.stage, attempt.error);
    assert!(attempt.stage <= possible, "{told}");
    assert!(arrived(report, at).starts_with(&attempt.body), "{told}");
    let Some(error) = &attempt.error else {
        assert_eq!(attempt.stage, Stage::Done, "{told}");
        return;
    };
    let kinds = [ErrorKind::ConnectionReset, ErrorKind::BrokenPipe];
    assert!(kinds.contains(&error.kind), "{told}");
    assert_eq!(error.host.as_deref(), Some(HOST), "{told}");
    let phases: &[Phase] = match attempt.stage {
        Stage::Connect => &[Phase::Tls],
        Stage::Request => &[Phase::Send],
        Stage::Response => &[Phase::FirstByte, Phase::Head],
        Stage::Body => &[Phase::Body],
        Stage::Done => &[],
    };
    assert!(
        error.phase.is_some_and(|phase| phases.contains(&phase)),
        "{told}"
    );
}
