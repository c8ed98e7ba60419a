//! Calls of `response`.

use super::arguments::{amount, bytes, text};
use super::{Call, any, discard, keep};

/// A call of any response.
macro_rules! on_any {
    ($($name:literal => |$response:ident, $rng:ident| $call:expr;)*) => {
        &[$(($name, |player, $rng| {
            if let Some($response) = any(&player.responses, $rng) {
                let _ = $call;
            }
        }),)*
        ("msg", |player, rng| {
            if let Some(response) = any(&player.responses, rng) {
                let message = response.msg();
                keep(&mut player.messages, rng, message);
            }
        }),
        ("drop a response", |player, rng| discard(&mut player.responses, rng))]
    };
}

pub(super) const CALLS: &[Call] = on_any! {
    "read" => |response, rng| response.read(amount(rng));
    "read again" => |response, rng| response.read(amount(rng));
    "read all" => |response, _rng| response.read(None);
    "read1" => |response, rng| response.read1(amount(rng));
    "readline" => |response, rng| response.readline(amount(rng));
    "readlines" => |response, rng| response.readlines(amount(rng));
    "peek" => |response, rng| response.peek(amount(rng));
    "write" => |response, rng| response.write(&bytes(rng));
    "flush" => |response, _rng| response.flush();
    "shutdown" => |response, _rng| response.shutdown();
    "close" => |response, _rng| response.close();
    "abort" => |response, _rng| response.abort();
    "head" => |response, rng| (
        (response.status(), response.reason(), response.version(), response.url()),
        (response.get_headers(), response.interim_responses()),
        response.get_header(&text(rng), rng.bool().then_some("default")),
    );
    "facts" => |response, _rng| (
        (response.will_close(), response.length(), response.chunked(), response.trailers()),
        (response.is_closed(), response.closed()),
        (response.readable(), response.writable(), response.seekable()),
    );
    "network" => |response, _rng| (
        (response.local_address(), response.peer_address()),
        (response.tls_info(), response.fileno()),
    );
};
