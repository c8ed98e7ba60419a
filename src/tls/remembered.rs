//! Signatures of certificates that were verified before.
//!
//! Servers send the same chain again and again, and many send the same
//! intermediate. Whether a key signed some bytes does not change, so what was
//! found right once is not computed again; time, names and everything else
//! about a chain are looked at every time.

use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::fmt;
use core::sync::atomic::{AtomicUsize, Ordering};
use httplib_provider::short_rsa_key;
use rustls::pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm};
use sha2::{Digest, Sha256};
use spin::Mutex;

/// How many are remembered: a few chains.
const MOST: usize = 64;

/// Fingerprints of right signatures, the oldest first.
#[derive(Default)]
pub(crate) struct Remembered(Mutex<VecDeque<[u8; 32]>>);

impl Remembered {
    /// These algorithms, remembering. `short_key` gets the size of an RSA key
    /// that was too short, if there was one.
    pub(crate) fn wrap<'a>(
        &'a self,
        algorithms: &[&'a dyn SignatureVerificationAlgorithm],
        short_key: &'a AtomicUsize,
    ) -> Vec<Remembering<'a>> {
        let wrap = |algorithm: &&'a _| Remembering {
            algorithm: *algorithm,
            remembered: self,
            short_key,
        };
        algorithms.iter().map(wrap).collect()
    }

    fn contains(&self, fingerprint: &[u8; 32]) -> bool {
        self.0.lock().contains(fingerprint)
    }

    fn push(&self, fingerprint: [u8; 32]) {
        let mut all = self.0.lock();
        if all.len() == MOST {
            all.pop_front();
        }
        all.push_back(fingerprint);
    }
}

/// An algorithm that remembers what it found right.
pub(crate) struct Remembering<'a> {
    algorithm: &'a dyn SignatureVerificationAlgorithm,
    remembered: &'a Remembered,
    short_key: &'a AtomicUsize,
}

impl SignatureVerificationAlgorithm for Remembering<'_> {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let mut hash = Sha256::new();
        for part in [
            self.public_key_alg_id().as_ref(),
            self.signature_alg_id().as_ref(),
            public_key,
            message,
            signature,
        ] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        let fingerprint = hash.finalize().into();
        if self.remembered.contains(&fingerprint) {
            return Ok(());
        }
        self.algorithm
            .verify_signature(public_key, message, signature)
            .inspect_err(|_| {
                if let Some(bits) = short_rsa_key(public_key) {
                    self.short_key.store(bits, Ordering::Relaxed);
                }
            })?;
        self.remembered.push(fingerprint);
        Ok(())
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.algorithm.public_key_alg_id()
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.algorithm.signature_alg_id()
    }
}

impl fmt::Debug for Remembering<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remembering").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustls::pki_types::alg_id;

    /// Right is what begins with a zero.
    #[derive(Debug, Default)]
    struct Counting(AtomicUsize);

    impl SignatureVerificationAlgorithm for Counting {
        fn verify_signature(
            &self,
            _: &[u8],
            _: &[u8],
            signature: &[u8],
        ) -> Result<(), InvalidSignature> {
            self.0.fetch_add(1, Ordering::Relaxed);
            match signature {
                [0, ..] => Ok(()),
                _ => Err(InvalidSignature),
            }
        }

        fn public_key_alg_id(&self) -> AlgorithmIdentifier {
            alg_id::ED25519
        }

        fn signature_alg_id(&self) -> AlgorithmIdentifier {
            alg_id::ED25519
        }
    }

    #[test]
    fn right_signatures_are_computed_once_and_wrong_ones_every_time() {
        let (counting, remembered) = (Counting::default(), Remembered::default());
        let short_key = AtomicUsize::new(0);
        let algorithm = &remembered.wrap(&[&counting], &short_key)[0];
        let computed = |key: &[u8], message: &[u8], signature: &[u8]| {
            let before = counting.0.load(Ordering::Relaxed);
            let right = algorithm.verify_signature(key, message, signature).is_ok();
            (right, counting.0.load(Ordering::Relaxed) - before)
        };
        assert_eq!(computed(b"k", b"m", &[0]), (true, 1));
        assert_eq!(computed(b"k", b"m", &[0]), (true, 0));
        // The same bytes, otherwise divided.
        assert_eq!(computed(b"km", b"", &[0]), (true, 1));
        assert_eq!(computed(b"k", b"n", &[0]), (true, 1));
        assert_eq!(computed(b"k", b"m", &[1]), (false, 1));
        assert_eq!(computed(b"k", b"m", &[1]), (false, 1));
    }

    #[test]
    fn the_oldest_is_forgotten() {
        let (counting, remembered) = (Counting::default(), Remembered::default());
        let short_key = AtomicUsize::new(0);
        let algorithm = &remembered.wrap(&[&counting], &short_key)[0];
        for round in 0..=MOST {
            let message = round.to_be_bytes();
            algorithm.verify_signature(b"k", &message, &[0]).unwrap();
        }
        assert_eq!(remembered.0.lock().len(), MOST);
        let first = 0_usize.to_be_bytes();
        algorithm.verify_signature(b"k", &first, &[0]).unwrap();
        assert_eq!(counting.0.load(Ordering::Relaxed), MOST + 2);
    }
}
