//! The only place that waits: repeats a step of a lane until it is done, the time
//! is over, or the call may not wait.

use crate::deadline::{Deadline, Marks, deadline};
use crate::error::{Cause, Error, Phase, Result};
use crate::lane::Lane;
use crate::network::Block;
use crate::progress::{Blocked, Step, Stepped};
use crate::select::Watched;
use crate::settings::Timeouts;
use alloc::vec::Vec;

/// How many shares of work a call that does not wait has.
const SHARES: u32 = 16;

/// One call: its limits, and what they count from.
pub struct Call<'a, N: Block> {
    network: &'a N,
    timeouts: &'a Timeouts,
    /// The limit of connections that have none of their own.
    default: Option<u64>,
    /// When the request began, if its whole time is limited.
    request: Option<u64>,
    /// When the call first came to each phase.
    entered: [Option<u64>; PHASES],
    /// When bytes last arrived, and how many had then.
    progress: Option<(u64, u64)>,
    shares: u32,
}

const PHASES: usize = Phase::Other as usize + 1;

impl<'a, N: Block> Call<'a, N> {
    /// A call that begins now, of a request that began at `request`.
    pub fn new(
        network: &'a N,
        timeouts: &'a Timeouts,
        default: Option<u64>,
        request: Option<u64>,
    ) -> Self {
        Self {
            network,
            timeouts,
            default,
            request,
            entered: [None; PHASES],
            progress: None,
            shares: 0,
        }
    }

    /// Repeats a step, waiting in between, until it is done. `phase` is where it
    /// begins.
    ///
    /// # Errors
    /// Those of the step, `timed-out` and `would-block`.
    pub fn drive<T>(
        &mut self,
        watched: &Watched<N>,
        phase: Phase,
        mut step: impl FnMut(&mut Lane<N>) -> Stepped<T>,
    ) -> Result<T> {
        // The limit of the whole request also ends calls that never wait.
        if let Some((total, start)) = self.timeouts.total.zip(self.request)
            && self.network.now() >= start.saturating_add(total)
        {
            return Err(timed_out(watched.lane().phase(phase), true));
        }
        loop {
            let stepped = step(&mut watched.lane_mut())?;
            match stepped {
                Step::Done(value) => return Ok(value),
                Step::Spent(phase) => {
                    self.look(phase, watched)?;
                    self.shares += 1;
                    if self.is_nonblocking(phase) && self.shares >= SHARES {
                        return Err(would_block(phase));
                    }
                }
                Step::Blocked(blocked) => {
                    let deadline = self.look(blocked.phase, watched)?;
                    if self.is_nonblocking(blocked.phase) {
                        return Err(would_block(blocked.phase));
                    }
                    self.wait(watched, blocked, deadline)?;
                }
            }
        }
    }

    fn is_nonblocking(&self, phase: Phase) -> bool {
        self.timeouts.of(phase, self.default) == Some(0)
    }

    /// Looks whether the time is over; when it will be. Reads no clock without a
    /// limit.
    fn look(&mut self, phase: Phase, watched: &Watched<N>) -> Result<Option<Deadline>> {
        let limited = self
            .timeouts
            .of(phase, self.default)
            .is_some_and(|limit| limit > 0);
        if !limited && (self.timeouts.total.is_none() || self.request.is_none()) {
            return Ok(None);
        }
        let now = self.network.now();
        let received = watched.lane().wire.received();
        let progress = match self.progress {
            Some((at, before)) if before == received => at,
            _ => {
                self.progress = Some((now, received));
                now
            }
        };
        let marks = Marks {
            request: self.request,
            entered: *self.entered[phase as usize].get_or_insert(now),
            progress,
        };
        match deadline(self.timeouts, self.default, &marks, phase) {
            Some(deadline) if now >= deadline.at => Err(timed_out(phase, deadline.total)),
            deadline => Ok(deadline),
        }
    }

    fn wait(
        &self,
        watched: &Watched<N>,
        blocked: Blocked,
        deadline: Option<Deadline>,
    ) -> Result<()> {
        let mut events = Vec::new();
        watched.lane().events(blocked.on, &mut events);
        let deadline = deadline.map(|deadline| deadline.at);
        let until = deadline.into_iter().chain(blocked.wake).min();
        // What is ready, or over, the step and the next look find out.
        self.network.wait(&events, until)?;
        Ok(())
    }
}

fn timed_out(phase: Phase, total: bool) -> Error {
    Error::from(Cause::TimedOut { total }).in_phase(phase)
}

fn would_block(phase: Phase) -> Error {
    Error::from(Cause::WouldBlock).in_phase(phase)
}
