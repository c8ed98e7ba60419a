//! The only place that waits: one poll over what blocks a link and the time
//! limit of the phase it is in.

use super::link::{Link, Step};
use super::settings::Timeouts;
use super::world::World;
use crate::transport::Network;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::task::Poll;
use httplib_proto::error::{Error, Phase, Result, transport};

/// When the time of the whole request began, if it is limited.
pub type Started = Option<u64>;

/// The time limits of one call.
pub struct Waiter<'a, N: Network> {
    world: &'a World<N>,
    timeouts: Timeouts,
    started: Started,
    /// The phase that the call is in, and when it came there.
    phase: Option<(Phase, u64)>,
}

impl<'a, N: Network> Waiter<'a, N> {
    /// The limits of a call that begins now.
    pub fn new(world: &'a World<N>, timeouts: &Timeouts, started: Started) -> Self {
        Self {
            world,
            timeouts: timeouts.clone(),
            started,
            phase: None,
        }
    }

    /// Repeats a step, waiting in between, until it is done.
    ///
    /// # Errors
    /// Those of the step, `timed-out` and `would-block`.
    pub fn run<T>(
        &mut self,
        link: &RefCell<Link<N>>,
        mut step: impl FnMut(&mut Link<N>) -> Step<T>,
    ) -> Result<T> {
        loop {
            if let Poll::Ready(value) = step(&mut link.borrow_mut())? {
                return Ok(value);
            }
            self.wait(&link.borrow())?;
        }
    }

    fn wait(&mut self, link: &Link<N>) -> Result<()> {
        let phase = link.blocked_phase();
        let limit = self.timeouts.of(phase, self.world.default_timeout.get());
        if limit == Some(0) {
            return Err(transport::would_block(phase));
        }
        let deadline = self.deadline(phase, limit);
        let mut events = Vec::new();
        let timer = link.blocked_events(&mut events);
        let until = deadline.iter().map(|(time, _)| *time).chain(timer).min();
        let ready = self.world.network.wait(&events, until);
        match deadline {
            Some((deadline, expired)) if ready.is_empty() && until == Some(deadline) => {
                Err(expired)
            }
            _ => Ok(()),
        }
    }

    /// The time at which the call gives up, and the error it then returns.
    fn deadline(&mut self, phase: Phase, limit: Option<u64>) -> Option<(u64, Error)> {
        let limited = limit.map(|limit| {
            let start = self.phase_start(phase);
            (
                start.saturating_add(limit),
                transport::timed_out(phase, false),
            )
        });
        let total = self.timeouts.total.zip(self.started).map(|(total, start)| {
            (
                start.saturating_add(total),
                transport::timed_out(phase, true),
            )
        });
        match (limited, total) {
            (Some(limited), Some(total)) if total.0 < limited.0 => Some(total),
            (limited, total) => limited.or(total),
        }
    }

    /// Between the bytes of a response each wait counts for itself; the other
    /// phases count from where the call came to them.
    fn phase_start(&mut self, phase: Phase) -> u64 {
        match self.phase {
            Some((current, start))
                if current == phase && !matches!(phase, Phase::Head | Phase::Body) =>
            {
                start
            }
            _ => {
                let now = self.world.network.now();
                self.phase = Some((phase, now));
                now
            }
        }
    }
}
