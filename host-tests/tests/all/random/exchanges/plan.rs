//! What happens in an exchange: the same for client and server, from its seed.

use std::fmt;
use std::time::Duration;

use fastrand::Rng;

use super::generator;

pub(super) struct Plan {
    /// On an instance of its own.
    pub(super) anew: bool,
    pub(super) form: Form,
    pub(super) request: Vec<u8>,
    pub(super) expect: Option<Expect>,
    /// The response is sent before the request's body is read.
    pub(super) early: bool,
    pub(super) interim: usize,
    pub(super) framing: Framing,
    pub(super) response: Vec<u8>,
    pub(super) trailers: usize,
    /// `set-max-body`.
    pub(super) cap: Option<u64>,
    pub(super) block_size: u32,
    pub(super) cut: Option<Cut>,
    /// How often a stall comes in between, in hundredths.
    stalls: u8,
}

/// How the body of the request is passed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Form {
    None,
    Bytes,
    Text,
    Chunks,
    Stream,
    StreamInChunks,
    Pieces,
}

/// What the server does when it is asked for 100 (Continue).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Expect {
    Continued,
    Ignored,
    Refused,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Framing {
    Length,
    Chunked,
    Close,
}

/// Where the server ends the connection, in bytes of what it would send, and how.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Cut {
    pub(super) offset: usize,
    pub(super) ending: Ending,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Ending {
    Orderly,
    WithoutNotify,
    Reset,
}

impl Plan {
    pub(super) fn new(seed: u64) -> Self {
        let mut rng = generator(seed, 0);
        let rng = &mut rng;
        let form = *super::super::one_of(
            rng,
            &[
                Form::None,
                Form::None,
                Form::Bytes,
                Form::Text,
                Form::Chunks,
                Form::Stream,
                Form::StreamInChunks,
                Form::Pieces,
            ],
        );
        let expects = matches!(form, Form::Bytes | Form::Chunks | Form::Stream);
        let expect = (expects && rng.u8(..4) == 0).then(|| {
            *super::super::one_of(rng, &[Expect::Continued, Expect::Ignored, Expect::Refused])
        });
        let early = form != Form::None && expect.is_none() && rng.u8(..8) == 0;
        let framing =
            *super::super::one_of(rng, &[Framing::Length, Framing::Chunked, Framing::Close]);
        let mut plan = Self {
            anew: rng.u8(..6) == 0,
            form,
            request: match form {
                Form::None => Vec::new(),
                _ => body(rng, 200_000),
            },
            expect,
            early,
            interim: rng.usize(..4).saturating_sub(1),
            framing,
            // An early one has to fit in what the network holds.
            response: body(rng, if early { 10_000 } else { 200_000 }),
            trailers: match framing {
                Framing::Chunked => rng.usize(..3),
                _ => 0,
            },
            cap: (rng.u8(..5) == 0).then(|| rng.u64(..5000)),
            block_size: rng.u32(1..20_000),
            cut: None,
            stalls: if rng.bool() { 0 } else { rng.u8(..40) },
        };
        if plan.request.is_empty() {
            // Without a body nothing waits, and nothing is withheld.
            plan.expect = None;
        }
        if !early && expect != Some(Expect::Refused) && rng.u8(..5) == 0 {
            let (wire, head) = plan.wire();
            // Heads are short, and would hardly ever be cut.
            let offset = match rng.u8(..3) {
                0 => rng.usize(..head),
                _ => rng.usize(..wire.len()),
            };
            let endings = [Ending::Orderly, Ending::WithoutNotify, Ending::Reset];
            plan.cut = Some(Cut {
                offset,
                ending: *super::super::one_of(rng, &endings),
            });
        }
        plan
    }

    /// All that the server sends as its answer, and where the final head ends.
    pub(super) fn wire(&self) -> (Vec<u8>, usize) {
        let mut rng = generator(self.response.len() as u64, 1);
        let mut wire = Vec::new();
        for _ in 0..self.interim {
            wire.extend_from_slice(b"HTTP/1.1 103 Early Hints\r\nLink: </style>\r\n\r\n");
        }
        wire.extend_from_slice(match self.expect {
            Some(Expect::Refused) => b"HTTP/1.1 417 Expectation Failed\r\n",
            _ => b"HTTP/1.1 200 OK\r\n".as_slice(),
        });
        let framing = match self.framing {
            Framing::Length => format!("Content-Length: {}\r\n\r\n", self.response.len()),
            Framing::Chunked => "Transfer-Encoding: chunked\r\n\r\n".to_owned(),
            Framing::Close => "Connection: close\r\n\r\n".to_owned(),
        };
        wire.extend_from_slice(framing.as_bytes());
        let head = wire.len();
        if self.framing != Framing::Chunked {
            wire.extend_from_slice(&self.response);
            return (wire, head);
        }
        let mut rest = self.response.as_slice();
        while !rest.is_empty() {
            let most = match rng.u8(..10) {
                0 => 2,
                1 => 40_000,
                _ => 3000,
            };
            let (chunk, others) = rest.split_at(rng.usize(1..=most).min(rest.len()));
            let extension = if rng.u8(..5) == 0 { ";a=\"b\"" } else { "" };
            wire.extend_from_slice(format!("{:x}{extension}\r\n", chunk.len()).as_bytes());
            wire.extend_from_slice(chunk);
            wire.extend_from_slice(b"\r\n");
            rest = others;
        }
        wire.extend_from_slice(b"0\r\n");
        for (name, value) in self.trailer_fields() {
            wire.extend_from_slice(format!("{name}: {value}\r\n").as_bytes());
        }
        wire.extend_from_slice(b"\r\n");
        (wire, head)
    }

    pub(super) fn trailer_fields(&self) -> Vec<(String, String)> {
        (0..self.trailers)
            .map(|index| (format!("T-{index}"), index.to_string()))
            .collect()
    }

    /// Whether the server keeps the connection.
    pub(super) fn keeps(&self) -> bool {
        self.framing != Framing::Close && self.cut.is_none() && self.expect != Some(Expect::Refused)
    }

    /// Sleeps, if there is a stall now.
    pub(super) fn stall(&self, rng: &mut Rng) {
        if rng.u8(..100) < self.stalls {
            std::thread::sleep(Duration::from_micros(rng.u64(..3000)));
        }
    }
}

/// Mostly short ones.
fn body(rng: &mut Rng, most: usize) -> Vec<u8> {
    let length = match rng.u8(..10) {
        0 => 0,
        1..5 => rng.usize(..300),
        5..9 => rng.usize(..10_000),
        _ => rng.usize(..most),
    };
    let mut body = vec![0; length];
    rng.fill(&mut body);
    body
}

impl fmt::Debug for Plan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{:?} of {} bytes in blocks of {}, {:?}, early: {}; {} interim, {:?} of {} bytes, \
             {} trailers, cap {:?}, {:?}, anew: {}, stalls {}",
            self.form,
            self.request.len(),
            self.block_size,
            self.expect,
            self.early,
            self.interim,
            self.framing,
            self.response.len(),
            self.trailers,
            self.cap,
            self.cut,
            self.anew,
            self.stalls,
        )
    }
}
