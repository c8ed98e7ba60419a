//! What a program without the standard library brings itself.

use alloc::alloc::{Layout, alloc, realloc};
use core::cell::OnceCell;
use core::panic::PanicInfo;

// For `memcmp`, which the target leaves to the C library.
#[link(name = "c")]
unsafe extern "C" {}

#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

/// Reached by nothing that a peer or a caller sends. There is nowhere to say
/// what happened: the host sees the trap.
#[panic_handler]
fn panic(_info: &PanicInfo<'_>) -> ! {
    core::arch::wasm32::unreachable()
}

/// A value of the one thread there is.
pub struct Single<T>(OnceCell<T>);

// SAFETY: a component instance has one thread; shared memory and threads are not
// among the target's features.
unsafe impl<T> Sync for Single<T> {}

impl<T> Single<T> {
    /// Holds nothing yet.
    pub const fn new() -> Self {
        Self(OnceCell::new())
    }

    /// The value, made when it is first asked for.
    pub fn get_or_init(&self, make: impl FnOnce() -> T) -> &T {
        self.0.get_or_init(make)
    }
}

/// Where the host puts what it passes in: memory that the bindings then own as
/// vectors, so it has to come from the same allocator. With the standard library
/// the target's C library would do this.
///
/// # Safety
/// As the canonical ABI has it: `old_ptr`, `old_len` and `align` are what an
/// earlier call returned and was asked for, or `old_len` is zero.
#[unsafe(no_mangle)]
unsafe extern "C" fn cabi_realloc(
    old_ptr: *mut u8,
    old_len: usize,
    align: usize,
    new_len: usize,
) -> *mut u8 {
    if new_len == 0 {
        return core::ptr::without_provenance_mut(align);
    }
    let Ok(layout) = Layout::from_size_align(old_len.max(1), align) else {
        core::arch::wasm32::unreachable()
    };
    // SAFETY: the layout is the old block's; the new length is not zero.
    let ptr = unsafe {
        if old_len == 0 {
            alloc(Layout::from_size_align_unchecked(new_len, align))
        } else {
            realloc(old_ptr, layout, new_len)
        }
    };
    // The canonical ABI knows no way to refuse: the host would write to null.
    if ptr.is_null() {
        core::arch::wasm32::unreachable()
    }
    ptr
}
