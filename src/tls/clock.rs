//! The wall clock, as rustls asks for it.

use core::fmt;
use core::time::Duration;
use rustls::pki_types::UnixTime;
use rustls::time_provider::TimeProvider;

/// Reads the wall clock: the time since 1970-01-01T00:00:00Z; `None` or zero
/// if it is not set.
pub type Clock = fn() -> Option<Duration>;

pub(crate) struct WallClock(pub(crate) Clock);

impl TimeProvider for WallClock {
    // An unset clock is passed on as zero, which the verifier knows: an
    // unverified connection needs no clock.
    fn current_time(&self) -> Option<UnixTime> {
        let time = (self.0)().unwrap_or_default();
        Some(UnixTime::since_unix_epoch(time))
    }
}

impl fmt::Debug for WallClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WallClock")
    }
}
