//! One fetch, from the URL to the last byte of its body.

use std::fs;
use std::process;
use std::time::{Duration, Instant};

use httplib_host_tests::{Connection, ErrorKind, Host, HttpError, Response, TlsContext};

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

    let (connect_timeout, max_time) = (limit(args.connect_timeout), limit(args.max_time));
    let connection = open(&host, args, &target)?;
    connection.set_total_timeout(shorter(connect_timeout, max_time));
    connection.connect().map_err(failed)?;
    connection.set_total_timeout(max_time.map(|most| rest(most, begin)));

    let hang_up = request.send(&connection, &target, args)?;
    let response = connection
        .get_response()
        .map_err(|error| failed(hang_up.unwrap_or(error)))?;
    write(&response, args, &target)
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
fn write(response: &Response, args: &Args, target: &Target) -> Result<(), Failure> {
    let mut output = Output::open(args)?;
    if args.include || args.head {
        output.write_head(response)?;
    }
    let quiet = Output::is_seen(args) || args.verbose;
    let mut progress = Progress::new("received", response.length(), quiet);
    loop {
        let piece = response
            .read1(Some(PIECE))
            .map_err(|error| body_failure(&error, response, target))?;
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
    match response.length() {
        Some(left) if left > 0 => Err(Failure::new(
            Failure::PARTIAL,
            format!(
                "no complete response body from {}: the connection ended after {received} of {} \
                 bytes",
                target.name(),
                received.saturating_add(left)
            ),
        )),
        _ => Ok(()),
    }
}

/// An `incomplete-read` alone does not tell a body that was cut off from one that
/// cannot be understood.
fn body_failure(error: &HttpError, response: &Response, target: &Target) -> Failure {
    if error.kind == ErrorKind::IncompleteRead
        && response.close_reason().as_deref() == Some("broken")
    {
        let message = format!(
            "no complete response body from {}: its chunked coding is broken",
            target.name()
        );
        return Failure::new(Failure::RECEIVE, message);
    }
    Failure::of(error, &target.name())
}

/// As in curl, zero is no limit.
fn limit(time: Option<Duration>) -> Option<Duration> {
    time.filter(|time| !time.is_zero())
}

fn shorter(one: Option<Duration>, other: Option<Duration>) -> Option<Duration> {
    one.into_iter().chain(other).min()
}

/// What is left of the time; never nothing, which would mean not to wait at all.
fn rest(most: Duration, begin: Instant) -> Duration {
    most.saturating_sub(begin.elapsed())
        .max(Duration::from_millis(1))
}
