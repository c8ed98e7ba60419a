//! Any calls in any order against any peers.

use crate::connection::{SECOND, WAITS, connect, end, pause};
use crate::input::Input;
use httplib_client::scripted::{Script, Scripted, ScriptedStream, Step};
use httplib_client::{Connection, Instance, Response, Source};
use httplib_proto::request::{Body, HttpVersion};
use httplib_tls::Context;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

/// How many responses are kept at once.
const RESPONSES: usize = 4;

/// More than one call dials.
const DIALS: usize = 8;

pub fn run(input: &mut Input<'_>) {
    let scripts: Vec<_> = (0..input.below(5)).map(|_| script(input)).collect();
    let (instance, mut connection) = connect(scripts);
    if input.below(16) == 1 {
        let context = Context::unverified(|| Some(Duration::from_secs(1)));
        let context = Rc::new(RefCell::new(context));
        connection = Connection::https(&instance, "host", None, context).unwrap();
    }
    connection.settings.borrow_mut().limits = input.limits();
    connection.settings.borrow_mut().timeouts.each = Some(Some(SECOND));
    let mut responses = VecDeque::new();
    while !input.is_empty() {
        let network = instance.network();
        while network.scripts.borrow().len() < DIALS {
            network.scripts.borrow_mut().push_back(Script::default());
        }
        network.waits_left.set(Some(WAITS));
        let before = network.now_and_waits();
        let nonblocking = is_nonblocking(&connection);
        let waits = call(&instance, &mut connection, &mut responses, input);
        if nonblocking && !waits {
            assert_eq!(network.now_and_waits(), before, "a call waited");
        }
        while responses.len() > RESPONSES {
            responses.pop_front();
        }
    }
}

trait Waited {
    fn now_and_waits(&self) -> (u64, Option<u64>);
}

impl Waited for Scripted {
    fn now_and_waits(&self) -> (u64, Option<u64>) {
        (
            httplib_client::network::Network::now(self),
            self.waits_left.get(),
        )
    }
}

fn is_nonblocking(connection: &Connection<Scripted>) -> bool {
    let timeouts = &connection.settings.borrow().timeouts;
    timeouts.each == Some(Some(0)) && timeouts.write.is_none() && timeouts.between_bytes.is_none()
}

type Responses = VecDeque<Rc<RefCell<Response<Scripted>>>>;

/// One call. Whether it may wait in any case.
fn call(
    instance: &Rc<Instance<Scripted>>,
    connection: &mut Connection<Scripted>,
    responses: &mut Responses,
    input: &mut Input<'_>,
) -> bool {
    match input.below(32) {
        0..3 => {
            let (method, url) = (method(input), url(input));
            let headers = [(name(input), value(input))];
            let headers = &headers[..usize::from(input.below(2))];
            let body = body(input);
            drop(connection.request(&method, &url, body, headers, input.below(2) == 1));
        }
        3 => {
            let bits = input.byte();
            let (method, url) = (method(input), url(input));
            drop(connection.put_request(&method, &url, bits & 1 != 0, bits & 2 != 0));
        }
        4 => drop(connection.put_header(&name(input), &[value(input)])),
        5 => drop(connection.put_trailer(&name(input), &[value(input)])),
        6 => drop(connection.end_headers(body(input), input.below(2) == 1)),
        7 => drop(connection.send(input.bytes().to_vec())),
        8 => drop(connection.send_stream(ScriptedStream::new(stream(input)))),
        9 => drop(connection.flush()),
        10..14 => responses.extend(connection.get_response()),
        14 => drop(connection.wait_for_continue()),
        15 => drop(connection.connect()),
        16 => connection.close(),
        17 => connection.abort(),
        18 => drop(connection.set_tunnel(&input.text(), None, Vec::new())),
        19 => set(connection, input),
        20 => return select(instance, connection, responses, input),
        21 => instance.network().release_stall(),
        22 => {
            responses.pop_back();
        }
        23 => {
            look(connection);
        }
        _ => {
            let place = usize::from(input.byte()) % responses.len().max(1);
            if let Some(response) = responses.get(place) {
                read(&mut response.borrow_mut(), input);
            }
        }
    }
    false
}

fn read(response: &mut Response<Scripted>, input: &mut Input<'_>) {
    let amount = Some(input.number()).filter(|amount| *amount < 250);
    let most = amount.map_or(usize::MAX, |amount| usize::try_from(amount).unwrap());
    match input.below(12) {
        0 => check(response.read(amount), most),
        1 | 2 => check(response.read1(amount), most),
        3 => check(response.read_line(amount), most),
        4 => drop(response.read_lines(amount)),
        5 => check(response.peek(amount), most),
        6 => response.close(),
        7 => response.abort(),
        8 => drop(response.write(input.bytes().to_vec())),
        9 => drop(response.flush()),
        10 => drop(response.shutdown()),
        _ => {
            response.close_reason();
            response.length();
            response.trailers(|trailers| trailers.len());
            response.is_chunked();
            response.is_writable();
            assert!(!response.was_closed() || response.fileno().is_err());
        }
    }
}

fn check(read: httplib_client::error::Result<Vec<u8>>, most: usize) {
    match read {
        Ok(bytes) => assert!(bytes.len() <= most),
        Err(error) => drop(error.to_string()),
    }
}

fn look(connection: &Connection<Scripted>) {
    connection.proxy_headers(|headers| headers.len());
    connection.tls_info();
    connection.address(httplib_client::network::Side::Peer);
}

