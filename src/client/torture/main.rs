//! Short memory: the n-th fallible allocation fails, for every n until a run passes,
//! as in curl's torture tests. A call that ended with it is made again; what the servers
//! received and the caller saw is the same every time.

#![allow(clippy::unwrap_used, clippy::panic)]

mod allocator;
mod network;
mod requests;
mod responses;
mod run;
mod select;
