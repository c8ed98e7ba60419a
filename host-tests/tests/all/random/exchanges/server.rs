//! A server that knows what is to be sent to it.

use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};

use fastrand::Rng;

use super::plan::{Cut, Ending, Expect, Form, Plan};
use super::{STUCK, generator};
use crate::servers::{Peer, Scheme, Server};

/// The seed of an exchange, and what was wrong with its request.
type Report = (u64, Option<String>);

pub(super) fn start(scheme: Scheme) -> (Server, Receiver<Report>) {
    let (reports, received) = channel();
    let server = scheme.server(move |peer| {
        peer.stop_recording();
        while let Some(head) = peer.head()? {
            let seed = head
                .split(' ')
                .nth(1)
                .and_then(|path| path[1..].parse().ok());
            let seed = seed.ok_or(io::ErrorKind::InvalidData)?;
            if !answer(peer, &head, seed, &reports)? {
                break;
            }
        }
        Ok(())
    });
    (server, received)
}

/// Whether the request of an exchange was the right one.
pub(super) fn report(reports: &Receiver<Report>, seed: u64) -> Result<(), String> {
    loop {
        match reports.recv_timeout(STUCK) {
            // Of an exchange that failed.
            Ok((other, _)) if other != seed => {}
            Ok((_, None)) => return Ok(()),
            Ok((_, Some(failure))) => return Err(format!("the server: {failure}")),
            Err(_) => return Err("the server has seen no request".to_owned()),
        }
    }
}

/// Whether the connection is kept.
fn answer(peer: &mut Peer, head: &str, seed: u64, reports: &Sender<Report>) -> io::Result<bool> {
    let plan = Plan::new(seed);
    let mut rng = generator(seed, 2);
    if plan.early {
        send(peer, &plan, &mut rng)?;
    }
    if plan.expect == Some(Expect::Continued) {
        plan.stall(&mut rng);
        peer.send("HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    let failure = match plan.expect {
        Some(Expect::Refused) => None,
        _ => match receive(peer, head, &plan, &mut rng) {
            Ok(body) if body == plan.request => None,
            Ok(body) => Some(format!("another body, of {} bytes", body.len())),
            Err(error) => Some(format!("no whole body: {error}")),
        },
    };
    // The test may be over.
    let _ = reports.send((seed, failure));
    if !plan.early {
        send(peer, &plan, &mut rng)?;
    }
    Ok(plan.keeps())
}

fn receive(peer: &mut Peer, head: &str, plan: &Plan, rng: &mut Rng) -> io::Result<Vec<u8>> {
    if head.contains("\r\nTransfer-Encoding: chunked\r\n") {
        let mut body = Vec::new();
        loop {
            plan.stall(rng);
            let chunk = peer.chunk()?;
            if chunk.is_empty() {
                peer.line()?;
                return Ok(body);
            }
            body.extend(chunk);
        }
    }
    let announced = format!("\r\nContent-Length: {}\r\n", plan.request.len());
    if plan.form != Form::None && !head.contains(&announced) {
        return Err(io::Error::other("no length"));
    }
    let mut body = Vec::new();
    while body.len() < plan.request.len() {
        plan.stall(rng);
        let piece = rng.usize(1..20_000).min(plan.request.len() - body.len());
        body.extend(peer.bytes(piece)?);
    }
    Ok(body)
}

/// Sends the response in random pieces, up to where it is cut.
fn send(peer: &mut Peer, plan: &Plan, rng: &mut Rng) -> io::Result<()> {
    let (wire, _) = plan.wire();
    let end = plan.cut.map_or(wire.len(), |cut| cut.offset);
    let mut rest = &wire[..end];
    while !rest.is_empty() {
        plan.stall(rng);
        let most = match rng.u8(..4) {
            0 => 3,
            1 => 100,
            _ => 100_000,
        };
        let (piece, others) = rest.split_at(rng.usize(1..=most).min(rest.len()));
        peer.send(piece)?;
        rest = others;
    }
    match plan.cut {
        Some(Cut {
            ending: Ending::Reset,
            ..
        }) => peer.reset(),
        Some(Cut {
            ending: Ending::WithoutNotify,
            ..
        }) => peer.cut(),
        _ => Ok(()),
    }
}
