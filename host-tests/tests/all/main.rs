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
mod trials;
mod waiting;
mod watchdog;

mod abandoned;
mod budget;
mod concurrency;
mod contract;
mod debug;
mod differential;
mod documentation;
mod expect;
mod exports;
mod faults;
mod guests;
mod interop;
mod memory;
mod messages;
mod never_ending;
mod random;
mod raw;
mod reconnecting;
mod reference;
mod request_wire;
mod responses;
mod reuse;
mod runner;
mod second_request;
mod select;
mod settings;
mod stall;
mod states;
mod streaming;
mod tls;
mod tls_bench;
mod tls_failures;
mod transfer;
mod tunnel;
