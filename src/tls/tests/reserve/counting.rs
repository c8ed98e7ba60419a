//! An allocator that counts, and that refuses more than is left.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

pub(crate) struct Counting;

thread_local! {
    /// What is allocated, what it was at most, and how much more there may be.
    static NOW: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
    static LIMIT: Cell<isize> = const { Cell::new(isize::MAX) };
}

/// What a call allocated at most, beyond what was allocated before it.
pub(crate) fn peak<T>(call: impl FnOnce() -> T) -> (T, usize) {
    let before = NOW.get();
    PEAK.set(before);
    let value = call();
    (value, usize::try_from(PEAK.get() - before).unwrap())
}

/// Has every allocation fail beyond so many bytes.
pub(crate) fn limited<T>(bytes: isize, call: impl FnOnce() -> T) -> T {
    LIMIT.set(NOW.get() + bytes);
    let value = call();
    LIMIT.set(isize::MAX);
    value
}

/// What an allocation takes: its bytes and a header, aligned.
fn taken(size: usize) -> isize {
    isize::try_from((size + 8).next_multiple_of(16)).unwrap_or(isize::MAX)
}

fn add(bytes: isize) -> bool {
    let now = NOW.get() + bytes;
    if now > LIMIT.get() {
        return false;
    }
    NOW.set(now);
    PEAK.set(PEAK.get().max(now));
    true
}

// SAFETY: the system's, or nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if !add(taken(layout.size())) {
            return std::ptr::null_mut();
        }
        // SAFETY: the caller's promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        NOW.set(NOW.get() - taken(layout.size()));
        // SAFETY: the caller's promises.
        unsafe { System.dealloc(pointer, layout) }
    }
}
