//! Randomness from the system: `wasi:random` in a component.

use rustls::crypto::{GetRandomFailed, SecureRandom};
use zeroize::Zeroizing;

/// The system's random number generator.
#[derive(Debug)]
pub(crate) struct System;

impl SecureRandom for System {
    fn fill(&self, buf: &mut [u8]) -> Result<(), GetRandomFailed> {
        getrandom::fill(buf).map_err(|_| GetRandomFailed)
    }
}

/// `N` random bytes for a secret, wiped when dropped.
pub(crate) fn secret<const N: usize>() -> Result<Zeroizing<[u8; N]>, GetRandomFailed> {
    let mut bytes = Zeroizing::new([0; N]);
    System.fill(&mut bytes[..])?;
    Ok(bytes)
}
