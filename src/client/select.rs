//! Waiting for many connections at once (`select.select`).

use super::link::Link;
use super::world::World;
use crate::transport::{Direction, Network};
use alloc::format;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::RefCell;
use httplib_proto::error::{Result, caller};

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
    loop {
        let mut set = WaitSet::new(world, readers, writers)?;
        let until = deadline.into_iter().chain(set.timer).min();
        for position in world.network.wait(&set.events, until) {
            set.mark(position as usize);
        }
        set.mark_timers(&world.network);
        let ready = set.ready();
        let over =
            deadline.is_some_and(|deadline| deadline == 0 || world.network.now() >= deadline);
        if over || !(ready.0.is_empty() && ready.1.is_empty()) {
            return Ok(ready);
        }
    }
}

struct WaitSet<N: Network> {
    items: Vec<Item<N>>,
    events: Vec<N::Event>,
    /// The earliest time at which an item is ready in any case.
    timer: Option<u64>,
}

struct Item<N: Network> {
    number: u64,
    link: Rc<RefCell<Link<N>>>,
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
                number,
                link,
                direction,
                first_event,
                timer,
                ready: timer == Some(0),
            });
        }
        Ok(set)
    }

    /// An event was ready. Hosts may say so of a socket that has nothing to
    /// read, and TLS may have received nothing but its own: a reader is ready
    /// only when something came of it.
    fn mark(&mut self, event: usize) {
        let item = self
            .items
            .partition_point(|item| item.first_event <= event)
            .checked_sub(1);
        if let Some(item) = item.and_then(|index| self.items.get_mut(index)) {
            item.ready |= match item.direction {
                Direction::Read => item.link.borrow_mut().receive_if_idle(),
                Direction::Write => true,
            };
        }
    }

    fn mark_timers(&mut self, network: &N) {
        if self.timer.is_none_or(|timer| timer == 0) {
            return;
        }
        let now = network.now();
        for item in &mut self.items {
            item.ready |= item.timer.is_some_and(|timer| timer <= now);
        }
    }

    fn ready(&self) -> Ready {
        let of = |direction| {
            let ready = self
                .items
                .iter()
                .filter(|item| item.ready && item.direction == direction);
            ready.map(|item| item.number).collect()
        };
        (of(Direction::Read), of(Direction::Write))
    }
}
