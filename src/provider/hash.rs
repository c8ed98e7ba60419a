//! SHA-2, and HMAC over it; rustls builds HKDF and the TLS 1.2 PRF from the
//! HMAC.

use alloc::boxed::Box;
use core::marker::PhantomData;
use hmac::{EagerHash, KeyInit, Mac};
use rustls::crypto::{hash, hmac as rustls_hmac};
use sha2::digest::Digest;

pub(crate) static SHA256: Sha<sha2::Sha256> = Sha(hash::HashAlgorithm::SHA256, PhantomData);
pub(crate) static SHA384: Sha<sha2::Sha384> = Sha(hash::HashAlgorithm::SHA384, PhantomData);

pub(crate) static HMAC_SHA256: Hmac<sha2::Sha256> = Hmac(PhantomData);
pub(crate) static HMAC_SHA384: Hmac<sha2::Sha384> = Hmac(PhantomData);
#[cfg(test)]
pub(crate) static HMAC_SHA512: Hmac<sha2::Sha512> = Hmac(PhantomData);

/// A hash function, as rustls names it.
pub(crate) struct Sha<D>(hash::HashAlgorithm, PhantomData<fn() -> D>);

impl<D: Digest + Clone + Send + Sync + 'static> hash::Hash for Sha<D> {
    fn start(&self) -> Box<dyn hash::Context> {
        Box::new(Running(D::new()))
    }

    fn hash(&self, data: &[u8]) -> hash::Output {
        hash::Output::new(&D::digest(data))
    }

    fn output_len(&self) -> usize {
        <D as Digest>::output_size()
    }

    fn algorithm(&self) -> hash::HashAlgorithm {
        self.0
    }
}

struct Running<D>(D);

impl<D: Digest + Clone + Send + Sync + 'static> hash::Context for Running<D> {
    fn fork_finish(&self) -> hash::Output {
        hash::Output::new(&self.0.clone().finalize())
    }

    fn fork(&self) -> Box<dyn hash::Context> {
        Box::new(Running(self.0.clone()))
    }

    fn finish(self: Box<Self>) -> hash::Output {
        hash::Output::new(&self.0.finalize())
    }

    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }
}

/// HMAC (RFC 2104).
pub(crate) struct Hmac<D>(PhantomData<fn() -> D>);

impl<D> rustls_hmac::Hmac for Hmac<D>
where
    D: EagerHash + Digest + Send + Sync + 'static,
    hmac::Hmac<D>: Keyed,
{
    fn with_key(&self, key: &[u8]) -> Box<dyn rustls_hmac::Key> {
        Box::new(Key(<hmac::Hmac<D> as Keyed>::keyed(key)))
    }

    fn hash_output_len(&self) -> usize {
        <D as Digest>::output_size()
    }
}

/// The key, already hashed into the inner and outer states: a message then
/// costs its own blocks and two finishing ones, and a handshake signs dozens
/// of messages.
struct Key<M>(M);

impl<M: Keyed> rustls_hmac::Key for Key<M> {
    fn sign_concat(&self, first: &[u8], middle: &[&[u8]], last: &[u8]) -> rustls_hmac::Tag {
        let mut mac = self.0.clone();
        mac.update(first);
        for part in middle {
            mac.update(part);
        }
        mac.update(last);
        rustls_hmac::Tag::new(&mac.finalize().into_bytes())
    }

    fn tag_len(&self) -> usize {
        M::output_size()
    }
}

trait Keyed: Mac + Clone + Send + Sync + 'static {
    fn keyed(key: &[u8]) -> Self;
}

impl<M: Mac + KeyInit + Clone + Send + Sync + 'static> Keyed for M {
    fn keyed(key: &[u8]) -> Self {
        // HMAC hashes a key that is too long and pads one that is too short:
        // none is refused.
        <M as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length")
    }
}
