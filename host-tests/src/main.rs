//! `fetch`: gets a URL through the component, as `curl` would, or without a URL
//! shows the component at work against a server of its own.

mod runner;

use std::io::Write;
use std::process::ExitCode;

use runner::args::Args;
use runner::{demo, fetch};

fn main() -> ExitCode {
    let args = Args::of_process();
    let outcome = match &args.url {
        Some(url) => fetch::run(&args, url),
        None => demo::run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if let Some(message) = &failure.message {
                // Nobody is left to be told if this fails.
                let _ = writeln!(std::io::stderr(), "fetch: {message}");
            }
            ExitCode::from(failure.code)
        }
    }
}
