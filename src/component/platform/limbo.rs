//! Sockets that were given up while the host is still writing to them.
//!
//! Wasmtime waits, when an output stream is dropped, until what it was given is
//! written: with a peer that does not read, for ever, and nothing forces it. Such
//! sockets are kept here and dropped when they are done, which is looked at
//! whenever a connection is dialled or closed and after waits.

use alloc::vec::Vec;
use core::cell::RefCell;
use httplib_proto::memory;

/// How many are kept before no new connection is dialled.
const MOST: usize = 128;

/// What the host may still be writing to.
pub(super) trait Unfinished {
    /// Whether it has not finished.
    fn is_writing(&self) -> bool;
}

/// The sockets.
pub(super) struct Limbo<T>(RefCell<Vec<T>>);

impl<T> Default for Limbo<T> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<T: Unfinished> Limbo<T> {
    /// Drops a socket, now or later.
    pub(super) fn give_up(&self, socket: T) {
        self.release();
        if socket.is_writing() {
            let kept = &mut *self.0.borrow_mut();
            match memory::reserve(kept, 1) {
                Ok(()) => kept.push(socket),
                // Waiting for it could take for ever: the host has it until the
                // instance ends.
                Err(_) => core::mem::forget(socket),
            }
        }
    }

    /// Drops the sockets whose writes are done.
    pub(super) fn release(&self) {
        if let Ok(mut kept) = self.0.try_borrow_mut()
            && !kept.is_empty()
        {
            kept.retain(T::is_writing);
        }
    }

    /// Whether there are too many to dial anew.
    pub(super) fn is_full(&self) -> bool {
        self.0.borrow().len() >= MOST
    }
}
