//! One fetch, from the URL to the last byte of its body.

use std::fs;
use std::process;
use std::time::{Duration, Instant};

use httplib_host_tests::{Connection, Host, HttpError, Response, TlsContext};

use super::args::Args;
use super::failure::Failure;
use super::output::Output;
use super::progress::Progress;
use super::request::Request;
use super::target::Target;

/// The most that is taken from the component at once.
const PIECE: u64 = 256 * 1024;

/// Fetches `url`.
pub(crate) fn run(args: &Args, url: &str) -> Result<(), Failure> {
    let begin = Instant::now();
    let target = Target::parse(
        url,
        args.upload
            .as_deref()
            .filter(|path| path.as_os_str() != "-"),
    )?;
    let request = Request::new(args)?;
    let host = host(args)?;
    let failed = |error: HttpError| Failure::of(&error, &target.name());

    let connection = open(&host, args, &target)?;
    connection.set_total_timeout(shorter(args.connect_timeout, args.max_time));
    connection.connect().map_err(failed)?;
    connection.set_total_timeout(args.max_time.map(|most| rest(most, begin)));

    let is_head = request.is_head();
    let hang_up = request.send(&connection, &target, args)?;
    let response = connection
        .get_response()
        .map_err(|error| failed(hang_up.unwrap_or(error)))?;
    write(&response, args, &target, is_head)
}

/// An instance whose traps end the process with one line.
fn host(args: &Args) -> Result<Host, Failure> {
    use httplib_host_tests::Output::{Discard, Stderr};
    Host::builder()
        .output(if args.verbose { Stderr } else { Discard })
        .on_trap(|trap| {
            let failure = Failure::internal(&trap);
            eprintln!("fetch: {}", failure.message.unwrap_or_default());
            process::exit(failure.code.into())
        })
        .build()
        .map_err(|error| Failure::internal(&error))
}

fn open(host: &Host, args: &Args, target: &Target) -> Result<Connection, Failure> {
    let failed = |error: HttpError| Failure::of(&error, &target.name());
    let connection = if target.https {
        let context = tls_context(host, args)?;
        host.https(&target.host, target.port, Some(&context))
    } else {
        host.http(&target.host, target.port)
    }
    .map_err(failed)?;
    if let Some(address) = args.interface {
        connection
            .set_source_address(&address.to_string(), 0)
            .map_err(failed)?;
    }
    if args.verbose {
        connection.set_debug_level(1);
    }
    Ok(connection)
}

fn tls_context(host: &Host, args: &Args) -> Result<TlsContext, Failure> {
    if args.insecure {
        return Ok(host.unverified_tls_context());
    }
    let context = host.tls_context();
    if let Some(path) = &args.cacert {
        let failed = |why: &dyn std::fmt::Display| {
            let message = format!("could not load certificates from {}: {why}", path.display());
            Failure::new(Failure::CA_FILE, message)
        };
        let data = fs::read(path).map_err(|error| failed(&error))?;
        context
            .load_verify_locations(&data)
            .map_err(|error| failed(&error.message))?;
    }
    Ok(context)
}

/// Writes the response as it comes.
fn write(response: &Response, args: &Args, target: &Target, is_head: bool) -> Result<(), Failure> {
    let mut output = Output::open(args)?;
    if args.include || args.head {
        output.write_head(response)?;
    }
    let length = if is_head { None } else { body_length(response) };
    let quiet = Output::is_seen(args) || args.verbose;
    let mut progress = Progress::new("received", length, quiet);
    loop {
        let piece = response
            .read1(Some(PIECE))
            .map_err(|error| Failure::of(&error, &target.name()))?;
        if piece.is_empty() {
            break;
        }
        output.write(&piece)?;
        progress.advance(piece.len());
    }
    let received = progress.done();
    drop(progress);
    output.finish()?;
    // As in the reference, reading in pieces just ends where the connection does.
    match length {
        Some(length) if received < length => Err(Failure::new(
            Failure::PARTIAL,
            format!(
                "no complete response body from {}: the connection ended after {received} of \
                 {length} bytes",
                target.name()
            ),
        )),
        _ => Ok(()),
    }
}

/// How long the body will be, if its head says so.
fn body_length(response: &Response) -> Option<u64> {
    if matches!(response.status(), 204 | 304) || response.header("Transfer-Encoding").is_some() {
        return None;
    }
    response.header("Content-Length")?.trim().parse().ok()
}

fn shorter(one: Option<Duration>, other: Option<Duration>) -> Option<Duration> {
    one.into_iter().chain(other).min()
}

/// What is left of the time; never nothing, which would mean not to wait at all.
fn rest(most: Duration, begin: Instant) -> Duration {
    most.saturating_sub(begin.elapsed())
        .max(Duration::from_millis(1))
}
