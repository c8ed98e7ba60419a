//! How much linear memory an instance may have.

use wasmtime::ResourceLimiter;

use crate::Host;

/// Which growth of the memory is refused, counted from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Refusal {
    /// None.
    #[default]
    Never,
    /// This one alone.
    Nth(u64),
    /// This one and all after it.
    From(u64),
}

impl Host {
    /// The most linear memory that the component has had so far, in bytes.
    #[must_use]
    pub fn memory_peak(&self) -> usize {
        self.0.borrow().store.data().memory.peak
    }

    /// From now on the component cannot have more memory than this, in bytes. What
    /// it has is not taken away.
    pub fn limit_memory(&self, bytes: usize) {
        self.0.borrow_mut().store.data_mut().memory.limit = bytes;
    }

    /// Refuses a growth of the memory; the next one is number 1.
    pub fn refuse_growth(&self, refusal: Refusal) {
        let mut instance = self.0.borrow_mut();
        let memory = &mut instance.store.data_mut().memory;
        memory.refusal = refusal;
        memory.growths = 0;
    }

    /// How often the component has asked for more memory since the last
    /// [`Host::refuse_growth`].
    #[must_use]
    pub fn growths(&self) -> u64 {
        self.0.borrow().store.data().memory.growths
    }
}

/// Refuses what is to be refused, and remembers the most that there was, in bytes.
pub(crate) struct MemoryMeter {
    now: usize,
    peak: usize,
    limit: usize,
    refusal: Refusal,
    growths: u64,
}

impl Default for MemoryMeter {
    fn default() -> Self {
        Self {
            now: 0,
            peak: 0,
            limit: usize::MAX,
            refusal: Refusal::Never,
            growths: 0,
        }
    }
}

impl ResourceLimiter for MemoryMeter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        self.growths += 1;
        let refused = match self.refusal {
            Refusal::Never => false,
            Refusal::Nth(nth) => self.growths == nth,
            Refusal::From(first) => self.growths >= first,
        };
        let now = self.now + (desired - current);
        if refused || now > self.limit || maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        self.now = now;
        self.peak = self.peak.max(now);
        Ok(true)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        _desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(true)
    }
}
