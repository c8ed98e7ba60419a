//! An allocator that fails one fallible allocation of a thread, and checks that
//! infallible ones happen in a section and keep to its reserve.

use httplib_proto::memory::torture;
use std::alloc::{GlobalAlloc, Layout, System};
use std::backtrace::Backtrace;
use std::cell::{Cell, RefCell};

thread_local! {
    /// Whether a call of the client is under way, and what it allocates is counted.
    static WATCHING: Cell<bool> = const { Cell::new(false) };
    /// How many fallible allocations there are until one fails.
    static LEFT: Cell<Option<u64>> = const { Cell::new(None) };
    static SHORTAGE: Cell<Shortage> = const { Cell::new(Shortage::Passing) };
    /// The number of the call under way: what another one allocated is not counted
    /// when it is freed.
    static CALL: Cell<usize> = const { Cell::new(0) };
    static VIOLATION: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// How long memory is short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortage {
    /// For one allocation.
    Passing,
    /// To the end of the call.
    Lasting,
}

/// The system's allocator, watched.
pub struct Torturing;

#[global_allocator]
static ALLOCATOR: Torturing = Torturing;

/// What every allocation begins with.
struct Header {
    /// The number of the call that is charged with it, or 0.
    call: usize,
    /// All of it, as the system gave it.
    whole: Layout,
}

/// How long the header is where what follows it is so aligned.
fn header(align: usize) -> usize {
    size_of::<Header>().next_multiple_of(align)
}

fn whole(layout: Layout) -> Option<Layout> {
    let size = layout.size().checked_add(header(layout.align()))?;
    Layout::from_size_align(size, layout.align().max(align_of::<Header>())).ok()
}

// SAFETY: all memory is the system's, of a size and an alignment that hold the
// header beside what was asked for.
unsafe impl GlobalAlloc for Torturing {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let fallible = torture::is_fallible();
        if fallible && fails() {
            return std::ptr::null_mut();
        }
        let Some(whole) = whole(layout) else {
            return std::ptr::null_mut();
        };
        let call = match WATCHING.get() && !fallible {
            true => CALL.get(),
            false => 0,
        };
        if call > 0 {
            charge(layout.size());
        }
        // SAFETY: the size is not zero, because of the header.
        let start = unsafe { System.alloc(whole) };
        if start.is_null() {
            return start;
        }
        // SAFETY: there are as many bytes, aligned for a header.
        unsafe {
            start.cast::<Header>().write(Header { call, whole });
            start.add(header(layout.align()))
        }
    }

    unsafe fn dealloc(&self, bytes: *mut u8, layout: Layout) {
        // SAFETY: `alloc` made it so.
        let (start, Header { call, whole }) = unsafe {
            let start = bytes.sub(header(layout.align()));
            (start, start.cast::<Header>().read())
        };
        if call > 0 && call == CALL.get() {
            let _ = torture::count(-isize::try_from(layout.size()).unwrap_or(isize::MAX));
        }
        // SAFETY: as above.
        unsafe { System.dealloc(start, whole) }
    }

    unsafe fn realloc(&self, bytes: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // What becomes smaller stays where it is, as in the component's allocator.
        if size <= layout.size() {
            return bytes;
        }
        // SAFETY: the size of a layout with this alignment, as the caller promises.
        let new = unsafe { self.alloc(Layout::from_size_align_unchecked(size, layout.align())) };
        if !new.is_null() {
            // SAFETY: both are as large as the old one, and apart.
            unsafe {
                new.copy_from_nonoverlapping(bytes, layout.size());
                self.dealloc(bytes, layout);
            }
        }
        new
    }
}

/// Whether the fallible allocation under way is the one that is to fail.
fn fails() -> bool {
    if CALL.get() == 0 {
        return false;
    }
    match LEFT.get() {
        Some(0) => SHORTAGE.get() == Shortage::Lasting,
        left => {
            let left = left.map(|left| left - 1);
            LEFT.set(left);
            left == Some(0)
        }
    }
}

/// Counts an infallible allocation against the reserve of its section.
fn charge(size: usize) {
    let size = isize::try_from(size).unwrap_or(isize::MAX);
    match torture::count(size) {
        None => violate(&format_args!("{size} bytes outside of a section")),
        Some(usage) => {
            if usize::try_from(usage.used).is_ok_and(|used| used > usage.reserve) {
                violate(&format_args!("{size} bytes more make {usage:?}"));
            }
        }
    }
}

/// Notes what went wrong first: nothing may unwind from here.
fn violate(what: &std::fmt::Arguments<'_>) {
    unwatched(|| {
        let mut violation = VIOLATION.take();
        violation.get_or_insert_with(|| format!("{what}\n{}", Backtrace::force_capture()));
        VIOLATION.set(violation);
    });
}

/// Lets the `n`-th fallible allocation from now on fail, of those in [`watched`] calls.
pub fn fail(n: u64, shortage: Shortage) {
    LEFT.set(Some(n));
    SHORTAGE.set(shortage);
}

/// Whether it has not come to that; then it will not any more.
pub fn passed() -> bool {
    LEFT.take().is_some()
}

/// Runs one call, watched.
pub fn watched<T>(call: impl FnOnce() -> T) -> T {
    thread_local!(static CALLS: Cell<usize> = const { Cell::new(0) });
    CALLS.set(CALLS.get() + 1);
    CALL.set(CALLS.get());
    WATCHING.set(true);
    let result = call();
    WATCHING.set(false);
    CALL.set(0);
    if LEFT.get() == Some(0) {
        LEFT.set(None);
    }
    if let Some(violation) = VIOLATION.take() {
        panic!("infallible allocation: {violation}");
    }
    result
}

/// Runs what is the test's own inside of a call.
pub fn unwatched<T>(code: impl FnOnce() -> T) -> T {
    let before = WATCHING.replace(false);
    let result = code();
    WATCHING.set(before);
    result
}
