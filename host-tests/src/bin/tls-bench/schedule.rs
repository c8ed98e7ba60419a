//! How much is measured.

/// How much is measured.
pub(crate) struct Schedule {
    /// How often everything is measured. The guest, the native client and the
    /// ceilings take turns in each round, so that a slow moment of the machine
    /// meets all of them.
    pub(crate) rounds: usize,
    /// The length of a body.
    pub(crate) bytes: u64,
    /// How many connections are opened for one figure.
    pub(crate) connections: usize,
}

impl Schedule {
    pub(crate) const FULL: Self = Self {
        rounds: 5,
        bytes: 64 << 20,
        connections: 100,
    };

    pub(crate) const QUICK: Self = Self {
        rounds: 1,
        bytes: 1 << 20,
        connections: 2,
    };
}
