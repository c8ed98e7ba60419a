//! Python's `http.client` as a WebAssembly component: what the core does, behind
//! the contract in `wit/`, over what WASI 0.2 gives.
//!
//! [`exports`] alone names the exported bindings, [`platform`] the imported ones.
//! `docs/architecture.md` says where everything is.

#![cfg(target_family = "wasm")]
#![no_std]

extern crate alloc;

mod exports;
mod platform;
