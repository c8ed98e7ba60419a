//! Waiting for many connections at once (`select.select`).

use super::world::World;
use crate::error::{Result, caller};
use crate::transport::{Direction, Network};
use alloc::format;
use alloc::vec::Vec;

/// The numbers that are ready to read, and those that are ready to write.
pub type Ready = (Vec<u64>, Vec<u64>);

/// Waits until one of the numbers is ready or `timeout` nanoseconds are over.
///
/// # Errors
/// `value-error` for a number that is not known.
pub fn select<N: Network>(
    world: &World<N>,
    readers: &[u64],
    writers: &[u64],
    timeout: Option<u64>,
) -> Result<Ready> {
    let deadline = match timeout {
        None => None,
        Some(0) => Some(0),
        Some(timeout) => Some(world.network.now().saturating_add(timeout)),
    };
    let mut set = WaitSet::new(world, readers, writers)?;
    let until = deadline.into_iter().chain(set.timer).min();
    for position in world.network.wait(&set.events, until) {
        set.mark(position as usize);
    }
    if set.has_timers() {
        set.mark_timers(world.network.now());
    }
    let mut ready = (Vec::new(), Vec::new());
    for (item, number) in set.items.iter().zip(readers.iter().chain(writers)) {
        match item.direction {
            Direction::Read if item.ready => ready.0.push(*number),
            Direction::Write if item.ready => ready.1.push(*number),
            _ => {}
        }
    }
    Ok(ready)
}

struct WaitSet<N: Network> {
    items: Vec<Item>,
    events: Vec<N::Event>,
    /// The earliest time at which an item is ready in any case.
    timer: Option<u64>,
}

struct Item {
    direction: Direction,
    /// Where its events begin; they end where the next item's begin.
    first_event: usize,
    timer: Option<u64>,
    ready: bool,
}

impl<N: Network> WaitSet<N> {
    fn new(world: &World<N>, readers: &[u64], writers: &[u64]) -> Result<Self> {
        let mut set = Self {
            items: Vec::new(),
            events: Vec::new(),
            timer: None,
        };
        let numbers = readers
            .iter()
            .map(|number| (*number, Direction::Read))
            .chain(writers.iter().map(|number| (*number, Direction::Write)));
        for (number, direction) in numbers {
            let link = world
                .find(number)
                .ok_or_else(|| caller::value(format!("unknown file number {number}")))?;
            let first_event = set.events.len();
            let timer = link.borrow().select_events(direction, &mut set.events);
            set.timer = set.timer.into_iter().chain(timer).min();
            set.items.push(Item {
                direction,
                first_event,
                timer,
                ready: timer == Some(0),
            });
        }
        Ok(set)
    }

    fn mark(&mut self, event: usize) {
        let item = self
            .items
            .partition_point(|item| item.first_event <= event)
            .checked_sub(1);
        if let Some(item) = item.and_then(|index| self.items.get_mut(index)) {
            item.ready = true;
        }
    }

    fn has_timers(&self) -> bool {
        self.timer.is_some_and(|timer| timer > 0)
    }

    fn mark_timers(&mut self, now: u64) {
        for item in &mut self.items {
            item.ready |= item.timer.is_some_and(|timer| timer <= now);
        }
    }
}
