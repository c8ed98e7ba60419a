//! Bodies: the same bytes and the same verdict however they are cut and asked for.

use crate::input::Input;
use httplib_proto::body::End;
use httplib_proto::buffer::Buffer;
use httplib_proto::exchange::{Decoded, Exchange, Received};
use httplib_proto::limits::Limits;
use httplib_proto::request::Declared;

const HEADS: [&[u8]; 8] = [
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
    b"HTTP/1.1 200 OK\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
    b"HTTP/1.0 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
    b"HTTP/1.1 101 Switching\r\n\r\n",
    b"HTTP/1.1 204 No\r\nContent-Length: 3\r\n\r\n",
];

/// A body of any framing out of any bytes.
pub fn body(data: &[u8]) {
    let mut input = Input::new(data);
    let head = input.one(&HEADS);
    let limits = input.limits();
    let end = input.end();
    let mut sizes = Input::new(input.take(8));
    let wanted = input.take(8);
    let raw = input.rest();
    let whole = decode(head, &[raw], end, &limits, &[]);
    let cut = decode(head, &sizes.cut(raw), end, &limits, wanted);
    assert_eq!(whole, cut);
}

/// The bytes, and in words: how it ended, the verdict, trailers, what is left over.
type Outcome = (Vec<u8>, [String; 4]);

/// Decodes in amounts as `wanted` says, all at once without.
fn decode(
    head: &[u8],
    pieces: &[&[u8]],
    end: Option<End>,
    limits: &Limits,
    wanted: &[u8],
) -> Outcome {
    let mut exchange = begin(head);
    let mut amounts = wanted.iter().cycle();
    let (mut input, mut out) = (Buffer::default(), Buffer::default());
    let mut came: usize = pieces.iter().map(|piece| piece.len()).sum();
    let mut pieces = pieces.iter();
    let mut ended = None;
    let last = loop {
        let amount = amounts.next().map_or(usize::MAX, |&amount| amount.into());
        let (before, left) = (out.len(), exchange.left());
        let decoded = exchange.decode(&mut input, ended, amount, limits, &mut out);
        assert!(out.len() - before <= amount);
        if let (Some(before_left), Some(left)) = (left, exchange.left()) {
            assert_eq!(before_left - left, (out.len() - before) as u64);
        }
        match decoded {
            Ok(Decoded::NeedMore) => match pieces.next() {
                Some(piece) => input.push(piece.to_vec()).unwrap(),
                None if ended == end => break "more is needed".into(),
                None => ended = end,
            },
            Ok(Decoded::Data) => assert!(out.len() > before || amount == 0),
            // Whoever only ever asks for nothing gets no further.
            Ok(Decoded::Inside) if wanted.iter().all(|&amount| amount == 0) => {
                amounts = [255].iter().cycle();
            }
            Ok(Decoded::Inside) => assert_eq!(amount, 0),
            Ok(other) => break format!("{other:?}"),
            Err(error) => break format!("{error:?}"),
        }
    };
    let rest: Vec<u8> = pieces.flat_map(|piece| piece.iter()).copied().collect();
    let surplus = [input.bytes(), &rest].concat();
    came -= surplus.len();
    assert!(out.len() <= came);
    let is_done = exchange.receiving() == httplib_proto::exchange::Receiving::Done;
    let words = [
        last,
        format!("{:?}", exchange.verdict(!surplus.is_empty(), false)),
        format!("{:?}", exchange.trailers()),
        format!("{:?}", is_done.then_some(surplus)),
    ];
    (out.bytes().to_vec(), words)
}

/// An exchange at the beginning of its body.
fn begin(head: &[u8]) -> Exchange {
    let traits = Input::new(&[4]).traits();
    let mut exchange = Exchange::new(traits, Declared::Nothing, false, false);
    let mut input = Buffer::default();
    input.push(head.to_vec()).unwrap();
    loop {
        match exchange.receive(&mut input, None, true, &Limits::default()) {
            Ok(Received::Final(_)) => return exchange,
            Ok(Received::NeedMore) | Err(_) => panic!("the heads here are whole"),
            Ok(_) => {}
        }
    }
}
