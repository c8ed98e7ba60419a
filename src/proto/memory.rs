//! Memory that may not be there. What a peer or a caller sizes is allocated
//! through this module, and fails with a value; everything else allocates as Rust
//! does, in a *section* whose reserve was made sure of before.

use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;
use core::hint::black_box;

/// Memory could not be had; nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfMemory;

/// What a call of the contract may allocate infallibly, in bytes. A fallible
/// allocation leaves as much free, a large one more.
pub const HEADROOM: usize = 32 * 1024;

/// What a fallible allocation of more than [`HEADROOM`] leaves free, in bytes: enough
/// to go on in small pieces.
const ROOM: usize = 12 * HEADROOM;

/// Makes sure that so many bytes can be had in one piece.
///
/// # Errors
/// If they cannot.
pub fn ensure(bytes: usize) -> Result<(), OutOfMemory> {
    let mut probe: Vec<u8> = Vec::new();
    let found = fallible(|| probe.try_reserve_exact(bytes).is_ok());
    // An allocation that nobody looks at would be left out by the compiler.
    black_box(&mut probe);
    if found { Ok(()) } else { Err(OutOfMemory) }
}

/// How much of `wanted` can be had in one piece beside [`HEADROOM`]: all of it, or a
/// quarter, and so on.
///
/// # Errors
/// If not even a few hundred bytes can.
pub fn available(wanted: usize) -> Result<usize, OutOfMemory> {
    let mut bytes = wanted;
    while ensure(bytes + HEADROOM).is_err() {
        if bytes < 1024 {
            return Err(OutOfMemory);
        }
        bytes /= 4;
    }
    Ok(bytes)
}

/// Makes room for more elements, at least doubling what there was.
///
/// # Errors
/// If there is none, or less than [`HEADROOM`] would be left.
pub fn reserve<T>(vec: &mut Vec<T>, more: usize) -> Result<(), OutOfMemory> {
    grow(vec, more, Vec::try_reserve)
}

/// Makes room for exactly so many more elements.
///
/// # Errors
/// As [`reserve`].
pub fn reserve_exact<T>(vec: &mut Vec<T>, more: usize) -> Result<(), OutOfMemory> {
    grow(vec, more, Vec::try_reserve_exact)
}

/// Makes room for more elements at the end of a queue.
///
/// # Errors
/// As [`reserve`].
pub fn reserve_queue<T>(queue: &mut VecDeque<T>, more: usize) -> Result<(), OutOfMemory> {
    if queue.capacity() - queue.len() >= more {
        return Ok(());
    }
    if !fallible(|| queue.try_reserve(more).is_ok()) {
        return Err(OutOfMemory);
    }
    ensure(HEADROOM)
}

fn grow<T, E>(
    vec: &mut Vec<T>,
    more: usize,
    grow: impl FnOnce(&mut Vec<T>, usize) -> Result<(), E>,
) -> Result<(), OutOfMemory> {
    let before = vec.capacity();
    if before - vec.len() >= more {
        return Ok(());
    }
    if !fallible(|| grow(vec, more).is_ok()) {
        return Err(OutOfMemory);
    }
    // After a large one small ones are still to succeed.
    let bytes = vec.capacity() * size_of::<T>();
    let left = ensure(if bytes > HEADROOM { ROOM } else { HEADROOM });
    if left.is_err() {
        vec.shrink_to(before);
    }
    left
}

/// A copy of these bytes.
///
/// # Errors
/// As [`reserve`].
pub fn copy(bytes: &[u8]) -> Result<Vec<u8>, OutOfMemory> {
    let mut copy = Vec::new();
    reserve_exact(&mut copy, bytes.len())?;
    copy.extend_from_slice(bytes);
    Ok(copy)
}

/// A copy of this text.
///
/// # Errors
/// As [`reserve`].
pub fn copy_text(text: &str) -> Result<String, OutOfMemory> {
    concat(&[text])
}

/// These texts as one.
///
/// # Errors
/// As [`reserve`].
pub fn concat(texts: &[&str]) -> Result<String, OutOfMemory> {
    let mut joined = Vec::new();
    reserve_exact(&mut joined, texts.iter().map(|text| text.len()).sum())?;
    for text in texts {
        joined.extend_from_slice(text.as_bytes());
    }
    // Bytes of texts are one.
    Ok(String::from_utf8(joined).unwrap_or_default())
}

/// Appends bytes.
///
/// # Errors
/// As [`reserve`].
pub fn append(vec: &mut Vec<u8>, bytes: &[u8]) -> Result<(), OutOfMemory> {
    reserve(vec, bytes.len())?;
    vec.extend_from_slice(bytes);
    Ok(())
}

/// Appends an element.
///
/// # Errors
/// As [`reserve`].
pub fn push<T>(vec: &mut Vec<T>, element: T) -> Result<(), OutOfMemory> {
    reserve(vec, 1)?;
    vec.push(element);
    Ok(())
}

/// Runs code that allocates infallibly, at most `reserve` bytes beside what it
/// allocates through this module.
///
/// # Errors
/// If the reserve is not there; then the code was not run.
pub fn section<T>(reserve: usize, code: impl FnOnce() -> T) -> Result<T, OutOfMemory> {
    ensure(reserve)?;
    #[cfg(feature = "torture")]
    let _section = torture::Section::enter(reserve);
    Ok(code())
}

fn fallible<T>(code: impl FnOnce() -> T) -> T {
    #[cfg(feature = "torture")]
    let _fallible = torture::Fallible::enter();
    code()
}

/// What an allocator that tests short memory has to know.
#[cfg(feature = "torture")]
pub mod torture {
    use std::cell::Cell;

    std::thread_local! {
        static FALLIBLE: Cell<bool> = const { Cell::new(false) };
        static SECTION: Cell<Option<Usage>> = const { Cell::new(None) };
    }

    /// What a section may allocate, and what of that it has.
    #[derive(Clone, Copy, Debug)]
    pub struct Usage {
        /// The reserve that was made sure of, in bytes.
        pub reserve: usize,
        /// What is allocated beyond what there was when the section began.
        pub used: isize,
    }

    /// Whether the allocation under way can fail.
    #[must_use]
    pub fn is_fallible() -> bool {
        FALLIBLE.get()
    }

    /// Counts an infallible allocation, or what is freed as a negative number. The
    /// innermost section after it; `None` outside of all.
    pub fn count(bytes: isize) -> Option<Usage> {
        let mut usage = SECTION.get()?;
        usage.used += bytes;
        SECTION.set(Some(usage));
        Some(usage)
    }

    pub(super) struct Fallible(bool);

    impl Fallible {
        pub(super) fn enter() -> Self {
            Self(FALLIBLE.replace(true))
        }
    }

    impl Drop for Fallible {
        fn drop(&mut self) {
            FALLIBLE.set(self.0);
        }
    }

    pub(super) struct Section(Option<Usage>);

    impl Section {
        pub(super) fn enter(reserve: usize) -> Self {
            Self(SECTION.replace(Some(Usage { reserve, used: 0 })))
        }
    }

    impl Drop for Section {
        fn drop(&mut self) {
            SECTION.set(self.0);
        }
    }
}
