//! A body of 48 MiB, a server that sends it, and a reader that knows it.

use std::io;
use std::sync::OnceLock;

use httplib_host_tests::{ErrorKind, HttpError, Response};

use crate::bodies::MIB;
use crate::servers::{Peer, Scheme, Server, ok};

pub(super) const LENGTH: usize = 48 * MIB;

pub(super) const FRAMINGS: [&str; 3] = ["length", "chunked", "close"];

/// Of each line, its end included.
const LINE: usize = 1021;

const CHUNK: usize = 32 * 1024;

/// How much is read in small pieces before another way is tried again.
const RECOVERY: usize = MIB;

/// What a caller reads who has been told that there is no memory.
const SMALL: u64 = 16 * 1024;

/// Any two places differ in what follows.
pub(super) fn body() -> &'static [u8] {
    static BODY: OnceLock<Vec<u8>> = OnceLock::new();
    BODY.get_or_init(|| {
        let mut body = Vec::with_capacity(LENGTH);
        let mut word = 1_u64;
        while body.len() < LENGTH {
            word = word
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            body.extend_from_slice(&(word | 0x8080_8080_8080_8080).to_le_bytes());
        }
        body.iter_mut()
            .skip(LINE - 1)
            .step_by(LINE)
            .for_each(|byte| *byte = b'\n');
        body
    })
}

fn in_chunks() -> &'static [u8] {
    static CHUNKS: OnceLock<Vec<u8>> = OnceLock::new();
    CHUNKS.get_or_init(|| {
        let mut chunks = Vec::with_capacity(LENGTH + MIB);
        for chunk in body().chunks(CHUNK) {
            chunks.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
            chunks.extend_from_slice(chunk);
            chunks.extend_from_slice(b"\r\n");
        }
        chunks.extend_from_slice(b"0\r\n\r\n");
        chunks
    })
}

/// Sends it in the framing that the path names.
pub(super) fn server(scheme: Scheme) -> Server {
    scheme.server(|peer| {
        while let Some(head) = peer.head()? {
            match head.split(' ').nth(1) {
                Some("/length") => {
                    peer.send(format!(
                        "HTTP/1.1 200 OK\r\nContent-Length: {LENGTH}\r\n\r\n"
                    ))?;
                    send(peer, body())?;
                }
                Some("/chunked") => {
                    peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
                    send(peer, in_chunks())?;
                }
                Some("/close") => {
                    peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
                    return send(peer, body());
                }
                _ => peer.send(ok("small"))?,
            }
        }
        Ok(())
    })
}

fn send(peer: &mut Peer, bytes: &[u8]) -> io::Result<()> {
    bytes.chunks(MIB).try_for_each(|piece| peer.send(piece))
}

/// How a body is read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Reading {
    Whole,
    Sized(u64),
    OneReceive,
    Line,
    Lines,
}

/// Compares what is read with a body, of which it is to be a beginning.
pub(super) struct Reader<'a> {
    body: &'a [u8],
    position: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(body: &'a [u8]) -> Self {
        Self { body, position: 0 }
    }

    /// Reads the body to its end, in small pieces where there is no memory for it in
    /// this way.
    pub(super) fn read(&mut self, response: &Response, reading: Reading) -> Result<(), String> {
        let mut shortages = 0;
        while self.go_on(response, reading, &mut shortages)? {}
        match self.position == self.body.len() {
            true => Ok(()),
            false => Err(format!("it ends at {}", self.position)),
        }
    }

    /// Whether there is more.
    fn go_on(
        &mut self,
        response: &Response,
        reading: Reading,
        shortages: &mut u32,
    ) -> Result<bool, String> {
        if *shortages < 3 {
            match self.piece(response, reading) {
                Ok(taken) => return taken.map(|taken| taken > 0),
                Err(error) if can_go_on(&error) => {
                    self.take(error.partial.as_deref().unwrap_or_default())?;
                    *shortages += 1;
                }
                Err(error) => return Err(format!("at {}: {error}", self.position)),
            }
        }
        let begin = self.position;
        while self.position - begin < RECOVERY {
            match self.piece(response, Reading::Sized(SMALL)) {
                Ok(taken) if taken.clone()? == 0 => return Ok(false),
                Ok(_) => {}
                Err(error) => {
                    return Err(format!("in small pieces at {}: {error}", self.position));
                }
            }
        }
        Ok(true)
    }

    /// How many bytes a read has brought.
    fn piece(
        &mut self,
        response: &Response,
        reading: Reading,
    ) -> Result<Result<usize, String>, HttpError> {
        let begin = self.position;
        let piece = match reading {
            Reading::Whole => response.read(None)?,
            Reading::Sized(size) => response.read(Some(size))?,
            Reading::OneReceive => response.read1(None)?,
            Reading::Line => {
                let line = response.readline(None)?;
                return Ok(self.take_line(&line).map(|()| self.position - begin));
            }
            Reading::Lines => {
                let lines = response.readlines(None)?;
                let taken = lines.iter().try_for_each(|line| self.take_line(line));
                return Ok(taken.map(|()| self.position - begin));
            }
        };
        Ok(self.take(&piece).map(|()| self.position - begin))
    }

    fn take(&mut self, piece: &[u8]) -> Result<(), String> {
        let expected = self.body[self.position..].get(..piece.len());
        if expected != Some(piece) {
            return Err(format!("other bytes after {}", self.position));
        }
        self.position += piece.len();
        Ok(())
    }

    fn take_line(&mut self, line: &[u8]) -> Result<(), String> {
        let end = (self.position / LINE + 1) * LINE;
        if line.len() != end.min(self.body.len()) - self.position {
            return Err(format!("another line at {}", self.position));
        }
        self.take(line)
    }
}

/// There is no memory, or more than the cap on whole bodies.
fn can_go_on(error: &HttpError) -> bool {
    matches!(
        error.kind,
        ErrorKind::MemoryError | ErrorKind::HttpException
    )
}
