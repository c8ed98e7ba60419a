//! The server's side of a case.

use std::io::{self, Write};
use std::net::TcpStream;

use super::case::{Act, Case};
use crate::servers::{Peer, Server, answering, ok};

/// What the connection says that is opened to see the end of the others.
const LAST: &[u8] = b"the last connection";

/// A server that plays its part in one case, once.
pub(crate) struct Stage(Server);

impl Stage {
    pub(crate) fn new(case: &Case) -> Self {
        let parts = case.server.clone();
        Self(Server::start(None, move |peer| {
            match parts.get(peer.number) {
                Some(acts) => play(acts, peer),
                None => answering(ok("usual"))(peer),
            }
        }))
    }

    pub(crate) fn port(&self) -> u16 {
        self.0.port()
    }

    /// What was received on each connection, once the client has closed them.
    pub(crate) fn received(self) -> Vec<Vec<u8>> {
        // Connections are accepted in their order.
        let mut last = TcpStream::connect(self.0.address).unwrap();
        last.write_all(LAST).unwrap();
        drop(last);
        (0..)
            .map(|number| self.0.wait_for_end(number))
            .take_while(|bytes| bytes != LAST)
            .collect()
    }
}

fn play(acts: &[Act], peer: &mut Peer) -> io::Result<()> {
    for act in acts {
        match act {
            Act::Head => drop(peer.request()?),
            Act::Bytes(count) => drop(peer.bytes(*count)?),
            Act::Send(bytes) => peer.send(bytes)?,
            Act::End => peer.cut()?,
            Act::Reset => return peer.reset(),
        }
    }
    peer.rest().map(drop)
}
