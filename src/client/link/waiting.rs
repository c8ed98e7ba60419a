//! What a link waits for, in a call and in `select`.

use super::steps::RECEIVE;
use super::{Link, Stage};
use crate::transport::{Direction, Network, Transport};
use alloc::vec::Vec;
use core::task::Poll;
use httplib_proto::error::Phase;

/// What a step that cannot go on waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blocked {
    /// Where it is.
    pub phase: Phase,
    pub(super) on: On,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum On {
    Dial,
    One(Direction),
    /// Whatever sending waits for: the peer, or the stream that is sent.
    Send,
    /// That, or bytes from the peer.
    Both,
}

impl<N: Network> Link<N> {
    /// For `select`, whose poll said that this link can be read: receives once.
    /// Whether there is now something to read; while the link is being opened or
    /// sends, its next step finds out.
    pub fn receive_if_idle(&mut self) -> bool {
        if !self.is_open() || !self.is_flushed() {
            return true;
        }
        let read = self.read(RECEIVE, Phase::Other);
        let received = !matches!(read, Ok(Poll::Pending));
        self.starved &= !received;
        received
    }

    /// A response was read from: `readable` tells whether the next read would
    /// return without receiving.
    pub fn set_readable(&mut self, readable: bool) {
        self.readable = readable;
        self.starved = false;
    }

    pub(super) fn block<T>(&mut self, phase: Phase, on: On) -> Poll<T> {
        self.blocked = Some(Blocked { phase, on });
        Poll::Pending
    }

    /// Where the last step was blocked.
    pub fn blocked_phase(&self) -> Phase {
        self.blocked.map_or(Phase::Other, |blocked| blocked.phase)
    }

    /// Adds what the step that was blocked last waits for; returns a time at
    /// which it can go on in any case.
    pub fn blocked_events(&self, events: &mut Vec<N::Event>) -> Option<u64> {
        let blocked = self.blocked?;
        let timer = self.events(blocked.on, events);
        timer.into_iter().chain(self.wake.flatten()).min()
    }

    pub(super) fn events(&self, on: On, events: &mut Vec<N::Event>) -> Option<u64> {
        let transport: &dyn Transport<Event = N::Event> = match &self.stage {
            Stage::Dialing(dial, ..) => return dial.events(events),
            Stage::Plain(socket) | Stage::Tunnel(socket, ..) => socket,
            Stage::Handshake(tls) | Stage::Tls(tls) => tls,
            Stage::Closed => return Some(0),
        };
        let send = || match &self.feed {
            Some(feed) if self.output.is_empty() => feed.event(),
            _ => transport.event(Direction::Write),
        };
        match on {
            On::One(direction) => events.push(transport.event(direction)),
            On::Send => events.push(send()),
            On::Both | On::Dial => {
                events.push(transport.event(Direction::Read));
                events.push(send());
            }
        }
        None
    }

    /// For `select`: adds what an operation of this direction would wait for
    /// and returns a time at which it can go on, 0 if it can now.
    pub fn select_events(&self, direction: Direction, events: &mut Vec<N::Event>) -> Option<u64> {
        match &self.stage {
            Stage::Dialing(..) | Stage::Tunnel(..) | Stage::Handshake(_) => {
                // Not begun yet: the call makes progress in any case.
                let Some(blocked) = self.blocked else {
                    return Some(0);
                };
                return self.events(blocked.on, events);
            }
            Stage::Closed => return Some(0),
            Stage::Plain(_) | Stage::Tls(_) => {}
        }
        let buffered = match &self.stage {
            Stage::Tls(tls) => tls.has_buffered(),
            _ => false,
        };
        let ready = self.end.is_some()
            || self.read_failure.is_some()
            || (!self.starved && (self.readable || buffered || !self.input.is_empty()));
        match direction {
            Direction::Read if ready => Some(0),
            // While a 100 (Continue) is waited for, that is what sending waits for too.
            _ if self.wake.is_some() => {
                self.events(On::One(Direction::Read), events);
                self.wake.flatten()
            }
            Direction::Read if !self.is_flushed() => self.events(On::Both, events),
            Direction::Read => self.events(On::One(direction), events),
            Direction::Write => self.events(On::Send, events),
        }
    }
}
