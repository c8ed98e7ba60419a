//! Heads of responses: one outcome however the bytes are cut.

use crate::input::Input;
use httplib_proto::body::End;
use httplib_proto::buffer::Buffer;
use httplib_proto::exchange::{Exchange, Received};
use httplib_proto::framing::Traits;
use httplib_proto::limits::Limits;
use httplib_proto::request::Declared;
use httplib_proto::tunnel::{Answer, Connect};

/// The head of a response, or the answer to CONNECT, out of any bytes.
pub fn head(data: &[u8]) {
    let mut input = Input::new(data);
    let strict = input.below(2) == 0;
    let proxy = input.below(8) == 1;
    let traits = input.traits();
    let limits = input.limits();
    let end = input.end();
    let mut sizes = Input::new(input.take(8));
    let raw = input.rest();
    let pieces = sizes.cut(raw);
    let receive = |pieces: &[&[u8]]| match proxy {
        true => answer(pieces, end, &limits),
        false => response(pieces, end, strict, &traits, &limits),
    };
    assert_eq!(receive(&[raw]), receive(&pieces));
}

/// What was received, and what was left for the body.
type Outcome = (Vec<String>, Vec<u8>);

fn response(
    pieces: &[&[u8]],
    end: Option<End>,
    strict: bool,
    traits: &Traits,
    limits: &Limits,
) -> Outcome {
    let mut exchange = Exchange::new(traits.clone(), Declared::Nothing, false, false);
    let mut events = Vec::new();
    let left = feed(pieces, end, |input, end| {
        loop {
            match exchange.receive(input, end, strict, limits) {
                Ok(Received::NeedMore) => return end.is_some(),
                Ok(Received::Final(head)) => {
                    assert!((100..1000).contains(&head.status));
                    events.push(format!("{head:?} {:?}", exchange.receiving()));
                    return true;
                }
                Ok(other) => events.push(format!("{other:?}")),
                Err(error) => {
                    assert!(exchange.receiving().rests());
                    events.push(format!("{error:?} {error} {:?}", exchange.receiving()));
                    return true;
                }
            }
        }
    });
    events.push(format!("{:?}", exchange.verdict(!left.is_empty(), false)));
    // What an error left behind is of no use to anybody.
    let broken = exchange.receiving().rests();
    (events, if broken { Vec::new() } else { left })
}

fn answer(pieces: &[&[u8]], end: Option<End>, limits: &Limits) -> Outcome {
    let mut connect = Connect::new(Vec::new());
    let mut outcome = Vec::new();
    let left = feed(pieces, end, |input, end| {
        match connect.receive(input, end, limits) {
            Ok(Answer::NeedMore) => return end.is_some(),
            Ok(answer) => outcome.push(format!("{answer:?} {:?}", connect.take_raw())),
            Err(error) => outcome.push(format!("{error:?} {error}")),
        }
        true
    });
    let open = outcome
        .first()
        .is_some_and(|first| first.starts_with("Open"));
    (outcome, if open { left } else { Vec::new() })
}

/// Hands pieces in until `step` is done, and the end after them. What is left over.
fn feed(
    pieces: &[&[u8]],
    end: Option<End>,
    mut step: impl FnMut(&mut Buffer, Option<End>) -> bool,
) -> Vec<u8> {
    let mut input = Buffer::default();
    let mut pieces = pieces.iter();
    while let Some(piece) = pieces.next() {
        input.push(piece.to_vec()).unwrap();
        if step(&mut input, None) {
            let rest = pieces.flat_map(|piece| piece.iter());
            return input.bytes().iter().chain(rest).copied().collect();
        }
    }
    if end.is_some() {
        step(&mut input, end);
    }
    input.bytes().to_vec()
}
