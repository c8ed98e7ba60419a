//! Hosts that give the component little memory.
//!
//! It never traps, and loses no byte. `HTTPLIB_FULL=1` tries all combinations;
//! otherwise those over TLS take turns.

mod body;
mod connections;
mod growth;
mod heads;
mod reading;
mod requests;

use std::time::Duration;

use httplib_host_tests::{Connection, ErrorKind, Host, HttpError};

use crate::bodies::MIB;
use crate::servers::Scheme;
use crate::servers::certificates::authority;
use crate::trials::{parameter, watched};

/// No call may take longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a host allows, in bytes.
const LIMITS: [usize; 5] = [4 * MIB, 8 * MIB, 16 * MIB, 32 * MIB, 64 * MIB];

const SCHEMES: [Scheme; 2] = [Scheme::Http, Scheme::Tls13];

fn full() -> bool {
    parameter("HTTPLIB_FULL", 0) > 0
}

fn limited(bytes: usize) -> Host {
    let host = watched(PATIENCE).build().unwrap();
    host.limit_memory(bytes);
    host
}

/// As [`Scheme::connection`], where there may be no memory for it.
fn connection(host: &Host, scheme: Scheme, port: u16) -> Result<Connection, HttpError> {
    if scheme == Scheme::Http {
        return host.http("127.0.0.1", port);
    }
    let context = host.tls_context();
    context.clear_roots();
    context.load_verify_locations(authority().pem.as_bytes())?;
    host.https("127.0.0.1", port, Some(&context))
}

/// What a call has given; none for want of memory.
fn unless_short<T>(call: &str, outcome: Result<T, HttpError>) -> Result<Option<T>, String> {
    match outcome {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind == ErrorKind::MemoryError => Ok(None),
        Err(error) => Err(format!("{call}: {error}")),
    }
}

/// A small exchange on a connection of its own works.
fn is_usable(host: &Host, scheme: Scheme, port: u16) -> Result<(), String> {
    let get = || {
        let connection = connection(host, scheme, port)?;
        connection.request("GET", "/small", None, &[])?;
        connection.get_response()?.read(None)
    };
    match get() {
        Ok(body) if body == b"small" => Ok(()),
        Ok(body) => Err(format!("afterwards: {} other bytes", body.len())),
        Err(error) => Err(format!("afterwards: {error}")),
    }
}
