//! Calls of `connection` and `requests`.

use fastrand::Rng;
use httplib_host_tests::{Body, Connection};

use super::arguments::{
    bytes, headers, method, number, pairs, slices, small_number, stream, target, text, texts,
    timeout,
};
use super::{Call, Player, TOTAL, any, discard, keep};

/// A call of any connection.
macro_rules! on_any {
    ($($name:literal => |$connection:ident, $rng:ident| $call:expr;)*) => {
        &[$(($name, |player, $rng| {
            if let Some($connection) = any(&player.connections, $rng) {
                let _ = $call;
            }
        })),*]
    };
}

pub(super) const SETTINGS: &[Call] = on_any! {
    "set-timeout" => |connection, rng| connection.set_timeout(Some(timeout(rng)));
    "set-timeout again" => |connection, rng| connection.set_timeout(Some(timeout(rng)));
    "set-resolve-timeout" => |connection, rng| connection.set_resolve_timeout(maybe(rng).then(|| timeout(rng)));
    "set-connect-timeout" => |connection, rng| connection.set_connect_timeout(maybe(rng).then(|| timeout(rng)));
    "set-tls-timeout" => |connection, rng| connection.set_tls_timeout(maybe(rng).then(|| timeout(rng)));
    "set-write-timeout" => |connection, rng| connection.set_write_timeout(maybe(rng).then(|| timeout(rng)));
    "set-first-byte-timeout" => |connection, rng| connection.set_first_byte_timeout(maybe(rng).then(|| timeout(rng)));
    "set-between-bytes-timeout" => |connection, rng| connection.set_between_bytes_timeout(maybe(rng).then(|| timeout(rng)));
    "set-total-timeout" => |connection, rng| connection.set_total_timeout(Some(timeout(rng)));
    "set-total-timeout, long" => |connection, _rng| connection.set_total_timeout(Some(TOTAL));
    "set-continue-timeout" => |connection, rng| connection.set_continue_timeout(maybe(rng).then(|| timeout(rng)));
    "set-source-address" => |connection, rng| match maybe(rng) {
        true => connection.set_source_address("127.0.0.1", 0),
        false => connection.set_source_address(&text(rng), small_number(rng) as u16),
    };
    "set-tunnel" => |connection, rng| {
        let headers = headers(rng);
        let port = maybe(rng).then(|| small_number(rng) as u16);
        connection.set_tunnel(&text(rng), port, &pairs(&headers))
    };
    "set-auto-open" => |connection, rng| connection.set_auto_open(rng.u8(..4) > 0);
    "set-block-size" => |connection, rng| connection.set_block_size(small_number(rng));
    "set-http-version" => |connection, rng| connection.set_http_version(*super::one_of(rng, &[9, 10, 11, 11]));
    "set-debug-level" => |connection, rng| connection.set_debug_level(small_number(rng));
    "set-strict" => |connection, rng| connection.set_strict(maybe(rng));
    "set-reconnect-stale" => |connection, rng| connection.set_reconnect_stale(maybe(rng));
    "set-max-response-headers" => |connection, rng| connection.set_max_response_headers(small_number(rng));
    "set-max-line" => |connection, rng| connection.set_max_line(small_number(rng).max(60));
    "set-max-head" => |connection, rng| connection.set_max_head(small_number(rng).max(100));
    "set-max-interim-responses" => |connection, rng| connection.set_max_interim_responses(small_number(rng));
    "set-max-trailers" => |connection, rng| connection.set_max_trailers(small_number(rng));
    "set-max-chunk-extensions" => |connection, rng| connection.set_max_chunk_extensions(small_number(rng));
    "set-max-body" => |connection, rng| connection.set_max_body(number(rng));
};

