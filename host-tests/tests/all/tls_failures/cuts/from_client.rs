//! What the client sends is cut: the server sees the end of it.

use httplib_host_tests::{ErrorKind, Phase};

use super::{Attempt, Bench, Handshake, Reading, Report, Stage};
use crate::servers::{Fault, Place};
use crate::tls_failures::HOST;

#[test]
fn client_cut_off_at_every_byte_of_tls13_gets_a_typed_error() {
    cut(Handshake::Tls13, &Fault::Close, 1);
}

#[test]
fn client_cut_off_at_every_byte_of_tls12_gets_a_typed_error() {
    cut(Handshake::Tls12, &Fault::Close, 1);
}

#[test]
fn client_cut_off_at_any_byte_of_a_resumption_gets_a_typed_error() {
    cut(Handshake::Resumed, &Fault::Close, 7);
}

#[test]
fn client_reset_at_any_byte_gets_a_typed_error() {
    for handshake in [Handshake::Tls12, Handshake::Tls13, Handshake::Resumed] {
        cut(handshake, &Fault::Reset, 17);
    }
}

fn cut(handshake: Handshake, fault: &Fault, step: usize) {
    let bench = Bench::new(handshake);
    let mut cuts = 0;
    for at in (0..).step_by(step) {
        let (attempt, report) = bench.run(Place::Received(at), fault.clone(), |connection| {
            Attempt::make(connection, Reading::Whole)
        });
        let possible = possible_stage(handshake, &report);
        match fault {
            Fault::Close => check_close(&attempt, possible, at),
            _ => check_reset(&attempt, possible, at),
        }
        if report.has_request {
            break;
        }
        cuts += 1;
    }
    assert!(cuts * step > 300, "{cuts}");
}

/// How far the client can come.
fn possible_stage(handshake: Handshake, report: &Report) -> Stage {
    let client_is_done = match handshake {
        Handshake::Tls12 => report.has_shaken_hands,
        Handshake::Tls13 | Handshake::Resumed => report.has_hello,
    };
    match (client_is_done, report.has_request) {
        (false, _) => Stage::Connect,
        (true, false) => Stage::Response,
        (true, true) => Stage::Done,
    }
}

fn check_close(attempt: &Attempt, stage: Stage, at: usize) {
    let told = format!("{at}: {:?}, {:?}", attempt.stage, attempt.error);
    assert_eq!(attempt.stage, stage, "{told}");
    let said = attempt
        .error
        .as_ref()
        .map(|error| (error.kind, error.phase));
    let expected = match stage {
        Stage::Connect => Some((ErrorKind::Tls, Some(Phase::Tls))),
        Stage::Done => None,
        _ => Some((ErrorKind::RemoteDisconnected, None)),
    };
    assert_eq!(said, expected, "{told}");
}

fn check_reset(attempt: &Attempt, possible: Stage, at: usize) {
    let told = format!("{at}: {:?}, {:?}", attempt.stage, attempt.error);
    assert!(attempt.stage <= possible, "{told}");
    let Some(error) = &attempt.error else {
        assert_eq!(attempt.stage, Stage::Done, "{told}");
        return;
    };
    let kinds = [ErrorKind::ConnectionReset, ErrorKind::BrokenPipe];
    assert!(kinds.contains(&error.kind), "{told}");
    assert_eq!(error.host.as_deref(), Some(HOST), "{told}");
}
