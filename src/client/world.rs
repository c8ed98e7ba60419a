//! What all connections of an instance share: the network, the numbers that
//! `select` knows, and the default time limit.

use super::link::Link;
use crate::transport::Network;
use alloc::collections::BTreeMap;
use alloc::rc::{Rc, Weak};
use core::cell::{Cell, RefCell};

/// The shared state of an instance.
pub struct World<N: Network> {
    /// The network.
    pub network: N,
    /// The time limit of connections that set none, in nanoseconds.
    pub default_timeout: Cell<Option<u64>>,
    links: RefCell<BTreeMap<u64, Weak<RefCell<Link<N>>>>>,
    next_number: Cell<u64>,
}

impl<N: Network> World<N> {
    /// A world without connections.
    pub fn new(network: N) -> Self {
        Self {
            network,
            default_timeout: Cell::new(None),
            links: RefCell::default(),
            // 0 to 2 are taken on every system that Python knows.
            next_number: Cell::new(3),
        }
    }

    /// A number that was never used before.
    pub fn take_number(&self) -> u64 {
        let number = self.next_number.get();
        // 2^64 connections cannot be reached.
        self.next_number.set(number.wrapping_add(1));
        number
    }

    /// Makes a link known to `select` until it is dropped.
    pub fn register(&self, number: u64, link: &Rc<RefCell<Link<N>>>) {
        self.links.borrow_mut().insert(number, Rc::downgrade(link));
    }

    /// Forgets a number.
    pub fn forget(&self, number: u64) {
        self.links.borrow_mut().remove(&number);
    }

    /// The link of a number.
    pub fn find(&self, number: u64) -> Option<Rc<RefCell<Link<N>>>> {
        self.links.borrow().get(&number)?.upgrade()
    }
}