pub(super) const CALLS: &[Call] = &[
    ("request", request),
    ("request again", request),
    ("request with another body", request_with_body),
    ("request with a stream", request_with_stream),
    ("get-response", get_response),
    ("get-response again", get_response),
    ("get-response once more", get_response),
    ("put-request", |player, rng| {
        on(player, rng, |connection, rng| {
            connection
                .put_request_skipping(&method(rng), &target(rng), maybe(rng), maybe(rng))
                .ok();
        })
    }),
    ("put-header", |player, rng| {
        on(player, rng, |connection, rng| {
            for (name, value) in headers(rng) {
                connection.put_header(&name, &[&value]).ok();
            }
            connection.put_header(&text(rng), &slices(&texts(rng))).ok();
        })
    }),
    ("put-trailer", |player, rng| {
        on(player, rng, |connection, rng| {
            connection
                .put_trailer(&text(rng), &slices(&texts(rng)))
                .ok();
        })
    }),
    ("end-headers", |player, rng| {
        on(player, rng, |connection, rng| {
            let bytes = bytes(rng);
            let body = maybe(rng).then_some(Body::Bytes(&bytes));
            connection.end_headers(body, maybe(rng)).ok();
        })
    }),
    ("end-headers with a stream", |player, rng| {
        on(player, rng, |connection, rng| {
            connection.end_headers_stream(stream(rng), maybe(rng)).ok();
        })
    }),
    ("wait-for-continue", |player, rng| {
        on(player, rng, |connection, _| {
            connection.wait_for_continue().ok();
        })
    }),
    ("send", |player, rng| {
        on(player, rng, |connection, rng| {
            connection.send(&bytes(rng)).ok();
        })
    }),
    ("send of a stream", |player, rng| {
        on(player, rng, |connection, rng| {
            let tap = crate::streaming::Tap::with(&bytes(rng));
            tap.close();
            connection.send_stream(tap.stream()).ok();
        })
    }),
    ("flush", |player, rng| {
        on(player, rng, |connection, _| {
            connection.flush().ok();
        })
    }),
    ("connect", |player, rng| {
        on(player, rng, |connection, _| {
            connection.connect().ok();
        })
    }),
    ("close", |player, rng| {
        on(player, rng, |connection, _| connection.close())
    }),
    ("abort", |player, rng| {
        on(player, rng, |connection, _| connection.abort())
    }),
    ("getters", |player, rng| {
        on(player, rng, |connection, _| {
            let _ = (connection.host(), connection.port());
            let _ = (connection.local_address(), connection.peer_address());
            let _ = (connection.tls_info(), connection.fileno());
        })
    }),
    ("get-proxy-response-headers", |player, rng| {
        if let Some(message) =
            any(&player.connections, rng).and_then(Connection::proxy_response_headers)
        {
            keep(&mut player.messages, rng, message);
        }
    }),
    ("drop a connection", |player, rng| {
        discard(&mut player.connections, rng)
    }),
];

fn maybe(rng: &mut Rng) -> bool {
    rng.bool()
}

fn on(player: &Player<'_>, rng: &mut Rng, call: impl FnOnce(&Connection, &mut Rng)) {
    if let Some(connection) = any(&player.connections, rng) {
        call(connection, rng);
    }
}

fn request(player: &mut Player<'_>, rng: &mut Rng) {
    on(player, rng, |connection, rng| {
        // Out of every state.
        if rng.u8(..3) == 0 {
            connection.close();
        }
        let (headers, bytes) = (headers(rng), bytes(rng));
        let body = maybe(rng).then_some(Body::Bytes(&bytes));
        connection
            .request_encoded(
                &method(rng),
                &target(rng),
                body,
                &pairs(&headers),
                maybe(rng),
            )
            .ok();
    });
}

fn request_with_body(player: &mut Player<'_>, rng: &mut Rng) {
    on(player, rng, |connection, rng| {
        let headers = headers(rng);
        let (text, chunks) = (text(rng), [bytes(rng), bytes(rng)]);
        let chunks: Vec<&[u8]> = chunks.iter().map(Vec::as_slice).collect();
        let body = match maybe(rng) {
            true => Body::Text(&text),
            false => Body::Chunks(&chunks),
        };
        connection
            .request_encoded("PUT", "/", Some(body), &pairs(&headers), maybe(rng))
            .ok();
    });
}

fn request_with_stream(player: &mut Player<'_>, rng: &mut Rng) {
    on(player, rng, |connection, rng| {
        let headers = headers(rng);
        connection
            .request_stream("PUT", "/", stream(rng), &pairs(&headers), maybe(rng))
            .ok();
    });
}

fn get_response(player: &mut Player<'_>, rng: &mut Rng) {
    if let Some(Ok(response)) = any(&player.connections, rng).map(Connection::get_response) {
        player.answered += 1;
        keep(&mut player.responses, rng, response);
    }
}
