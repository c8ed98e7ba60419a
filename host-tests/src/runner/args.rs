//! The options, named as curl names them.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::error::ContextKind;
use clap::{ArgAction, Parser};

/// Fetches a URL through the httplib component, inside an embedded Wasmtime.
/// Without a URL it starts an HTTPS server on the loopback interface and shows
/// GET, HEAD, POST and PUT against it.
#[derive(Debug, Parser)]
#[command(name = "fetch", arg_required_else_help = false, after_help = EXIT_STATUS)]
pub(crate) struct Args {
    /// What to fetch: http:// (also when it is left out) or https://
    pub(crate) url: Option<String>,

    /// The method, instead of GET, HEAD (-I), POST (-d) or PUT (-T)
    #[arg(short = 'X', long = "request", value_name = "METHOD", requires = "url")]
    pub(crate) method: Option<String>,

    /// A header, `Name: value`; `Name:` leaves out one that is sent by default
    #[arg(short = 'H', long = "header", value_name = "LINE", requires = "url")]
    pub(crate) headers: Vec<String>,

    /// A form as the body; @FILE takes it from a file, without its line ends
    #[arg(short = 'd', long = "data", value_name = "DATA", requires = "url", conflicts_with_all = ["upload", "head"])]
    pub(crate) data: Vec<String>,

    /// Sends a file as the body; - sends the standard input, chunked
    #[arg(
        short = 'T',
        long = "upload-file",
        value_name = "FILE",
        requires = "url",
        conflicts_with = "head"
    )]
    pub(crate) upload: Option<PathBuf>,

    /// Writes to a file instead of to the standard output
    #[arg(short = 'o', long = "output", value_name = "FILE", requires = "url")]
    pub(crate) output: Option<PathBuf>,

    /// Writes the head of the response before its body
    #[arg(short = 'i', long = "include", action = ArgAction::SetTrue, requires = "url")]
    pub(crate) include: bool,

    /// Asks for the head alone
    #[arg(short = 'I', long = "head", action = ArgAction::SetTrue, requires = "url")]
    pub(crate) head: bool,

    /// Shows on the standard error what is sent and received
    #[arg(short = 'v', long = "verbose", action = ArgAction::SetTrue, requires = "url")]
    pub(crate) verbose: bool,

    /// Accepts every certificate
    #[arg(short = 'k', long = "insecure", action = ArgAction::SetTrue, requires = "url")]
    pub(crate) insecure: bool,

    /// Trusts the certificate authorities in a file (PEM or DER) too
    #[arg(long, value_name = "FILE", requires = "url")]
    pub(crate) cacert: Option<PathBuf>,

    /// The most time for resolving, connecting and TLS together; 0: no limit
    #[arg(long, value_name = "SECONDS", value_parser = seconds, requires = "url")]
    pub(crate) connect_timeout: Option<Duration>,

    /// The most time for everything; 0: no limit
    #[arg(short = 'm', long, value_name = "SECONDS", value_parser = seconds, requires = "url")]
    pub(crate) max_time: Option<Duration>,

    /// The local address to connect from
    #[arg(long, value_name = "ADDRESS", requires = "url")]
    pub(crate) interface: Option<IpAddr>,
}

impl Args {
    /// Parses the command line, or ends the process with what is to be said.
    pub(crate) fn of_process() -> Self {
        Self::try_parse().unwrap_or_else(|mut error| {
            // For an unknown option it is to write it behind `--`, as a URL.
            error.remove(ContextKind::Suggested);
            error.exit()
        })
    }
}

const EXIT_STATUS: &str = "\
Exit status, as curl's: 0 a response of any status, 1 unknown scheme, 2 usage, 3 bad URL, \
6 name not resolved, 7 not connected, 8 no HTTP response, 18 body cut short, 23 output failed, \
26 input failed, 28 timed out, 35 TLS failed, 52 empty response, 55 sending failed, \
56 receiving failed, 60 certificate not accepted, 77 bad --cacert file";

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text
        .parse()
        .map_err(|_| "not a number of seconds".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|_| "not a time that can pass".to_owned())
}
