//! Servers that do anything.

use std::io;
use std::thread;
use std::time::Duration;

use fastrand::Rng;

use super::super::{generator, one_of};
use crate::servers::{Peer, Scheme, Server};

pub(super) struct Servers {
    http: Server,
    tls12: Server,
    tls13: Server,
}

impl Servers {
    pub(super) fn start(seed: u64) -> Self {
        let server = |scheme: Scheme| {
            scheme.server(move |peer| {
                peer.stop_recording();
                let mut rng = generator(!seed, peer.number as u64);
                serve(peer, &mut rng)
            })
        };
        Self {
            http: server(Scheme::Http),
            tls12: server(Scheme::Tls12),
            tls13: server(Scheme::Tls13),
        }
    }

    /// A port of one without TLS, or of another.
    pub(super) fn http(&self, rng: &mut Rng) -> u16 {
        match rng.u8(..20) {
            // Where nobody listens.
            0 => 1,
            1 => self.tls13.port(),
            _ => self.http.port(),
        }
    }

    /// A port of one with TLS, or of another.
    pub(super) fn https(&self, rng: &mut Rng) -> u16 {
        match rng.u8(..20) {
            0 => self.http.port(),
            1..6 => self.tls12.port(),
            _ => self.tls13.port(),
        }
    }
}

const ANSWERS: &[&str] = &[
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nhe\nllo\nworl\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel\no\r\n3;a=b\r\n\nxy\r\n0\r\nT: 1\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n",
    "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil\nthe end",
    "HTTP/1.0 200 OK\r\n\r\nold",
    "HTTP/1.1 204 No Content\r\n\r\n",
    "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\nraw",
    "HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 407 Proxy\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nshort",
    "HTTP/1.1 200 OK\r\nDate: \u{e9}\r\nContent-Type: text/html; charset=\"x\r\n\r\n",
    "HTTP/2.0 200 OK\r\n\r\n",
    "ICY 200 OK\r\n\r\nmusic",
    "\r\n",
    "HTTP/1.1 200",
    "",
];

/// A few rounds of receiving and answering, in any order.
fn serve(peer: &mut Peer, rng: &mut Rng) -> io::Result<()> {
    for _ in 0..rng.usize(..6) {
        // A client that sends first is the rule.
        if rng.u8(..8) > 0 && peer.receive()?.is_empty() {
            return Ok(());
        }
        let answer = match rng.u8(..10) {
            0 => large(rng),
            _ => one_of(rng, ANSWERS).as_bytes().to_vec(),
        };
        let (begin, rest) = answer.split_at(rng.usize(..=answer.len()));
        match rng.u8(..10) {
            0 => peer.trickle(&answer[..answer.len().min(200)])?,
            1 => {
                peer.send(begin)?;
                thread::sleep(Duration::from_millis(rng.u64(..4)));
                peer.send(rest)?;
            }
            2 => {
                peer.send(begin)?;
                break;
            }
            _ => peer.send(answer)?,
        }
    }
    match rng.u8(..8) {
        0 => peer.cut(),
        1 => peer.reset(),
        2 => peer.end_sending(),
        3 => Ok(()),
        _ => peer.rest().map(drop),
    }
}

fn large(rng: &mut Rng) -> Vec<u8> {
    let length = rng.usize(..300_000);
    let mut answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n").into_bytes();
    let head = answer.len();
    answer.resize(head + length, 0);
    rng.fill(&mut answer[head..]);
    answer
}
