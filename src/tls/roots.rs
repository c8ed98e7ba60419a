//! The roots that a context trusts.

use crate::identity::{AddedRoot, Fingerprint};
use alloc::vec::Vec;
use rustls::pki_types::TrustAnchor;

pub(crate) struct Roots {
    bundled: &'static [TrustAnchor<'static>],
    added: Vec<AddedRoot>,
}

impl Default for Roots {
    /// Mozilla's.
    fn default() -> Self {
        Self {
            bundled: webpki_roots::TLS_SERVER_ROOTS,
            added: Vec::new(),
        }
    }
}

impl Roots {
    pub(crate) fn none() -> Self {
        Self {
            bundled: &[],
            added: Vec::new(),
        }
    }

    /// Returns how many were added.
    pub(crate) fn add(&mut self, roots: Vec<AddedRoot>) -> usize {
        let count = roots.len();
        self.added.extend(roots);
        count
    }

    pub(crate) fn anchors(&self) -> Vec<TrustAnchor<'static>> {
        let added = self.added.iter().map(|root| &root.anchor);
        self.bundled.iter().chain(added).cloned().collect()
    }

    /// The certificates of those roots that the caller added.
    pub(crate) fn added(&self) -> Vec<Fingerprint> {
        self.added.iter().map(|root| root.fingerprint).collect()
    }

    /// At least as many bytes as `anchors` and `added` allocate.
    pub(crate) fn size(&self) -> usize {
        let roots = self.bundled.len() + self.added.len();
        let added = self.added.iter().map(|root| root.size + 128);
        // A list may grow to twice its length, with the old one beside it.
        roots * 3 * size_of::<TrustAnchor<'static>>() + added.sum::<usize>()
    }
}
