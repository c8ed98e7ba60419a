//! Servers whose every byte is decided by a test.

pub(crate) mod certificates;
mod gate;
mod peer;
mod scheme;
mod server;
mod wire;

use std::time::Duration;

pub(crate) use gate::Gate;
pub(crate) use peer::Peer;
pub(crate) use scheme::{Scheme, trusting_context};
pub(crate) use server::Server;
pub(crate) use wire::{Fault, Place, Wire};

/// After this time something that should have happened will not happen any more.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A response with a Content-Length.
pub(crate) fn ok(body: &str) -> String {
    format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// A script that answers every request without a body with the same response.
pub(crate) fn answering(
    response: impl Into<Vec<u8>>,
) -> impl Fn(&mut Peer) -> std::io::Result<()> + Send + Sync + 'static {
    let response = response.into();
    move |peer| {
        while peer.head()?.is_some() {
            peer.send(&response)?;
        }
        Ok(())
    }
}
