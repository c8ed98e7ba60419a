//! Waiting for many lanes at once (`select.select`): which number is which lane, and
//! when a lane is ready. A lane does not know that it is watched.

use crate::error::{Result, value};
use crate::lane::Lane;
use crate::network::{Block, Direction, Network, RECEIVE, Read};
use crate::progress::On;
use crate::turn::Patience;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::rc::{Rc, Weak};
use alloc::vec::Vec;
use core::cell::{Cell, Ref, RefCell, RefMut};
use httplib_proto::memory;

/// How many receives one call makes at most; the other numbers that the host calls
/// readable are taken for ready.
const RECEIVES: u32 = 16;

/// In how many steps TLS looks at most at what one receive brought.
const SHARES: u32 = 8;

/// The lanes of an instance by their numbers.
pub struct Registry<N: Network> {
    lanes: RefCell<BTreeMap<u64, Weak<Watched<N>>>>,
    next: Cell<u64>,
}

impl<N: Network> Default for Registry<N> {
    fn default() -> Self {
        Self {
            lanes: RefCell::default(),
            // 0 to 2 are taken on every system that Python knows.
            next: Cell::new(3),
        }
    }
}

/// A lane with its number, which is forgotten with it.
pub struct Watched<N: Network> {
    registry: Rc<Registry<N>>,
    number: u64,
    lane: RefCell<Lane<N>>,
}

impl<N: Network> Watched<N> {
    /// Gives a lane a number that was never used before.
    pub fn new(registry: &Rc<Registry<N>>, lane: Lane<N>) -> Rc<Self> {
        let number = registry.next.get();
        // 2^64 connections cannot be reached.
        registry.next.set(number.wrapping_add(1));
        let watched = Rc::new(Self {
            registry: Rc::clone(registry),
            number,
            lane: RefCell::new(lane),
        });
        let lanes = &mut *registry.lanes.borrow_mut();
        lanes.insert(number, Rc::downgrade(&watched));
        watched
    }

    /// The number.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The lane.
    pub fn lane(&self) -> Ref<'_, Lane<N>> {
        self.lane.borrow()
    }

    /// The lane, to go on with it.
    pub fn lane_mut(&self) -> RefMut<'_, Lane<N>> {
        self.lane.borrow_mut()
    }
}

impl<N: Network> Drop for Watched<N> {
    fn drop(&mut self) {
        self.registry.lanes.borrow_mut().remove(&self.number);
    }
}

/// The numbers that are ready to read, and those that are ready to write.
pub type Ready = (Vec<u64>, Vec<u64>);

/// Waits until one of the numbers is ready or `timeout` nanoseconds are over. Without
/// numbers and without a time there is nothing to wait for.
///
/// # Errors
/// `value-error` for a number that is not known; out of memory.
pub fn select<N: Block>(
    network: &N,
    registry: &Registry<N>,
    readers: &[u64],
    writers: &[u64],
    timeout: Option<u64>,
) -> Result<Ready> {
    let deadline = match timeout {
        None if readers.is_empty() && writers.is_empty() => return Ok(Ready::default()),
        None => None,
        Some(0) => Some(0),
        Some(timeout) => Some(network.now().saturating_add(timeout)),
    };
    loop {
        let mut set = WaitSet::new(registry, readers, writers)?;
        let until = deadline.into_iter().chain(set.timer).min();
        for position in network.wait(&set.events, until)? {
            set.mark(position as usize)?;
        }
        set.mark_timers(network);
        let ready = set.ready()?;
        let over = deadline.is_some_and(|deadline| deadline == 0 || network.now() >= deadline);
        if over || !(ready.0.is_empty() && ready.1.is_empty()) {
            return Ok(ready);
        }
    }
}

/// What an operation of this direction would wait for.
enum Readiness {
    /// For nothing.
    Now,
    /// For one of these, or for the time.
    On(On, Option<u64>),
}

fn readiness<N: Network>(lane: &Lane<N>, direction: Direction) -> Readiness {
    let wire = &lane.wire;
    if wire.is_closed() {
        return Readiness::Now;
    }
    if wire.is_opening() {
        return match wire.opening_waits_for() {
            None | Some(crate::progress::Blocked { wake: Some(0), .. }) => Readiness::Now,
            Some(blocked) => Readiness::On(blocked.on, blocked.wake),
        };
    }
    if direction == Direction::Read && is_readable(lane) {
        return Readiness::Now;
    }
    let reading = On::one(Direction::Read);
    // While a 100 (Continue) is waited for, that is what sending waits for too.
    match lane.younger().filter(|turn| turn.exchange.is_held()) {
        Some(turn) if turn.holds_body() && turn.patience == Patience::Fresh => {
            return Readiness::Now;
        }
        Some(turn) => {
            if let Patience::Until(until) = turn.patience {
                return Readiness::On(reading, until);
            }
        }
        None => {}
    }
    let sending = sending_waits_for(lane);
    Readiness::On(
        match direction {
            Direction::Read if !lane.is_sending() => reading,
            Direction::Read => reading.or(sending),
            Direction::Write => sending,
        },
        None,
    )
}

