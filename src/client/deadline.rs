//! When a call gives up: a pure function of limits, marks and phase.

use crate::error::Phase;
use crate::settings::Timeouts;

/// When what is limited began, in nanoseconds of the network's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct Marks {
    /// The request, if its whole time is limited.
    pub request: Option<u64>,
    /// The phase that the call is in.
    pub entered: u64,
    /// The last time that bytes of the response arrived.
    pub progress: u64,
}

/// The end of the time for something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// When it is.
    pub at: u64,
    /// It is the whole request's.
    pub total: bool,
}

/// The earliest end that holds in this phase; `default` applies to connections
/// that have no limit of their own. A limit of zero is none here: such calls do
/// not wait at all.
pub fn deadline(
    timeouts: &Timeouts,
    default: Option<u64>,
    marks: &Marks,
    phase: Phase,
) -> Option<Deadline> {
    // Between the bytes of a response each wait counts by itself.
    let start = match phase {
        Phase::Head | Phase::Body => marks.progress,
        _ => marks.entered,
    };
    let limit = timeouts.of(phase, default).filter(|limit| *limit > 0);
    let limited = limit.map(|limit| Deadline {
        at: start.saturating_add(limit),
        total: false,
    });
    let total = timeouts
        .total
        .zip(marks.request)
        .map(|(total, start)| Deadline {
            at: start.saturating_add(total),
            total: true,
        });
    match (limited, total) {
        (Some(limited), Some(total)) if total.at < limited.at => Some(total),
        (limited, total) => limited.or(total),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARKS: Marks = Marks {
        request: Some(100),
        entered: 200,
        progress: 300,
    };

    fn at(timeouts: &Timeouts, phase: Phase) -> Option<(u64, bool)> {
        deadline(timeouts, Some(9), &MARKS, phase).map(|found| (found.at, found.total))
    }

    #[test]
    fn phases_count_from_their_beginning_and_bytes_from_the_last_one() {
        let timeouts = Timeouts {
            each: Some(Some(10)),
            between_bytes: Some(20),
            ..Timeouts::default()
        };
        assert_eq!(at(&timeouts, Phase::Connect), Some((210, false)));
        assert_eq!(at(&timeouts, Phase::FirstByte), Some((210, false)));
        assert_eq!(at(&timeouts, Phase::Body), Some((320, false)));
    }

    #[test]
    fn the_earlier_end_holds() {
        let mut timeouts = Timeouts {
            total: Some(105),
            ..Timeouts::default()
        };
        assert_eq!(at(&timeouts, Phase::Send), Some((205, true)));
        assert_eq!(at(&timeouts, Phase::Continue), Some((205, true)));
        timeouts.total = Some(1000);
        assert_eq!(at(&timeouts, Phase::Send), Some((209, false)));
    }

    #[test]
    fn without_limits_there_is_no_end() {
        let each = |limit| Timeouts {
            each: Some(limit),
            ..Timeouts::default()
        };
        assert_eq!(at(&each(None), Phase::Send), None);
        assert_eq!(at(&each(Some(0)), Phase::Send), None);
    }
}
