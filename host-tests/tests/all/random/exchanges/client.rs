//! A client that blocks, runs out of time, or does not wait, as it comes.

use std::cell::RefCell;
use std::time::{Duration, Instant};

use fastrand::Rng;
use httplib_host_tests::{Body, Connection, ErrorKind, Host, HttpError, StreamBody};
use wasmtime_wasi::p2::pipe::MemoryInputPipe;

use super::plan::{Cut, Ending, Expect, Form, Plan};
use super::{STUCK, generator, reader, watched};
use crate::servers::Scheme;

pub(super) struct Client {
    pub(super) host: Host,
    pub(super) connection: Connection,
    pub(super) scheme: Scheme,
}

/// One exchange of a client.
pub(super) struct Exchange<'a> {
    pub(super) client: &'a Client,
    pub(super) plan: &'a Plan,
    rng: RefCell<Rng>,
    end: Instant,
}

impl Client {
    pub(super) fn connect(scheme: Scheme, port: u16) -> Result<Self, String> {
        let host = watched(STUCK).build().map_err(|error| error.to_string())?;
        let connection = scheme.connection(&host, port);
        Ok(Self {
            host,
            connection,
            scheme,
        })
    }

    pub(super) fn exchange(&self, seed: u64, plan: &Plan) -> Result<(), String> {
        let exchange = Exchange {
            client: self,
            plan,
            rng: RefCell::new(generator(seed, 3)),
            end: Instant::now() + STUCK,
        };
        let connection = &self.connection;
        let wait = match plan.expect {
            Some(Expect::Ignored) => Duration::from_millis(4),
            _ => STUCK,
        };
        connection.set_continue_timeout(Some(wait));
        connection.set_max_body(plan.cap.unwrap_or(1 << 30));
        connection
            .set_block_size(plan.block_size)
            .map_err(|error| error.to_string())?;
        exchange.request(&format!("/{seed}"))?;
        let number = || connection.fileno();
        match exchange.drive("get-response", number, || connection.get_response())? {
            Ok(response) => {
                if plan.cut.is_some_and(|cut| cut.offset < plan.wire().1) {
                    return Err("the head was cut".to_owned());
                }
                let status = match plan.expect {
                    Some(Expect::Refused) => 417,
                    _ => 200,
                };
                if response.status() != status {
                    return Err(format!("status {}", response.status()));
                }
                if response.interim_responses().len() < plan.interim {
                    return Err("too few interim responses".to_owned());
                }
                reader::read(&exchange, &response)
            }
            Err(error) => match plan.cut {
                Some(Cut { offset, ending })
                    if offset < plan.wire().1 || ending == Ending::Reset =>
                {
                    Ok(())
                }
                _ => Err(format!("get-response: {error}")),
            },
        }
    }
}

impl Exchange<'_> {
    fn request(&self, path: &str) -> Result<(), String> {
        let (connection, body) = (&self.client.connection, &self.plan.request);
        let mut headers = Vec::new();
        if self.plan.expect.is_some() {
            headers.push(("Expect", "100-continue"));
        }
        let put = |body| connection.request("PUT", path, Some(body), &headers);
        let stream = |length: Option<u64>| {
            let stream = StreamBody::new(MemoryInputPipe::new(body.clone()));
            let stream = match length {
                Some(length) => stream.of_length(length),
                None => stream,
            };
            connection.request_stream("PUT", path, stream, &headers, false)
        };
        self.random_timeout();
        match self.plan.form {
            Form::None => self.sent("request", connection.request("GET", path, None, &headers)),
            Form::Bytes => self.sent("request", put(Body::Bytes(body))),
            Form::Text => {
                let text: String = body.iter().copied().map(char::from).collect();
                self.sent("request", put(Body::Text(&text)))
            }
            Form::Chunks => {
                let size = self.rng.borrow_mut().usize(1..10_000);
                let chunks: Vec<&[u8]> = body.chunks(size).collect();
                self.sent("request", put(Body::Chunks(&chunks)))
            }
            Form::Stream => self.sent("request", stream(Some(body.len() as u64))),
            Form::StreamInChunks => self.sent("request", stream(None)),
            Form::Pieces => {
                self.sent("put-request", connection.put_request("PUT", path))?;
                let length = body.len().to_string();
                self.sent(
                    "put-header",
                    connection.put_header("Content-Length", &[&length]),
                )?;
                self.sent("end-headers", connection.end_headers(None, false))?;
                let size = self.rng.borrow_mut().usize(1..30_000);
                body.chunks(size).try_for_each(|piece| {
                    self.random_timeout();
                    self.sent("send", connection.send(piece))
                })
            }
        }
    }

    /// Goes on with what a call has begun.
    fn sent(&self, call: &str, outcome: Result<(), HttpError>) -> Result<(), String> {
        let connection = &self.client.connection;
        let mut begun = Some(outcome);
        let flushed = self.drive(
            call,
            || connection.fileno(),
            || match begun.take() {
                Some(outcome) => outcome,
                None => connection.flush(),
            },
        )?;
        flushed.map_err(|error| format!("{call}: {error}"))
    }

    /// Repeats a call until it need not wait any more.
    pub(super) fn drive<T>(
        &self,
        name: &str,
        number: impl Fn() -> Result<u64, HttpError>,
        mut call: impl FnMut() -> Result<T, HttpError>,
    ) -> Result<Result<T, HttpError>, String> {
        loop {
            self.random_timeout();
            match call() {
                Err(error) if error.kind == ErrorKind::TimedOut => {}
                Err(error) if error.kind == ErrorKind::WouldBlock => {
                    let number = number().map_err(|error| format!("fileno: {error}"))?;
                    let ready = self.client.host.select(&[number], &[], Some(STUCK / 2));
                    match ready {
                        Ok((ready, _)) if ready == [number] => {}
                        Ok(_) => return Err(format!("{name}: select is never ready")),
                        Err(error) => return Err(format!("select: {error}")),
                    }
                }
                outcome => return Ok(outcome),
            }
            if Instant::now() > self.end {
                return Err(format!("{name}: it does not go on"));
            }
        }
    }

    fn random_timeout(&self) {
        const MICROSECONDS: [u64; 5] = [0, 0, 500, 3000, 5_000_000];
        let timeout = *super::super::one_of(&mut self.rng.borrow_mut(), &MICROSECONDS);
        self.client
            .connection
            .set_timeout(Some(Duration::from_micros(timeout)));
    }

    pub(super) fn pick(&self, below: u64) -> u64 {
        self.rng.borrow_mut().u64(..below)
    }
}
