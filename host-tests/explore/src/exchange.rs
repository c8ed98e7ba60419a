//! A whole exchange: any events on both halves, any bytes.

use crate::input::Input;
use httplib_proto::buffer::Buffer;
use httplib_proto::exchange::{Break, Exchange, Receiving, Sending, Verdict};
use httplib_proto::request::Declared;

/// Any events in any order; the rest of the bytes is what the peer sends.
pub fn exchange(data: &[u8]) {
    let mut input = Input::new(data);
    let strict = input.below(2) == 0;
    let limits = input.limits();
    let traits = input.traits();
    let mut exchange = begin(&mut input, traits);
    let events = input.bytes();
    let mut events = Input::new(events);
    let (mut wire, mut body) = (Buffer::default(), Buffer::default());
    let (mut came, mut end) = (0, None);
    while !events.is_empty() {
        let before = (exchange.sending(), exchange.receiving());
        let unfit = is_unfit(&exchange);
        match events.below(16) {
            0 => exchange.send_piece(events.number().max(1)),
            1 => exchange.send_end(),
            2 => exchange.release(),
            3 => exchange.source_failed(),
            4 => exchange.write_broke(),
            5 => exchange.shut(),
            6 => exchange.broke(events.one(&BREAKS)),
            7 => end = input.end(),
            8..11 => {
                let had = wire.len();
                drop(exchange.receive(&mut wire, end, strict, &limits));
                // What follows a head, or a broken one, is none.
                assert!(before.1 == Receiving::Head || wire.len() == had);
            }
            11..14 => {
                let amount = usize::try_from(events.number()).unwrap();
                let had = body.len();
                drop(exchange.decode(&mut wire, end, amount, &limits, &mut body));
                assert!(body.len() - had <= amount);
            }
            _ if end.is_none() => {
                let piece = input.take(events.byte().into());
                came += piece.len();
                wire.push(piece.to_vec()).unwrap();
            }
            _ => {}
        }
        assert!(body.len() + wire.len() <= came);
        look(&exchange);
        rests(before, (exchange.sending(), exchange.receiving()));
        if unfit {
            assert_ne!(exchange.verdict(false, false), Verdict::Keep);
        }
    }
}

const BREAKS: [Break; 6] = [
    Break::Disconnected,
    Break::Cut,
    Break::Lost,
    Break::Malformed,
    Break::Coding,
    Break::Unread,
];

fn begin(input: &mut Input<'_>, traits: httplib_proto::framing::Traits) -> Exchange {
    let declared = match input.below(5) {
        0 => Declared::Nothing,
        1 => Declared::Coded,
        2 => Declared::Nonsense,
        3 => return Exchange::stray(traits),
        _ => Declared::Length(input.number()),
    };
    let bits = input.byte();
    Exchange::new(traits, declared, bits & 1 != 0, bits & 2 != 0)
}

/// Every getter answers at any time.
fn look(exchange: &Exchange) {
    exchange.verdict(true, true);
    exchange.frame();
    exchange.left();
    exchange.trailers();
    exchange.is_before_head();
    exchange.is_inside_chunk();
    if let Verdict::Close(close) = exchange.verdict(false, false) {
        assert!(!close.name().is_empty());
    }
}

/// What rests stays.
fn rests(before: (Sending, Receiving), after: (Sending, Receiving)) {
    if before.1.rests() {
        assert_eq!(before.1, after.1);
    }
    if matches!(before.0, Sending::Failed(_) | Sending::Shut) {
        assert_eq!(before.0, after.0);
    }
}

/// Whether the connection is lost to any other request already.
fn is_unfit(exchange: &Exchange) -> bool {
    let sending = exchange.sending();
    let unfit = !matches!(sending, Sending::Done | Sending::Body(_) | Sending::Held(_));
    unfit
        || matches!(exchange.receiving(), Receiving::Broken(_))
        || exchange.close_at_head().is_some()
}
