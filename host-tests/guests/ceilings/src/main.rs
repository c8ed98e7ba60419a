//! What bounds TLS inside a guest, each by itself: the ciphers of the component
//! and a socket. A host measures how long a run takes:
//!
//! - `cipher NAME BYTES`: seals and opens so many bytes, in full TLS records;
//! - `receive PORT BYTES`, `send PORT BYTES`: moves so many through a connection
//!   to a HTTP server on loopback.

mod cipher;
#[cfg(target_family = "wasm")]
mod socket;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("ceilings: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<(), String> {
    let [what, of, bytes] = arguments else {
        return Err("usage: ceilings cipher|receive|send NAME|PORT BYTES".to_owned());
    };
    let bytes = bytes.parse().map_err(|error| format!("{bytes}: {error}"))?;
    match what.as_str() {
        "cipher" => cipher::seal_and_open(of, bytes),
        #[cfg(target_family = "wasm")]
        "receive" | "send" => {
            let port = of.parse().map_err(|error| format!("{of}: {error}"))?;
            let moved = match what.as_str() {
                "receive" => socket::receive(port, bytes),
                _ => socket::send(port, bytes),
            };
            moved.map_err(|error| format!("{what}: {error}"))
        }
        _ => Err(format!("there is no {what}")),
    }
}