fn select(
    instance: &Instance<Scripted>,
    connection: &Connection<Scripted>,
    responses: &Responses,
    input: &mut Input<'_>,
) -> bool {
    let mut numbers: Vec<u64> = connection.fileno().into_iter().collect();
    let of_responses = responses.iter().map(|response| response.borrow().fileno());
    numbers.extend(of_responses.flatten());
    let timeout = input.one(&[Some(0), Some(SECOND), None]);
    let readers = &numbers[..numbers.len().min(input.below(4).into())];
    let ready = instance.select(readers, &numbers, timeout);
    if let Ok((readable, writable)) = ready {
        assert!(readable.iter().all(|number| readers.contains(number)));
        assert!(writable.iter().all(|number| numbers.contains(number)));
    }
    true
}

fn set(connection: &mut Connection<Scripted>, input: &mut Input<'_>) {
    let limit = input.one(&[None, Some(SECOND), Some(0), Some(1)]);
    if input.below(4) == 1 {
        return connection.set_total_timeout(limit.filter(|limit| *limit > 0));
    }
    let mut settings = connection.settings.borrow_mut();
    match input.below(10) {
        0..3 => settings.timeouts.each = Some(limit),
        3 => settings.timeouts.write = limit,
        4 => settings.timeouts.between_bytes = limit,
        5 => settings.reconnect_stale = limit.is_some(),
        6 => settings.auto_open = limit.is_none(),
        7 => settings.strict = limit.is_some(),
        8 => settings.continue_timeout = limit,
        _ => {
            settings.debug_level = input.below(2).into();
            settings.block_size = 1 + usize::from(input.byte());
            settings.http_version = input.one(&[HttpVersion::Http11, HttpVersion::Http10]);
        }
    }
}

fn method(input: &mut Input<'_>) -> String {
    match input.below(8) {
        7 => input.text(),
        known => {
            ["GET", "PUT", "HEAD", "CONNECT", "POST", "OPTIONS", "GET"][usize::from(known)].into()
        }
    }
}

fn url(input: &mut Input<'_>) -> String {
    match input.below(4) {
        0..2 => "/".into(),
        2 => "http://other.example/x".into(),
        _ => input.text(),
    }
}

fn name(input: &mut Input<'_>) -> String {
    match input.below(8) {
        7 => input.text(),
        known => [
            "Expect",
            "Upgrade",
            "Content-Length",
            "Transfer-Encoding",
            "Connection",
            "Host",
            "X",
        ][usize::from(known)]
        .into(),
    }
}

fn value(input: &mut Input<'_>) -> String {
    match input.below(6) {
        5 => input.text(),
        known => ["100-continue", "3", "chunked", "close", "x"][usize::from(known)].into(),
    }
}

fn body(input: &mut Input<'_>) -> Option<Source<ScriptedStream>> {
    Some(match input.below(6) {
        0 | 1 => return None,
        2 => Source::Here(Body::Bytes(input.bytes().to_vec())),
        3 => Source::Here(Body::Text(input.text())),
        4 => {
            let bytes = input.bytes();
            let items = Input::new(input.take(2)).cut(bytes);
            Source::Here(Body::Chunks(
                items.into_iter().map(<[u8]>::to_vec).collect(),
            ))
        }
        _ => {
            let length = Some(input.number()).filter(|length| *length < 250);
            Source::Stream(ScriptedStream::new(stream(input)), length)
        }
    })
}

/// What a caller's stream does.
fn stream(input: &mut Input<'_>) -> Script {
    let mut incoming = VecDeque::new();
    for _ in 0..input.below(4) {
        incoming.extend(pause(input));
        incoming.extend(data(input.bytes()));
    }
    incoming.extend(end(input));
    Script {
        incoming,
        ..Script::default()
    }
}

const ANSWERS: [&[u8]; 10] = [
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nab\n\r\n2\r\ncd\r\n0\r\nA: 1\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\n",
    b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\nraw",
    b"HTTP/1.1 200 OK\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    b"HTTP/1.0 417 No\r\n\r\nbody\n",
    b"HTTP/1.1 204 No\r\n\r\n",
    b"HTTP/1.1 407 No\r\nContent-Length: 1\r\n\r\nx",
    b"HTTP/1.1 103 Early\r\nA: 1\r\n\r\n",
];

/// What a peer does.
fn script(input: &mut Input<'_>) -> Script {
    let mut script = Script {
        connect: pause(input).into_iter().collect(),
        ..Script::default()
    };
    if input.below(8) == 1 {
        script.connect.push_back(Step::Reset);
    }
    for _ in 0..input.below(8) {
        script.incoming.extend(pause(input));
        let bytes = match input.below(16) {
            15 => input.bytes(),
            answer => ANSWERS[usize::from(answer) % ANSWERS.len()],
        };
        let split = bytes.len().min(input.byte().into());
        script.incoming.extend(data(&bytes[..split]));
        script.incoming.extend(pause(input));
        script.incoming.extend(data(&bytes[split..]));
    }
    script.incoming.extend(end(input));
    for _ in 0..input.below(4) {
        script.outgoing.extend(pause(input));
        script.outgoing.push_back(Step::Room(input.byte().into()));
    }
    if input.below(8) == 1 {
        script.outgoing.push_back(Step::Reset);
    }
    script
}

fn data(bytes: &[u8]) -> Option<Step> {
    (!bytes.is_empty()).then(|| Step::Data(bytes.to_vec()))
}
