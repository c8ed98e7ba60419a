//! One instance drives many connections at once.

use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use httplib_host_tests::{Connection, ErrorKind, Host, HttpError, Response};

use crate::servers::{PATIENCE, Scheme, Server, ok, trusting_context};

const CONNECTIONS: usize = 200;
const DELAY: Duration = Duration::from_secs(1);

#[test]
fn two_hundred_slow_responses_complete_at_once_over_http() {
    complete_at_once(Scheme::Http);
}

#[test]
fn two_hundred_slow_responses_complete_at_once_over_https() {
    complete_at_once(Scheme::Tls13);
}

fn complete_at_once(scheme: Scheme) {
    let flights = Arc::new(Flights::default());
    let server = slow_server(scheme, &flights);
    let host = Host::new();
    let context = trusting_context(&host);
    let begin = Instant::now();
    let mut exchanges: Vec<Exchange> = (0..CONNECTIONS)
        .map(|index| {
            let connection = match scheme {
                Scheme::Http => host.http("127.0.0.1", server.port()),
                _ => host.https("127.0.0.1", server.port(), Some(&context)),
            };
            Exchange::begin(connection.unwrap(), index)
        })
        .collect();

    while !exchanges.is_empty() {
        let writers = numbers(&exchanges, |exchange| exchange.sends);
        let readers = numbers(&exchanges, |exchange| !exchange.sends);
        let (readers, writers) = host.select(&readers, &writers, Some(PATIENCE)).unwrap();
        assert!(
            !readers.is_empty() || !writers.is_empty(),
            "{} exchanges are stuck",
            exchanges.len()
        );
        for exchange in &mut exchanges {
            let number = exchange.number();
            if readers.contains(&number) || writers.contains(&number) {
                exchange.go_on();
            }
        }
        exchanges.retain(|exchange| !exchange.is_done);
    }

    let took = begin.elapsed();
    assert_eq!(flights.most(), CONNECTIONS, "in flight at once");
    assert_eq!(server.accepts(), CONNECTIONS);
    assert!(took < DELAY * 20, "{took:?}");
}

/// Answers each request after [`DELAY`], at the earliest when all of them are
/// there: a client that does one after the other never gets that far.
fn slow_server(scheme: Scheme, flights: &Arc<Flights>) -> Server {
    let flights = Arc::clone(flights);
    scheme.server(move |peer| {
        let head = peer.request()?;
        flights.wait_for_all();
        thread::sleep(DELAY);
        flights.land();
        peer.send(ok(head.split(' ').nth(1).unwrap()))
    })
}

/// Counts the requests that are not answered yet.
#[derive(Default)]
struct Flights {
    counts: Mutex<Counts>,
    changed: Condvar,
}

#[derive(Default)]
struct Counts {
    now: usize,
    most: usize,
}

impl Flights {
    fn wait_for_all(&self) {
        let mut counts = self.counts.lock().unwrap();
        counts.now += 1;
        counts.most = counts.most.max(counts.now);
        self.changed.notify_all();
        let missing = |counts: &mut Counts| counts.most < CONNECTIONS;
        // If time is over, the number tells.
        drop(
            self.changed
                .wait_timeout_while(counts, PATIENCE / 2, missing),
        );
    }

    fn land(&self) {
        self.counts.lock().unwrap().now -= 1;
    }

    fn most(&self) -> usize {
        self.counts.lock().unwrap().most
    }
}

/// One request, from its begin to the end of its response.
struct Exchange {
    connection: Connection,
    response: Option<Response>,
    sends: bool,
    is_done: bool,
    body: Vec<u8>,
    expected: String,
}

impl Exchange {
    fn begin(connection: Connection, index: usize) -> Self {
        let path = format!("/{index}");
        connection.set_timeout(Some(Duration::ZERO));
        let sent = connection.request("GET", &path, None, &[]);
        Self {
            connection,
            response: None,
            sends: not_yet(sent).is_none(),
            is_done: false,
            body: Vec::new(),
            expected: path,
        }
    }

    fn number(&self) -> u64 {
        match &self.response {
            Some(response) => response.fileno().unwrap(),
            None => self.connection.fileno().unwrap(),
        }
    }

    /// Does what can be done without waiting.
    fn go_on(&mut self) {
        if self.sends {
            self.sends = not_yet(self.connection.flush()).is_none();
        } else if let Some(response) = &self.response {
            while let Some(piece) = not_yet(response.read1(None)) {
                if piece.is_empty() {
                    assert_eq!(self.body, self.expected.as_bytes());
                    self.is_done = true;
                    break;
                }
                self.body.extend(piece);
            }
        } else {
            self.response = not_yet(self.connection.get_response());
        }
    }
}

fn not_yet<T>(outcome: Result<T, HttpError>) -> Option<T> {
    match outcome {
        Ok(value) => Some(value),
        Err(error) if error.kind == ErrorKind::WouldBlock => None,
        Err(error) => panic!("{error}"),
    }
}

fn numbers(exchanges: &[Exchange], wanted: impl Fn(&Exchange) -> bool) -> Vec<u64> {
    exchanges
        .iter()
        .filter(|exchange| wanted(exchange))
        .map(Exchange::number)
        .collect()
}
