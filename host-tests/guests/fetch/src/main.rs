//! `fetch` as a WASI command: gets a URL through the component that it is
//! composed with. Files need a directory from the host, for example
//! `wasmtime run --dir .`.

mod args;

use std::fs;
use std::io::{self, Read, Write};
use std::process::ExitCode;

use args::{Args, Target};
use bindings::httplib::http::client::{Connection, Error, Phase, Response, TlsContext};

mod bindings {
    #![allow(missing_docs, unreachable_pub)]
    wit_bindgen::generate!({ path: "../../../wit", world: "consumer" });
}

/// How much of a body passes at once.
const PIECE: usize = 64 * 1024;

fn main() -> ExitCode {
    match Args::parse().and_then(|args| run(&args)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("fetch: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), String> {
    let target = Target::parse(&args.url)?;
    let failed = |error: Error| describe(&error, &target.host);
    let connection = open(args, &target)?;
    send(&connection, args, &target)?;
    let response = connection.get_response().map_err(failed)?;

    let mut output: Box<dyn Write> = match &args.output {
        Some(path) => Box::new(fs::File::create(path).map_err(|error| format!("{path}: {error}"))?),
        None => Box::new(io::stdout()),
    };
    let unwritten = |error: io::Error| format!("could not write the output: {error}");
    if args.include || args.head {
        write_head(&response, &mut output).map_err(unwritten)?;
    }
    let mut received = 0;
    loop {
        let piece = response.read1(Some(PIECE as u64)).map_err(failed)?;
        if piece.is_empty() {
            break;
        }
        received += piece.len() as u64;
        output.write_all(&piece).map_err(unwritten)?;
    }
    output.flush().map_err(unwritten)?;
    match response.length() {
        Some(left) if left > 0 => Err(format!(
            "the connection ended after {received} of {} bytes of the body",
            received.saturating_add(left)
        )),
        _ => Ok(()),
    }
}

fn open(args: &Args, target: &Target) -> Result<Connection, String> {
    let failed = |error: Error| describe(&error, &target.host);
    let connection = if target.https {
        let context = match args.insecure {
            true => TlsContext::unverified(),
            false => TlsContext::new(),
        };
        if let Some(path) = &args.cacert {
            let data = fs::read(path).map_err(|error| format!("{path}: {error}"))?;
            context
                .load_verify_locations(&data)
                .map_err(|error| format!("{path}: {}", error.message()))?;
        }
        Connection::https(&target.host, target.port, Some(&context)).map_err(failed)?
    } else {
        Connection::http(&target.host, target.port).map_err(failed)?
    };
    connection.set_connect_timeout(args.connect_timeout);
    connection.set_total_timeout(args.max_time);
    connection.set_debug_level(args.verbose.into());
    Ok(connection)
}

fn send(connection: &Connection, args: &Args, target: &Target) -> Result<(), String> {
    let failed = |error: Error| describe(&error, &target.host);
    let has = |name: &str| {
        args.headers
            .iter()
            .any(|(own, _)| own.eq_ignore_ascii_case(name))
    };
    connection
        .put_request(
            args.method(),
            &target.path,
            has("Host"),
            has("Accept-Encoding"),
        )
        .map_err(failed)?;
    for (name, value) in &args.headers {
        connection
            .put_header(name, std::slice::from_ref(value))
            .map_err(failed)?;
    }
    let put = |name: &str, value: String| match has(name) {
        true => Ok(()),
        false => connection.put_header(name, &[value]).map_err(failed),
    };
    let body: Option<(Box<dyn Read>, u64)> = match (&args.upload, &args.data) {
        (Some(path), _) => {
            let file = fs::File::open(path).map_err(|error| format!("{path}: {error}"))?;
            let length = file
                .metadata()
                .map_err(|error| format!("{path}: {error}"))?
                .len();
            Some((Box::new(file), length))
        }
        (None, Some(data)) => {
            put(
                "Content-Type",
                "application/x-www-form-urlencoded".to_owned(),
            )?;
            Some((Box::new(io::Cursor::new(data.clone())), data.len() as u64))
        }
        (None, None) => None,
    };
    if let Some((_, length)) = &body {
        put("Content-Length", length.to_string())?;
    }
    connection.end_headers(None, false).map_err(failed)?;
    let Some((reader, length)) = body else {
        return Ok(());
    };
    let mut reader = reader.take(length);
    let mut piece = vec![0; PIECE];
    loop {
        let count = reader
            .read(&mut piece)
            .map_err(|error| format!("the body: {error}"))?;
        if count == 0 {
            return Ok(());
        }
        connection.send(&piece[..count]).map_err(failed)?;
    }
}

/// The head as it came; its text is Latin-1.
fn write_head(response: &Response, output: &mut dyn Write) -> io::Result<()> {
    let version = response.version();
    let (major, minor) = (version / 10, version % 10);
    let (status, reason) = (response.status(), response.reason());
    let mut head = format!("HTTP/{major}.{minor} {status} {reason}\r\n");
    for (name, value) in response.get_headers() {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    let bytes: Vec<u8> = head.chars().map(|character| character as u8).collect();
    output.write_all(&bytes)
}

fn describe(error: &Error, host: &str) -> String {
    let task = match error.phase() {
        Some(Phase::Resolve) => "could not resolve",
        Some(Phase::Connect) => "could not connect to",
        Some(Phase::Tunnel) => "could not get through the proxy to",
        Some(Phase::Tls) => "no TLS connection to",
        Some(Phase::Send) => "could not send the request to",
        Some(Phase::FirstByte) => "no response from",
        Some(Phase::Head) => "no complete response head from",
        Some(Phase::Body) => "no complete response body from",
        Some(Phase::Other) | None => "no valid HTTP exchange with",
    };
    format!("{task} {host}: {}", error.message())
}
