//! `BasicTest`: status codes, reading, framing, limits and sending.

mod chunked;
mod incomplete;
mod large;
mod limits;
mod parsing;
mod reading;
mod sending;
mod status_codes;
mod step;