/// Bytes are decoded, there is more input than the parser has looked at, or the end:
/// nothing is parsed here, or debug lines would come early.
fn is_readable<N: Network>(lane: &Lane<N>) -> bool {
    let Some(turn) = lane.older() else {
        return lane.wire.has_news() || !lane.wire.input.is_empty();
    };
    lane.wire.has_news()
        || turn.is_readable()
        || turn.head.is_some()
        || turn.failure.is_some()
        || lane.wire.input.len() != turn.looked
}

/// The network, or the stream of the body where nothing else is to be sent.
fn sending_waits_for<N: Network>(lane: &Lane<N>) -> On {
    On {
        source: lane.source_event().is_some() && lane.wire.output.is_empty(),
        write: lane.source_event().is_none() || !lane.wire.is_drained(),
        ..On::default()
    }
}

struct WaitSet<N: Network> {
    items: Vec<Item<N>>,
    events: Vec<N::Event>,
    /// The earliest time at which an item is ready in any case.
    timer: Option<u64>,
    receives: u32,
}

struct Item<N: Network> {
    watched: Rc<Watched<N>>,
    direction: Direction,
    /// Where its events begin; they end where the next item's begin.
    first_event: usize,
    timer: Option<u64>,
    ready: bool,
}

impl<N: Network> WaitSet<N> {
    fn new(registry: &Registry<N>, readers: &[u64], writers: &[u64]) -> Result<Self> {
        let mut set = Self {
            items: Vec::new(),
            events: Vec::new(),
            timer: None,
            receives: 0,
        };
        memory::reserve_exact(&mut set.items, readers.len() + writers.len())?;
        // Dialling has a few events, everything else at most three.
        memory::reserve_exact(&mut set.events, 3 * (readers.len() + writers.len()))?;
        let readers = readers.iter().map(|number| (*number, Direction::Read));
        let writers = writers.iter().map(|number| (*number, Direction::Write));
        for (number, direction) in readers.chain(writers) {
            let watched = registry.lanes.borrow().get(&number).and_then(Weak::upgrade);
            let watched = watched.ok_or_else(|| value(format!("unknown file number {number}")))?;
            if direction == Direction::Read {
                resolve(&mut watched.lane_mut())?;
            }
            let first_event = set.events.len();
            let (timer, ready) = match readiness(&watched.lane(), direction) {
                Readiness::Now => (Some(0), true),
                Readiness::On(on, wake) => {
                    watched.lane().events(on, &mut set.events);
                    (wake, false)
                }
            };
            set.timer = set.timer.into_iter().chain(timer).min();
            set.items.push(Item {
                watched,
                direction,
                first_event,
                timer,
                ready,
            });
        }
        Ok(set)
    }

    /// An event was ready. Hosts may say so of a socket that has nothing to
    /// read, and TLS may have received nothing but its own: a reader is ready
    /// only when something came of it.
    fn mark(&mut self, event: usize) -> Result<()> {
        let item = self
            .items
            .partition_point(|item| item.first_event <= event)
            .checked_sub(1);
        if let Some(item) = item.and_then(|index| self.items.get_mut(index))
            && !item.ready
        {
            // The first event of a reader is that of its socket; the others tell that
            // sending can go on.
            let received = item.direction == Direction::Read && item.first_event == event;
            item.ready = match received && self.receives < RECEIVES {
                false => true,
                true => {
                    self.receives += 1;
                    receive(&mut item.watched.lane_mut())?
                }
            };
        }
        Ok(())
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

    fn ready(&self) -> Result<Ready> {
        let mut ready = Ready::default();
        for item in self.items.iter().filter(|item| item.ready) {
            let list = match item.direction {
                Direction::Read => &mut ready.0,
                Direction::Write => &mut ready.1,
            };
            memory::push(list, item.watched.number)?;
        }
        Ok(ready)
    }
}

/// TLS may hold something that was received and is nothing to read: looks at it, as
/// far as a receive's bytes reach.
fn resolve<N: Network>(lane: &mut Lane<N>) -> Result<()> {
    for _ in 0..SHARES {
        if !lane.wire.is_open() || !lane.wire.has_buffered() {
            break;
        }
        match lane.wire.receive(RECEIVE) {
            Ok(Read::Nothing) => {}
            Err(error) if error.is_memory() => return Err(error),
            // What came of it the look at readiness finds.
            Ok(_) | Err(_) => break,
        }
    }
    Ok(())
}

/// Receives once. Whether there is now something to read; while the lane is being
/// opened, its next step finds out.
fn receive<N: Network>(lane: &mut Lane<N>) -> Result<bool> {
    if !lane.wire.is_open() {
        return Ok(true);
    }
    match lane.wire.receive(RECEIVE) {
        Ok(Read::Blocked | Read::Nothing) => {
            resolve(lane)?;
            Ok(lane.wire.has_news() || is_readable(lane))
        }
        Ok(Read::Some | Read::End(_)) => Ok(true),
        Err(error) if error.is_memory() => Err(error),
        Err(_) => Ok(true),
    }
}
