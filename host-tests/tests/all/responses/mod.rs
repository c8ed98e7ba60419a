//! What a response tells beside its status, headers and body.

mod abort;
mod addresses;
mod facts;
mod interim;
mod large;
mod lines;
mod nothing_lost;
mod trailers;
