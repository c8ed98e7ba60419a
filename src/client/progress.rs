//! What a step that never waits says: done, blocked, or that its share is used up.

use crate::error::{Phase, Result};
use crate::network::Direction;

/// How many bytes a step moves at most before it looks up.
pub const SHARE: usize = 64 * 1024;

/// The result of a step.
pub type Stepped<T> = Result<Step<T>>;

/// How far a step came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<T> {
    /// To its end.
    Done(T),
    /// It waits for something.
    Blocked(Blocked),
    /// Its share of work is used up; it can go on at once.
    Spent(Phase),
}

/// What a step waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blocked {
    /// Where it is.
    pub phase: Phase,
    /// Any of these lets it go on.
    pub on: On,
    /// A time at which it can go on in any case.
    pub wake: Option<u64>,
}

/// A set of things that a step waits for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct On {
    /// An address, or a connection.
    pub dial: bool,
    /// Bytes from the peer.
    pub read: bool,
    /// Room for bytes to the peer.
    pub write: bool,
    /// The stream that a body comes from.
    pub source: bool,
}

impl On {
    /// Only the dialling.
    pub const DIAL: Self = Self {
        dial: true,
        read: false,
        write: false,
        source: false,
    };

    /// Only this direction.
    pub fn one(direction: Direction) -> Self {
        Self {
            read: direction == Direction::Read,
            write: direction == Direction::Write,
            ..Self::default()
        }
    }

    /// Either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            dial: self.dial || other.dial,
            read: self.read || other.read,
            write: self.write || other.write,
            source: self.source || other.source,
        }
    }
}

impl Blocked {
    /// Blocked on this set, without a time.
    pub fn on(phase: Phase, on: On) -> Self {
        Self {
            phase,
            on,
            wake: None,
        }
    }
}

impl<T> Step<T> {
    /// What a step that only went this far says of a longer one; the value if it
    /// is done.
    ///
    /// # Errors
    /// The step of the longer one, as its result.
    pub fn or_wait<U>(self) -> core::result::Result<T, Step<U>> {
        match self {
            Self::Done(value) => Ok(value),
            Self::Blocked(blocked) => Err(Step::Blocked(blocked)),
            Self::Spent(phase) => Err(Step::Spent(phase)),
        }
    }
}

/// The value of a step, or out of the function with how far it came.
macro_rules! done {
    ($step:expr) => {
        match $step?.or_wait() {
            Ok(value) => value,
            Err(step) => return Ok(step),
        }
    };
}
pub(crate) use done;
