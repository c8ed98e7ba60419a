//! A run with one failure after the other, and what every run has to come to.

use crate::allocator::{self, Shortage};
use crate::network::Short;
use httplib_client::error::{Error, Phase, Result};
use httplib_client::scripted::{Script, Scripted, ScriptedStream};
use httplib_client::{Instance, Response, Source};
use httplib_proto::memory::{self, HEADROOM};
use httplib_proto::request::Body;
use std::cell::RefCell;
use std::rc::Rc;

/// More allocations than any run makes.
const ENDLESS: u64 = 20_000;

pub type Net = Short<Scripted>;
pub type Connection = httplib_client::Connection<Net>;
pub type SharedResponse = Rc<RefCell<Response<Net>>>;

/// One run: its network, and what the caller saw.
pub struct Run {
    pub instance: Rc<Instance<Net>>,
    seen: Vec<Vec<u8>>,
}

/// Lets every fallible allocation of a run fail, one a run, by itself and with all that
/// follow in its call. All runs have to come to what the one without failures does.
#[track_caller]
pub fn torture(scripts: &[Script], body: impl Fn(&mut Run)) {
    let expected = outcome(scripts, &body);
    for shortage in [Shortage::Passing, Shortage::Lasting] {
        torture_by(shortage, &expected, scripts, &body);
    }
}

#[track_caller]
fn torture_by(
    shortage: Shortage,
    expected: &Outcome,
    scripts: &[Script],
    body: &impl Fn(&mut Run),
) {
    for n in 1..ENDLESS {
        allocator::fail(n, shortage);
        let came_to = outcome(scripts, body);
        if allocator::passed() {
            assert!(n > 1, "nothing was allocated");
            return;
        }
        assert!(
            came_to == *expected,
            "{shortage:?}, {n}: {came_to:#?}\n{expected:#?}"
        );
    }
    panic!("it never ends");
}

/// What the servers received, and what the caller saw.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    sent: Vec<String>,
    seen: Vec<String>,
}

fn outcome(scripts: &[Script], body: &impl Fn(&mut Run)) -> Outcome {
    let network = Scripted::new(scripts.iter().cloned());
    let mut run = Run {
        instance: Rc::new(Instance::new(Short(network))),
        seen: Vec::new(),
    };
    body(&mut run);
    let network = &run.instance.network().0;
    let sent = (0..network.connections()).map(|number| network.sent(number));
    Outcome {
        sent: sent.map(|bytes| shown(&bytes)).collect(),
        seen: run.seen.iter().map(|bytes| shown(bytes)).collect(),
    }
}

/// Bytes in a few words: their ends and a sum that no hole, duplicate or change keeps.
fn shown(bytes: &[u8]) -> String {
    if bytes.len() < 300 {
        return httplib_proto::literal::bytes(bytes);
    }
    let sum = bytes.iter().fold(0_u64, |sum, byte| {
        sum.wrapping_mul(1_000_003).wrapping_add(u64::from(*byte))
    });
    let start = httplib_proto::literal::bytes(&bytes[..200]);
    format!("{} bytes, {sum:x}, {start}", bytes.len())
}

impl Run {
    /// A connection to the next server.
    pub fn connection(&self) -> Connection {
        let second = 1_000_000_000;
        let connection = self.call(|| (), |()| Connection::http(&self.instance, "host", None));
        connection.settings.borrow_mut().timeouts.each = Some(Some(second));
        connection
    }

    /// One call of the contract: repeated after short memory, and never another error.
    #[track_caller]
    pub fn call<A, T>(&self, arguments: impl Fn() -> A, call: impl FnMut(A) -> Result<T>) -> T {
        let result = self.attempt(arguments, call);
        result.unwrap_or_else(|error| panic!("{error:?}"))
    }

    /// The same, with any other error.
    pub fn attempt<A, T>(
        &self,
        arguments: impl Fn() -> A,
        mut call: impl FnMut(A) -> Result<T>,
    ) -> Result<T> {
        loop {
            let arguments = arguments();
            match in_section(|| call(arguments)) {
                Err(error) if error.is_memory() && error.phase().is_none() => {}
                result => return result,
            }
        }
    }

