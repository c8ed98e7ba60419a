//! Servers that stop: every wait ends at its time limit, and goes on afterwards.

mod ciphertext;
mod places;
mod resume;
mod total;
mod would_block;

use std::io;
use std::time::Duration;

use httplib_host_tests::{Connection, HttpError};

use crate::bodies::MIB;
use crate::servers::{Gate, Peer};

/// Long enough for everything before the place where a server stalls.
const LIMIT: Duration = Duration::from_millis(800);

/// More than the buffers between client and server hold.
const TOO_MUCH: usize = 16 * MIB;

/// Sends more than fits, until it is over.
fn send_too_much(connection: &Connection) -> Result<(), HttpError> {
    connection.put_request("PUT", "/")?;
    connection.put_header("Content-Length", &[&TOO_MUCH.to_string()])?;
    connection.end_headers(None, false)?;
    let piece = vec![b'x'; MIB];
    (0..TOO_MUCH / MIB).try_for_each(|_| connection.send(&piece))
}

/// A script that is quiet until the test is over.
fn hold(gate: &Gate) -> impl Fn(&mut Peer) -> io::Result<()> + Send + Sync + 'static {
    let gate = gate.clone();
    move |_| {
        gate.wait();
        Ok(())
    }
}
