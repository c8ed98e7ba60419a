//! A host whose calls fail, end, block, stall or do less than they could: each call
//! of an exchange in its turn.
//!
//! What comes of it is a typed error or success, in time, without a wrong byte on
//! either side, and connection and instance are usable afterwards.

mod exchange;
mod scenario;

use std::time::{Duration, Instant};

use httplib_host_tests::{Connection, ErrorKind, Fault, Host, HttpError, Injection, Operation};

use crate::servers::{Scheme, Server, answering, ok};
use crate::trials::{Trials, watched};
use exchange::{Mode, Outcome};
use scenario::{Scenario, Stage};

/// Of each exchange altogether.
const LIMIT: Duration = Duration::from_secs(4);

/// The same, where it is sure to be reached.
const STALLED_LIMIT: Duration = Duration::from_millis(200);

/// What a busy machine may take beyond a limit.
const SLACK: Duration = Duration::from_secs(1);

/// No exchange has so many calls of one kind.
const MOST: u64 = 300;

/// After so many failures of one kind the rest would only take time.
const ENOUGH: usize = 3;

#[test]
fn http_exchange_survives_every_fault_of_the_host() {
    survives(Scenario::Http);
}

#[test]
fn https_exchange_survives_every_fault_of_the_host() {
    survives(Scenario::Https);
}

#[test]
fn exchange_through_a_tunnel_survives_every_fault_of_the_host() {
    survives(Scenario::Tunnel);
}

#[test]
fn body_from_a_stream_survives_every_fault_of_the_host() {
    survives(Scenario::Stream);
}

#[test]
fn body_that_waits_for_100_survives_every_fault_of_the_host() {
    survives(Scenario::Expect);
}

fn survives(scenario: Scenario) {
    let stage = scenario.stage();
    let healthy = Scheme::Http.server(answering(ok("small")));
    let mut trials = Trials::default();
    for mode in [Mode::Blocking, Mode::NonBlocking] {
        for operation in Operation::ALL {
            for &fault in operation.faults() {
                each_call(&mut trials, &stage, &healthy, mode, operation, fault);
            }
        }
    }
    trials.finish();
}

fn each_call(
    trials: &mut Trials,
    stage: &Stage,
    healthy: &Server,
    mode: Mode,
    operation: Operation,
    fault: Fault,
) {
    let enough = trials.failures() + ENOUGH;
    for nth in 1..MOST {
        let injection = Injection {
            operation,
            nth,
            fault,
        };
        let mut happened = true;
        trials.attempt(&format!("{mode:?}, {injection:?}"), || {
            let before = stage.server.accepts();
            happened = one_call(stage, healthy, mode, injection)?;
            (before..stage.server.accepts()).try_for_each(|number| {
                let received = stage.server.wait_for_end(number);
                match stage.request.starts_with(&received) {
                    true => Ok(()),
                    false => Err(format!("another request: {} bytes", received.len())),
                }
            })
        });
        if trials.failures() == enough {
            return;
        }
        if !happened {
            // A test without faults would be none; but nobody waits where everything
            // is there at once.
            let rare = matches!(operation, Operation::Shutdown | Operation::Poll);
            assert!(nth > 1 || rare, "{operation:?}");
            return;
        }
    }
    panic!("{operation:?} has no end");
}

/// Whether the fault has happened.
fn one_call(
    stage: &Stage,
    healthy: &Server,
    mode: Mode,
    injection: Injection,
) -> Result<bool, String> {
    let limit = match injection.fault {
        Fault::Stall => STALLED_LIMIT,
        _ => LIMIT,
    };
    let host = watched(limit + SLACK)
        .build()
        .map_err(|error| error.to_string())?;
    let connection = stage.connection(&host);
    host.inject(Some(injection));
    let begin = Instant::now();
    let outcome = exchange::run(stage, &host, &connection, mode, limit)?;
    let took = begin.elapsed();
    let happened = host.fault_has_happened();
    host.inject(None);
    if took > limit + SLACK {
        return Err(format!("it took {took:?}"));
    }
    match outcome {
        Outcome::Whole => {}
        Outcome::Late if injection.fault == Fault::Stall => {}
        Outcome::Failed(error) if is_fair(&error, injection) => {}
        Outcome::Late => return Err("it does not go on".to_owned()),
        Outcome::Failed(error) => return Err(error.to_string()),
    }
    is_usable(stage, &host, &connection)?;
    exchange_on_another_connection(&host, healthy)?;
    Ok(happened)
}

/// Whether the fault is a reason for the error.
fn is_fair(error: &HttpError, injection: Injection) -> bool {
    match injection.fault {
        Fault::Block | Fault::Shorten => false,
        Fault::Stall => error.kind == ErrorKind::TimedOut,
        Fault::Fail | Fault::End => {
            error.is_instance(ErrorKind::OsError)
                || error.is_instance(ErrorKind::HttpException)
                // A stream that is a body has ended too early.
                || error.kind == ErrorKind::ValueError
        }
    }
}

/// The same exchange on the same connection works without the fault.
fn is_usable(stage: &Stage, host: &Host, connection: &Connection) -> Result<(), String> {
    connection.close();
    match exchange::run(stage, host, connection, Mode::Blocking, LIMIT) {
        Ok(Outcome::Whole) => Ok(()),
        Ok(Outcome::Failed(error)) => Err(format!("again: {error}")),
        Ok(Outcome::Late) => Err("again: it does not go on".to_owned()),
        Err(failure) => Err(format!("again: {failure}")),
    }
}

fn exchange_on_another_connection(host: &Host, healthy: &Server) -> Result<(), String> {
    let get = || {
        let connection = host.http("127.0.0.1", healthy.port())?;
        connection.set_total_timeout(Some(LIMIT));
        connection.request("GET", "/", None, &[])?;
        connection.get_response()?.read(None)
    };
    match get() {
        Ok(body) if body == b"small" => Ok(()),
        Ok(_) => Err("another connection: another body".to_owned()),
        Err(error) => Err(format!("another connection: {error}")),
    }
}
