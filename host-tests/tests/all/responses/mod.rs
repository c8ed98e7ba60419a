//! What a response tells beside its status, headers and body.

mod abort;
mod addresses;
mod cut;
mod facts;
mod framing;
mod interim;
mod large;
mod lines;
mod messages;
mod nothing_lost;
mod trailers;
