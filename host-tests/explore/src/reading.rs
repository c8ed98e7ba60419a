//! One body, read in any ways: what is returned is the body, from its beginning and
//! without a gap.

use crate::connection::{SECOND, WAITS, connect, end, pause};
use crate::input::Input;
use httplib_client::error::Result;
use httplib_client::scripted::{Script, Scripted, Step};
use httplib_client::{Connection, Response};
use std::cell::RefCell;
use std::rc::Rc;

/// More than a script has stalls and pieces.
const STALLS: u32 = 5000;

pub fn run(input: &mut Input<'_>) {
    let framing = input.below(3);
    let body: Vec<u8> = input.bytes().repeat(1 + usize::from(input.below(4)));
    let raw = response(&body, framing, input);
    let mut sizes = Input::new(input.take(8));
    let mut incoming = Vec::new();
    for piece in sizes.cut(&raw) {
        incoming.extend(pause(input));
        incoming.push(Step::Data(piece.to_vec()));
    }
    let last = end(input);
    let whole = matches!(last, Some(Step::End));
    incoming.extend(last);
    let (instance, mut connection) = connect([Script {
        incoming: incoming.into(),
        ..Script::default()
    }]);
    let network = instance.network();
    connection.settings.borrow_mut().limits = input.limits();
    let limit = |choice| match choice {
        0..3 => Some(Some(SECOND)),
        3 => Some(Some(0)),
        _ => None,
    };
    connection.settings.borrow_mut().timeouts.each = limit(input.below(5));
    if connection.request("GET", "/", None, &[], false).is_err() {
        return;
    }
    let Some(response) = head(&mut connection, network) else {
        return;
    };
    let mut response = response.borrow_mut();
    let mut got = Vec::new();
    while !input.is_empty() {
        connection.settings.borrow_mut().timeouts.each = limit(input.below(5));
        network.waits_left.set(Some(WAITS));
        let amount = Some(input.number()).filter(|amount| *amount < 250);
        let rest = &body[got.len()..];
        let read = match input.below(6) {
            0 => response.read(amount),
            1 => response.read1(amount),
            2 => response.read_line(amount).inspect(|line| {
                let newline = line.iter().position(|byte| *byte == b'\n');
                assert!(newline.is_none_or(|newline| newline + 1 == line.len()));
            }),
            3 => response.read_lines(amount).map(|lines| lines.concat()),
            4 => {
                let peeked = response.peek(amount).unwrap_or_default();
                assert!(rest.starts_with(&peeked));
                Ok(Vec::new())
            }
            _ => {
                network.release_stall();
                Ok(Vec::new())
            }
        };
        keep(read, &mut got);
        assert!(body.starts_with(&got));
    }
    // Nothing was lost.
    if whole {
        connection.settings.borrow_mut().timeouts.each = Some(Some(SECOND));
        finish(&mut response, network, &mut got);
        assert_eq!(got, body);
    }
}

/// The head, however long it takes.
fn head(
    connection: &mut Connection<Scripted>,
    network: &Scripted,
) -> Option<Rc<RefCell<Response<Scripted>>>> {
    for _ in 0..STALLS {
        match connection.get_response() {
            Ok(response) => return Some(response),
            Err(error) if !error.is_resumable() => return None,
            Err(_) => {}
        }
        connection.settings.borrow_mut().timeouts.each = Some(Some(SECOND));
        network.release_stall();
    }
    None
}

/// Reads the rest, however long it takes.
fn finish(response: &mut Response<Scripted>, network: &Scripted, got: &mut Vec<u8>) {
    for _ in 0..STALLS {
        if response.is_closed() {
            return;
        }
        network.waits_left.set(Some(WAITS));
        network.release_stall();
        keep(response.read1(None), got);
    }
    panic!("the body has no end");
}

/// What was returned, or came with the error.
fn keep(read: Result<Vec<u8>>, got: &mut Vec<u8>) {
    match read {
        Ok(bytes) => got.extend(bytes),
        Err(error) if error.is_resumable() => assert_eq!(error.partial(), None),
        Err(error) => got.extend(error.partial().unwrap_or_default()),
    }
}

/// A response with this body.
fn response(body: &[u8], framing: u8, input: &mut Input<'_>) -> Vec<u8> {
    match framing {
        0 => {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
            [head.as_bytes(), body].concat()
        }
        1 => [b"HTTP/1.1 200 OK\r\n\r\n", body].concat(),
        _ => {
            let mut raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
            let mut sizes = Input::new(input.take(4));
            for chunk in sizes.cut(body) {
                raw.extend(format!("{:x}\r\n", chunk.len()).bytes());
                raw.extend([chunk, b"\r\n"].concat());
            }
            raw.extend(b"0\r\n\r\n");
            raw
        }
    }
}
