//! A crypto provider for rustls in pure Rust, chosen for speed inside a
//! WebAssembly guest.
//!
//! It is glue: every primitive is a published crate's. Nothing here knows of
//! the rest of the project, so it can be lifted out.
//!
//! | primitive | crate | why this one |
//! |---|---|---|
//! | ChaCha20-Poly1305 | libcrux | fastest in a guest, formally verified |
//! | AES-GCM | aes-gcm | fastest without an AES instruction; constant time |
//! | SHA-2, HMAC | sha2, hmac | a `simd128` implementation of its own |
//! | X25519, Ed25519 | curve25519-dalek | fastest in a guest |
//! | ML-KEM-768 | libcrux | fastest in a guest, formally verified |
//! | P-256 | crrl | fastest in a guest, by more than twice |
//! | P-384, P-521 | RustCrypto | the only well-kept ones |
//! | RSA | rsa | the only well-kept one |
//!
//! Without an AES instruction ChaCha20-Poly1305 is three times as fast as
//! AES-GCM, so it comes first.

#![cfg_attr(target_family = "wasm", no_std)]

extern crate alloc;

mod ecdsa;
mod hash;
mod kx;
mod p256;
mod random;
mod records;
mod sign;
mod suites;
mod verify;

use alloc::vec::Vec;
use rustls::crypto::CryptoProvider;

pub use verify::{SHORT_KEYS, short_rsa_key};

/// The provider: TLS 1.3 and 1.2 suites, key exchange groups, signature
/// algorithms, randomness and private keys, each list in order of preference.
pub fn provider() -> CryptoProvider {
    CryptoProvider {
        cipher_suites: Vec::from(suites::ALL),
        kx_groups: Vec::from(kx::ALL),
        signature_verification_algorithms: verify::ALGORITHMS,
        secure_random: &random::System,
        key_provider: &sign::Keys,
    }
}

#[cfg(test)]
mod vectors;
