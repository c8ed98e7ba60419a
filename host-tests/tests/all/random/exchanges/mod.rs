//! Exchanges with random cuts, stalls, limits and non-blocking phases.
//!
//! The bytes are checked both ways: the request's body as the server saw it, and the
//! response's as the caller got it.

mod client;
mod plan;
mod reader;
mod server;

use std::time::Duration;

use super::generator;
use crate::servers::Scheme;
use crate::trials::{Trials, parameter, watched};
use client::Client;
use plan::Plan;

/// After this time an exchange does not go on any more.
const STUCK: Duration = Duration::from_secs(20);

/// After so many failures the rest would only take time.
const ENOUGH: usize = 20;

#[test]
fn random_exchanges_over_http_lose_and_invent_no_byte() {
    exchange(&[Scheme::Http]);
}

#[test]
fn random_exchanges_over_https_lose_and_invent_no_byte() {
    exchange(&[Scheme::Tls13, Scheme::Tls12]);
}

fn exchange(schemes: &[Scheme]) {
    let first = parameter("HTTPLIB_SEED", 1);
    // Half of them over each of http and https.
    let count = parameter("HTTPLIB_SEEDS", parameter("HTTPLIB_EXCHANGES", 400) / 2);
    let mut trials = Trials::default();
    for (index, &scheme) in schemes.iter().enumerate() {
        let (server, reports) = server::start(scheme);
        let mut client = None;
        for seed in first..first + count {
            if trials.failures() == ENOUGH {
                break;
            }
            // The versions of TLS take turns.
            if seed % schemes.len() as u64 != index as u64 {
                continue;
            }
            let plan = Plan::new(seed);
            let passed = trials.attempt(&format!("{scheme:?}, HTTPLIB_SEED={seed}"), || {
                let client: &Client = match &mut client {
                    Some(client) if !plan.anew => client,
                    client => client.insert(Client::connect(scheme, server.port())?),
                };
                client.exchange(seed, &plan)?;
                server::report(&reports, seed)
            });
            if !passed {
                trials.explain(&format!("{plan:?}"));
            }
            if !passed || plan.cut.is_some() {
                client = None;
            }
        }
    }
    trials.finish();
}
