//! Calls of the interface itself, of `tls-context` and of `message`.

use std::time::Duration;

use fastrand::Rng;
use httplib_host_tests::{Connection, ServerName};

use super::arguments::{bytes, number, slices, small_number, text, texts, timeout};
use super::{Call, Player, TOTAL, any, discard, keep, one_of};
use crate::servers::certificates::{authority, local_identity};

pub(super) const MAKING: &[Call] = &[
    ("http", |player, rng| {
        let port = player.servers.http(rng);
        let connection = match rng.u8(..8) {
            0 => player.host.http(&text(rng), port),
            1 => player.host.http("localhost", port),
            _ => player.host.http("127.0.0.1", port),
        };
        begin(player, rng, connection.ok());
    }),
    ("http again", |player, rng| {
        let connection = player.host.http("127.0.0.1", player.servers.http(rng));
        begin(player, rng, connection.ok());
    }),
    ("https", |player, rng| {
        let port = player.servers.https(rng);
        let context = any(&player.contexts, rng);
        let connection = player.host.https("127.0.0.1", port, context);
        begin(player, rng, connection.ok());
    }),
    ("tls-context", |player, rng| {
        let context = match rng.u8(..3) {
            0 => player.host.unverified_tls_context(),
            _ => player.host.tls_context(),
        };
        context
            .load_verify_locations(authority().pem.as_bytes())
            .ok();
        keep(&mut player.contexts, rng, context);
    }),
];

pub(super) const CALLS: &[Call] = &[
    ("select", select),
    ("select again", select),
    ("select of any numbers", |player, rng| {
        let numbers: Vec<u64> = (0..rng.usize(..3)).map(|_| number(rng)).collect();
        player
            .host
            .select(&numbers, &numbers, Some(timeout(rng)))
            .ok();
    }),
    ("set-default-timeout", |player, rng| {
        player.host.set_default_timeout(Some(timeout(rng)));
    }),
    ("phrase", |player, rng| {
        let _ = player.host.phrase(small_number(rng) as u16);
    }),
    ("change a context", change_context),
    ("drop a context", |player, rng| {
        discard(&mut player.contexts, rng)
    }),
    ("message.parse", |player, rng| {
        let mut block = Vec::new();
        for _ in 0..rng.usize(..5) {
            let line = match rng.bool() {
                true => format!("Date: {}", text(rng)),
                false => format!("{}: {}", text(rng), text(rng)),
            };
            block.extend(line.chars().map(|character| character as u8));
            block.extend_from_slice(b"\r\n");
        }
        if rng.u8(..8) == 0 {
            block = bytes(rng);
        }
        if let Ok(message) = player.host.parse_message(&block) {
            keep(&mut player.messages, rng, message);
        }
    }),
    ("message", read_message),
    ("message again", read_message),
    ("drop a message", |player, rng| {
        discard(&mut player.messages, rng)
    }),
];

fn begin(player: &mut Player<'_>, rng: &mut Rng, connection: Option<Connection>) {
    if let Some(connection) = connection {
        connection.set_total_timeout(Some(TOTAL));
        if rng.bool() {
            connection.set_timeout(Some(timeout(rng)));
        }
        keep(&mut player.connections, rng, connection);
    }
}

fn select(player: &mut Player<'_>, rng: &mut Rng) {
    let connections = player.connections.iter().map(Connection::fileno);
    let responses = player.responses.iter().map(|response| response.fileno());
    let numbers: Vec<u64> = connections.chain(responses).flatten().collect();
    let some =
        |rng: &mut Rng| -> Vec<u64> { numbers.iter().copied().filter(|_| rng.bool()).collect() };
    let (readers, writers) = (some(rng), some(rng));
    let timeout = Duration::from_millis(rng.u64(..3));
    player.host.select(&readers, &writers, Some(timeout)).ok();
}

fn change_context(player: &mut Player<'_>, rng: &mut Rng) {
    let Some(context) = any(&player.contexts, rng) else {
        return;
    };
    match rng.u8(..13) {
        0 => context.clear_roots(),
        1 => drop(context.load_verify_locations(&bytes(rng))),
        2 => drop(context.load_verify_locations(authority().pem.as_bytes())),
        3 => {
            let identity = local_identity();
            let (chain, key) = (identity.chain_pem.as_bytes(), identity.key_pem.as_bytes());
            drop(context.load_cert_chain(chain, rng.bool().then_some(key)));
        }
        4 => drop(context.load_cert_chain(&bytes(rng), None)),
        5 => context.set_check_hostname(rng.bool()),
        6 => drop(context.set_verify_mode(rng.bool())),
        7 => drop(context.set_versions(
            *one_of(rng, &[0x0303, 0x0304, 0]),
            *one_of(rng, &[0x0304, 0x0303, 0]),
        )),
        8 => drop(context.set_alpn_protocols(&slices(&texts(rng)))),
        9 => match rng.u8(..3) {
            0 => context.set_server_name(ServerName::Host),
            1 => context.set_server_name(ServerName::Omitted),
            _ => context.set_server_name(ServerName::Name(&text(rng))),
        },
        10 => {
            context.set_keylog(rng.bool());
            drop(context.take_keylog());
        }
        11 => context.set_suppress_ragged_eofs(rng.bool()),
        _ => context.set_session_resumption(rng.bool()),
    }
}

fn read_message(player: &mut Player<'_>, rng: &mut Rng) {
    let Some(message) = any(&player.messages, rng) else {
        return;
    };
    let (name, other) = (text(rng), text(rng));
    let other = rng.bool().then_some(other.as_str());
    let _ = (message.get(&name, other), message.get_all(&name));
    let _ = (message.get_joined(&name, other), message.contains(&name));
    let _ = (message.items(), message.keys(), message.values());
    let _ = (message.length(), message.as_string());
    let _ = (message.content_type(), message.content_maintype());
    let _ = (message.content_subtype(), message.content_charset());
    let _ = (message.param(&name, other), message.params(other));
    let _ = (message.filename(), message.boundary());
    let _ = (message.date("Date"), message.date(&name));
}
