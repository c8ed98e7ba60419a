//! As many connections as the memory has room for.

use httplib_host_tests::{Connection, ErrorKind, Host, HttpError, Response};

use super::{LIMITS, SCHEMES, connection, full, is_usable, limited};
use crate::bodies::MIB;
use crate::servers::{Scheme, ok};
use crate::trials::Trials;

const MOST: usize = 1500;

/// Fewer would say that there was no memory at the beginning.
const LEAST: usize = 8;

#[test]
fn connections_beyond_the_memory_are_an_error_and_the_others_go_on() {
    let mut trials = Trials::default();
    for scheme in SCHEMES {
        let server = scheme.server(|peer| {
            while peer.head()?.is_some() {
                peer.send(ok("small"))?;
            }
            Ok(())
        });
        for limit in LIMITS {
            // A handshake takes its time.
            let most = match scheme {
                Scheme::Http => MOST,
                _ if full() => MOST,
                _ => MOST / 10,
            };
            trials.attempt(&format!("{scheme:?}, {} MiB", limit / MIB), || {
                let host = limited(limit);
                let mut open = Vec::new();
                while open.len() < most {
                    match begin(&host, scheme, server.port()) {
                        Ok(exchange) => open.push(exchange),
                        Err(error) if is_shortage(&error) => break,
                        Err(error) => return Err(format!("number {}: {error}", open.len())),
                    }
                }
                if open.len() < LEAST {
                    return Err(format!("only {} connections", open.len()));
                }
                // Reading needs a little room.
                open.truncate(open.len() - LEAST / 2);
                for (number, (_, response)) in open.iter().enumerate() {
                    match response.read(None) {
                        Ok(body) if body == b"small" => {}
                        Ok(_) => return Err(format!("number {number}: another body")),
                        Err(error) => return Err(format!("number {number}: {error}")),
                    }
                }
                drop(open);
                is_usable(&host, scheme, server.port())
            });
        }
    }
    trials.finish();
}

fn begin(host: &Host, scheme: Scheme, port: u16) -> Result<(Connection, Response), HttpError> {
    let connection = connection(host, scheme, port)?;
    connection.request("GET", "/", None, &[])?;
    let response = connection.get_response()?;
    Ok((connection, response))
}

fn is_shortage(error: &HttpError) -> bool {
    error.kind == ErrorKind::MemoryError
        || matches!(
            error.socket_code.as_deref(),
            Some("out-of-memory" | "new-socket-limit")
        )
}
