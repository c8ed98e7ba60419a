//! Decisions out of bytes: when they are used up, every decision is zero.

use httplib_proto::body::End;
use httplib_proto::framing::Traits;
use httplib_proto::limits::Limits;

pub struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn byte(&mut self) -> u8 {
        match self.0.split_first() {
            Some((first, rest)) => {
                self.0 = rest;
                *first
            }
            None => 0,
        }
    }

    /// One of `count` choices.
    pub fn below(&mut self, count: u8) -> u8 {
        self.byte() % count
    }

    pub fn one<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[usize::from(self.byte()) % choices.len()]
    }

    /// Mostly a small number, now and then one at an edge.
    pub fn number(&mut self) -> u64 {
        match self.byte() {
            255 => u64::MAX,
            254 => 1 << 32,
            253 => 65_536,
            252 => 16_384 + u64::from(self.byte()),
            small => u64::from(small),
        }
    }

    /// At most so many of the bytes that are left.
    pub fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        taken
    }

    /// A few bytes, as many as the first one says.
    pub fn bytes(&mut self) -> &'a [u8] {
        let count = self.byte();
        self.take(count.into())
    }

    pub fn text(&mut self) -> String {
        String::from_utf8_lossy(self.bytes()).into_owned()
    }

    pub fn rest(&mut self) -> &'a [u8] {
        self.take(usize::MAX)
    }

    pub fn traits(&mut self) -> Traits {
        let bits = self.byte();
        Traits {
            head: bits & 1 != 0,
            connect: bits & 2 != 0,
            upgrade: bits & 4 != 0,
            expects_continue: bits & 8 != 0,
            close: bits & 16 != 0,
        }
    }

    /// The defaults, or some that are soon reached.
    pub fn limits(&mut self) -> Limits {
        match self.byte() {
            0..128 => Limits::default(),
            bits => Limits {
                line: 16 + usize::from(bits % 4) * 16,
                headers: 2 + usize::from(bits % 3),
                head: 64 + usize::from(bits % 5) * 16,
                interim: usize::from(bits % 2),
                trailers: 1 + usize::from(bits % 2),
                chunk_extensions: 8 + usize::from(bits % 7),
                body: 8 + u64::from(bits),
            },
        }
    }

    pub fn end(&mut self) -> Option<End> {
        self.one(&[Some(End::Clean), Some(End::Ragged), None])
    }

    /// Cuts `bytes` into pieces.
    pub fn cut<'b>(&mut self, bytes: &'b [u8]) -> Vec<&'b [u8]> {
        let sizes = self.take(8);
        let mut sizes = sizes.iter().map(|size| usize::from(*size) + 1).cycle();
        let (mut pieces, mut rest) = (Vec::new(), bytes);
        while !rest.is_empty() {
            let size = sizes.next().unwrap_or(1).min(rest.len());
            let (piece, more) = rest.split_at(size);
            pieces.push(piece);
            rest = more;
        }
        pieces
    }
}
