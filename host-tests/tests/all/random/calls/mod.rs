//! Calls of the whole contract in any order, against servers that do anything.
//!
//! No trap, no double borrow, no call that outlasts its limit.

mod arguments;
mod connections;
mod others;
mod responses;
mod servers;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

use fastrand::Rng;
use httplib_host_tests::{Connection, Host, Message, Response, TlsContext};

use super::{generator, one_of};
use crate::trials::{Trials, parameter, watched};
use crate::waiting::at_once;
use servers::Servers;

/// The limit of all that a request does. Each wait has a shorter one.
const TOTAL: Duration = Duration::from_millis(500);

/// No call may take longer.
const MOST: Duration = Duration::from_secs(2);

/// How many seeds are played at the same time.
const AT_ONCE: u64 = 4;

/// Of so many calls one brings a response, or the others have little to do.
const CALLS_FOR_A_RESPONSE: u64 = 500;

/// How many calls are shown of those that led to a failure.
const SHOWN: usize = 40;

#[test]
fn random_calls_neither_trap_nor_outlast_their_limit() {
    let first = parameter("HTTPLIB_SEED", 1);
    let seeds = parameter("HTTPLIB_SEEDS", 2);
    // Most of what they do is to wait.
    at_once(0..seeds.min(AT_ONCE), |lane| {
        play_all((first + lane..first + seeds).step_by(AT_ONCE as usize));
    });
}

fn play_all(seeds: impl Iterator<Item = u64>) {
    let calls = parameter("HTTPLIB_CALLS", 4000);
    let mut trials = Trials::default();
    for seed in seeds {
        let trace = RefCell::default();
        let passed = trials.attempt(&format!("HTTPLIB_SEED={seed}"), || {
            play(seed, calls, &trace)
        });
        if !passed {
            let calls: Vec<String> = trace.take().into();
            trials.explain(&format!("the last one first:\n{}", calls.join("\n")));
        }
    }
    trials.finish();
}

fn play(seed: u64, calls: u64, trace: &RefCell<VecDeque<String>>) -> Result<(), String> {
    let servers = Servers::start(seed);
    let host = watched(MOST).build().map_err(|error| error.to_string())?;
    host.set_default_timeout(Some(Duration::from_millis(20)));
    let mut player = Player {
        host: &host,
        servers: &servers,
        contexts: Vec::new(),
        connections: Vec::new(),
        responses: Vec::new(),
        messages: Vec::new(),
        answered: 0,
    };
    for number in 0..calls {
        let mut rng = generator(seed, number);
        let (name, call) = choose(&mut rng);
        let mut calls = trace.borrow_mut();
        calls.truncate(SHOWN - 1);
        calls.push_front(format!("{number} {name}"));
        drop(calls);
        let begin = Instant::now();
        call(&mut player, &mut rng);
        let took = begin.elapsed();
        if took > MOST {
            return Err(format!("call {number}, {name}, took {took:?}"));
        }
    }
    match player.answered < calls / CALLS_FOR_A_RESPONSE {
        true => Err(format!("only {} responses", player.answered)),
        false => Ok(()),
    }
}

/// What there is to call.
struct Player<'a> {
    host: &'a Host,
    servers: &'a Servers,
    contexts: Vec<TlsContext>,
    connections: Vec<Connection>,
    responses: Vec<Response>,
    messages: Vec<Message>,
    /// How many responses there were so far.
    answered: u64,
}

/// A call and its name. Errors are as good as results.
type Call = (&'static str, fn(&mut Player<'_>, &mut Rng));

fn choose(rng: &mut Rng) -> Call {
    *match rng.u8(..100) {
        0..6 => one_of(rng, others::MAKING),
        6..14 => one_of(rng, others::CALLS),
        14..28 => one_of(rng, connections::SETTINGS),
        28..65 => one_of(rng, connections::CALLS),
        _ => one_of(rng, responses::CALLS),
    }
}

/// Any of a pool.
fn any<'a, T>(pool: &'a [T], rng: &mut Rng) -> Option<&'a T> {
    (!pool.is_empty()).then(|| one_of(rng, pool))
}

/// Adds to a pool, in which older ones make room.
fn keep<T>(pool: &mut Vec<T>, rng: &mut Rng, value: T) {
    if pool.len() >= 6 {
        pool.swap_remove(rng.usize(..pool.len()));
    }
    pool.push(value);
}

/// Takes something out of a pool, and drops it.
fn discard<T>(pool: &mut Vec<T>, rng: &mut Rng) {
    if !pool.is_empty() {
        pool.swap_remove(rng.usize(..pool.len()));
    }
}
