//! Processor time.
//!
//! What a client costs is not the time of one thread: in the synchronous mode of
//! `wasmtime-wasi` a part of the sending and all waiting for sockets is done by
//! threads of its own. So it is the time of the process without the servers'.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

use crate::Result;
use crate::server::{Agreed, Server};

/// How long the threads of this process have run.
fn process() -> Duration {
    read(ClockId::ProcessCPUTime)
}

/// How long the calling thread has run.
pub(crate) fn thread() -> Duration {
    read(ClockId::ThreadCPUTime)
}

fn read(clock: ClockId) -> Duration {
    let time = clock_gettime(clock);
    // Neither clock is ever negative.
    Duration::new(
        time.tv_sec.unsigned_abs(),
        time.tv_nsec.unsigned_abs().try_into().unwrap_or(0),
    )
}

/// What something costs that needs no server.
pub(crate) fn of(work: impl FnOnce() -> Result<()>) -> Result<Duration> {
    let start = process();
    work()?;
    Ok(process() - start)
}

/// What so many connections to a server cost the client, and what was agreed on
/// in each.
pub(crate) fn of_client(
    server: &Server,
    connections: usize,
    mut connection: impl FnMut() -> Result<()>,
) -> Result<(Duration, Vec<Agreed>)> {
    let mut agreed = Vec::new();
    let mut serving = Duration::ZERO;
    let all = of(|| {
        for _ in 0..connections {
            connection()?;
        }
        (serving, agreed) = server.settle(connections)?;
        Ok(())
    })?;
    Ok((all.saturating_sub(serving), agreed))
}
