//! The component, hosted in Wasmtime, against scripted servers and real ones on
//! the loopback interface.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what is not in a #[test] here is called by one"
)]

mod bodies;
mod peers;
mod servers;

mod concurrency;
mod contract;
mod differential;
mod documentation;
mod guests;
mod interop;
mod reference;
mod request_wire;
mod reuse;
mod runner;
mod select;
mod stall;
mod states;
mod tls;
mod tls_bench;
mod tls_failures;
mod transfer;
