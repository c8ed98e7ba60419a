//! Reads a body in all ways by turns, and compares.

use httplib_host_tests::{ErrorKind, HttpError, Response};

use super::client::Exchange;
use super::plan::{Ending, Framing};
use crate::servers::Scheme;

#[derive(Clone, Copy, PartialEq)]
enum Reading {
    Whole,
    Sized(u64),
    OneReceive(Option<u64>),
    Line(Option<u64>),
    Lines(u64),
    Peek(u64),
}

pub(super) fn read(exchange: &Exchange<'_>, response: &Response) -> Result<(), String> {
    let plan = exchange.plan;
    let body = plan.response.as_slice();
    let mut position = 0;
    loop {
        let reading = choose(exchange);
        let outcome = exchange.drive("read", || response.fileno(), || pieces(response, reading))?;
        match outcome {
            Ok(pieces) => {
                let read = pieces.concat();
                compare(&body[position..], &read)?;
                lines_are_right(reading, &pieces)?;
                if matches!(reading, Reading::Peek(_)) {
                    continue;
                }
                position += read.len();
                let is_end = match reading {
                    Reading::Whole => true,
                    Reading::Sized(0) | Reading::Line(Some(0)) | Reading::OneReceive(Some(0)) => {
                        false
                    }
                    _ => read.is_empty(),
                };
                if is_end {
                    let looks_whole = reading == Reading::Whole && !read.is_empty();
                    return ended(exchange, response, position, looks_whole);
                }
            }
            Err(error) if is_past_the_cap(exchange, reading, &error) => {}
            Err(error) if plan.cut.is_some() => {
                let partial = error.partial.as_deref().unwrap_or_default();
                return compare(&body[position..], partial);
            }
            Err(error) => return Err(format!("at {position}: {error}")),
        }
    }
}

fn choose(exchange: &Exchange<'_>) -> Reading {
    let size = match exchange.pick(4) {
        0 => exchange.pick(4),
        1 => exchange.pick(50_000),
        _ => exchange.pick(2000),
    };
    let some = (exchange.pick(2) == 0).then_some(size);
    match exchange.pick(12) {
        0 => Reading::Whole,
        1..4 => Reading::OneReceive(some),
        4..6 => Reading::Line(some),
        6 => Reading::Lines(size.max(1)),
        7 => Reading::Peek(size),
        _ => Reading::Sized(size),
    }
}

fn pieces(response: &Response, reading: Reading) -> Result<Vec<Vec<u8>>, HttpError> {
    Ok(vec![match reading {
        Reading::Whole => response.read(None)?,
        Reading::Sized(size) => response.read(Some(size))?,
        Reading::OneReceive(size) => response.read1(size)?,
        Reading::Line(size) => response.readline(size)?,
        Reading::Lines(size) => return response.readlines(Some(size)),
        Reading::Peek(size) => response.peek(Some(size))?,
    }])
}

fn compare(expected: &[u8], read: &[u8]) -> Result<(), String> {
    match expected.starts_with(read) {
        true => Ok(()),
        false => Err(format!("{} other bytes", read.len())),
    }
}

/// A line has its end at its end alone.
fn lines_are_right(reading: Reading, lines: &[Vec<u8>]) -> Result<(), String> {
    let most = match reading {
        Reading::Line(most) => most,
        Reading::Lines(_) => None,
        _ => return Ok(()),
    };
    for line in lines {
        let is_long = most.is_some_and(|most| line.len() as u64 > most);
        let before = line
            .split_last()
            .map_or([].as_slice(), |(_, before)| before);
        if is_long || before.contains(&b'\n') {
            return Err("a line goes on".to_owned());
        }
    }
    Ok(())
}

fn is_past_the_cap(exchange: &Exchange<'_>, reading: Reading, error: &HttpError) -> bool {
    exchange.plan.cap.is_some()
        && matches!(reading, Reading::Whole | Reading::Lines(_))
        && error.kind == ErrorKind::HttpException
}

/// Whether the body may end there, and in this way.
fn ended(
    exchange: &Exchange<'_>,
    response: &Response,
    position: usize,
    looks_whole: bool,
) -> Result<(), String> {
    let plan = exchange.plan;
    let Some(cut) = plan.cut else {
        if position < plan.response.len() {
            return Err(format!("it ends at {position}"));
        }
        if !response.is_closed() {
            return Err("it is not closed".to_owned());
        }
        return match response.trailers() == plan.trailer_fields() {
            true => Ok(()),
            false => Err("other trailers".to_owned()),
        };
    };
    let may_end_so = match plan.framing {
        Framing::Chunked => false,
        // As in the reference: less is returned than was asked for, then nothing.
        Framing::Length => !looks_whole,
        Framing::Close => {
            cut.ending == Ending::Orderly
                || (cut.ending == Ending::WithoutNotify && exchange.client.scheme == Scheme::Http)
        }
    };
    match may_end_so {
        true => Ok(()),
        false => Err("a cut body looks whole".to_owned()),
    }
}
