//! Sockets that were given up while the host is still writing to them.
//!
//! Wasmtime waits, when an output stream is dropped, until what it was given is
//! written: with a peer that does not read, for ever, and nothing forces it. Such
//! sockets are kept here and dropped when they are done, which is looked at
//! whenever a connection is dialled or closed and after waits.

use super::socket::Parts;
use alloc::vec::Vec;
use core::cell::RefCell;
use httplib_proto::memory;

/// How many are kept before no new connection is dialled.
const MOST: usize = 128;

/// The sockets.
#[derive(Default)]
pub(super) struct Limbo(RefCell<Vec<Parts>>);

impl Limbo {
    /// Drops a socket, now or later.
    pub(super) fn give_up(&self, parts: Parts) {
        self.release();
        if parts.is_writing() {
            let kept = &mut *self.0.borrow_mut();
            match memory::reserve(kept, 1) {
                Ok(()) => kept.push(parts),
                // Waiting for it could take for ever: the host has it until the
                // instance ends.
                Err(_) => core::mem::forget(parts),
            }
        }
    }

    /// Drops the sockets whose writes are done.
    pub(super) fn release(&self) {
        if let Ok(mut kept) = self.0.try_borrow_mut()
            && !kept.is_empty()
        {
            kept.retain(Parts::is_writing);
        }
    }

    /// Whether there are too many to dial anew.
    pub(super) fn is_full(&self) -> bool {
        self.0.borrow().len() >= MOST
    }
}
