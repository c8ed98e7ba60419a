//! The parts of the command line.

pub(crate) mod args;
pub(crate) mod demo;
pub(crate) mod failure;
pub(crate) mod fetch;
pub(crate) mod output;
pub(crate) mod progress;
pub(crate) mod request;
pub(crate) mod target;
