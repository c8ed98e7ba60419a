//! Request bodies that come from streams.

mod failing;
mod framing;
mod huge;
mod stalling;
mod tap;

use std::io;

use crate::servers::{Peer, ok};

pub(crate) use tap::Tap;

const HEAD: &str = "Host: @\r\nAccept-Encoding: identity\r\n";

/// A script that reads a body in chunks and answers with what was in it.
fn echo_chunks(peer: &mut Peer) -> io::Result<()> {
    peer.request()?;
    let body = peer.chunks()?.concat();
    peer.send(ok(&String::from_utf8_lossy(&body)))
}
