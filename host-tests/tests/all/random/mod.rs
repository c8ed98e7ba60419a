//! What nobody has thought of: calls and exchanges from a seeded generator.
//!
//! A failure names its seed, and `HTTPLIB_SEED=n HTTPLIB_SEEDS=1` repeats it. Ordinary
//! runs are short. The large ones:
//!
//! ```text
//! HTTPLIB_SEEDS=20 HTTPLIB_CALLS=100000 cargo test --release -p httplib-host-tests -- random::calls
//! HTTPLIB_EXCHANGES=5000 cargo test --release -p httplib-host-tests -- random::exchanges
//! ```

mod calls;
mod exchanges;

use fastrand::Rng;

/// A generator of its own for each of a series, so that what one uses up does not
/// change the next.
fn generator(seed: u64, number: u64) -> Rng {
    Rng::with_seed(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ number)
}

fn one_of<'a, T>(rng: &mut Rng, values: &'a [T]) -> &'a T {
    &values[rng.usize(..values.len())]
}
