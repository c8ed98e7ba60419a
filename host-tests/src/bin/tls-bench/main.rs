//! `tls-bench`: what the component's TLS costs inside Wasmtime, beside what
//! rustls with ring costs natively against the same servers, and beside what a
//! guest could reach at best.
//!
//! Everything is counted in processor time of the client ([`cost`]), so that
//! neither the servers nor other processes are part of a figure.

mod bulk;
mod ceilings;
mod certificates;
mod clients;
mod cost;
mod handshakes;
mod http;
mod schedule;
mod server;
mod table;

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use schedule::Schedule;

/// Measures TLS inside the guest, natively, and at its ceilings.
#[derive(Parser)]
struct Args {
    /// One short round, only to see that everything works.
    #[arg(long)]
    quick: bool,
}

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> ExitCode {
    let schedule = match Args::parse().quick {
        true => Schedule::QUICK,
        false => Schedule::FULL,
    };
    match run(&schedule) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody is left to be told if this fails.
            let _ = writeln!(std::io::stderr(), "tls-bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(schedule: &Schedule) -> Result<()> {
    let mut bulk = bulk::Bench::new()?;
    let mut handshakes = handshakes::Bench::new()?;
    for round in 1..=schedule.rounds {
        writeln!(
            std::io::stderr(),
            "tls-bench: round {round} of {}",
            schedule.rounds
        )?;
        bulk.round(schedule)?;
        handshakes.round(schedule)?;
    }
    let tables = format!("{}\n{}", handshakes.table(), bulk.table());
    Ok(std::io::stdout().write_all(tables.as_bytes())?)
}