    /// A call that sends: what it has queued goes on with `flush`.
    #[track_caller]
    pub fn sending<A>(
        &self,
        connection: &mut Connection,
        arguments: impl Fn() -> A,
        mut call: impl FnMut(&mut Connection, A) -> Result<()>,
    ) {
        let sent = self.attempt(arguments, |arguments| call(connection, arguments));
        if is_queued(&sent) {
            self.flush(connection);
        } else if let Err(error) = sent {
            panic!("{error:?}");
        }
    }

    #[track_caller]
    pub fn flush(&self, connection: &mut Connection) {
        while is_queued(&in_section(|| connection.flush())) {}
        self.call(|| (), |()| connection.flush());
    }

    #[track_caller]
    pub fn request(
        &self,
        connection: &mut Connection,
        method: &str,
        url: &str,
        body: impl Fn() -> Option<Body>,
        headers: &[(&str, &str)],
    ) {
        let owned = |field: &(&str, &str)| (field.0.to_owned(), field.1.to_owned());
        let headers: Vec<_> = headers.iter().map(owned).collect();
        self.sending(connection, body, |connection, body| {
            let body = body.map(Source::Here);
            connection.request(method, url, body, &headers, true)
        });
    }

    #[track_caller]
    pub fn response(&mut self, connection: &mut Connection) -> SharedResponse {
        let response = self.call(|| (), |()| connection.get_response());
        {
            let response = response.borrow();
            let head = response.head();
            self.seen
                .push(format!("{} {:?}", head.status, response.url()).into());
            self.see(&head.reason);
            for (name, value) in head.headers.iter() {
                self.see(name);
                self.see(value);
            }
            for interim in response.interim() {
                self.see(format!("{interim:?}").as_bytes());
            }
        }
        response
    }

    /// Keeps what a call of a response returns.
    #[track_caller]
    pub fn read<T: Seen>(
        &mut self,
        response: &SharedResponse,
        mut call: impl FnMut(&mut Response<Net>) -> Result<T>,
    ) -> usize {
        let read = self.call(|| (), |()| call(&mut response.borrow_mut()));
        read.into_pieces().into_iter().fold(0, |length, piece| {
            self.see(&piece);
            length + piece.len()
        })
    }

    /// The rest of a response, its trailers, and why its connection ends.
    #[track_caller]
    pub fn read_all(&mut self, response: &SharedResponse) {
        self.read(response, |response| response.read(None));
        let response = response.borrow();
        assert!(response.is_closed());
        let trailers = response.trailers(|trailers| format!("{trailers:?}"));
        self.see(format!("{trailers:?} {:?}", response.close_reason()).as_bytes());
    }

    pub fn see(&mut self, bytes: &[u8]) {
        self.seen.push(bytes.to_vec());
    }
}

pub fn is_queued(result: &Result<()>) -> bool {
    matches!(result, Err(error) if error.is_memory() && error.phase() == Some(Phase::Send))
}

fn in_section<T>(call: impl FnOnce() -> Result<T>) -> Result<T> {
    allocator::watched(|| match memory::section(HEADROOM, call) {
        Ok(result) => result,
        Err(short) => Err(Error::from(short)),
    })
}

/// What a call returns, as pieces of bytes.
pub trait Seen {
    fn into_pieces(self) -> Vec<Vec<u8>>;
}

impl Seen for Vec<u8> {
    fn into_pieces(self) -> Vec<Vec<u8>> {
        vec![self]
    }
}

impl Seen for Vec<Vec<u8>> {
    fn into_pieces(self) -> Vec<Vec<u8>> {
        self
    }
}

impl Seen for () {
    fn into_pieces(self) -> Vec<Vec<u8>> {
        Vec::new()
    }
}

/// A stream that brings these pieces.
pub fn stream(pieces: &[&[u8]]) -> Short<ScriptedStream> {
    Short(ScriptedStream::new(Script::pieces(pieces, true)))
}
