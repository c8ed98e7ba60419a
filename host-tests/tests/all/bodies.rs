//! Bodies of any length that nobody has to hold in memory.

use std::io::{self, Read};
use std::path::Path;
use std::sync::OnceLock;

use sha2::{Digest, Sha256};

pub(crate) const MIB: usize = 1 << 20;

/// The largest body.
pub(crate) const HUGE: usize = 256 * MIB;

/// Lengths around what fits into one read, one segment and one TLS record.
pub(crate) const LENGTHS: [usize; 4] = [0, 1, 65_535, MIB];

pub(crate) type Sha = [u8; 32];

/// The bytes of a seeded xorshift generator: the same ones for every length.
pub(crate) struct Pattern {
    state: u64,
    left: usize,
}

impl Pattern {
    pub(crate) fn new(length: usize) -> Self {
        Self {
            state: 0x9E37_79B9_7F4A_7C15,
            left: length,
        }
    }

    pub(crate) fn write_file(path: &Path, length: usize) {
        let mut file = std::fs::File::create(path).unwrap();
        io::copy(&mut Self::new(length), &mut file).unwrap();
    }
}

impl Read for Pattern {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // Whole words only, except for the last: so the bytes do not depend on
        // how they are asked for.
        let length = match buffer.len().min(self.left) {
            length if length == self.left => length,
            length if length < 8 => return Err(io::ErrorKind::InvalidInput.into()),
            length => length - length % 8,
        };
        for word in buffer[..length].chunks_mut(8) {
            self.state ^= self.state << 13;
            self.state ^= self.state >> 7;
            self.state ^= self.state << 17;
            word.copy_from_slice(&self.state.to_le_bytes()[..word.len()]);
        }
        self.left -= length;
        Ok(length)
    }
}

/// The sum of what the pattern of this length has.
pub(crate) fn sha_of_pattern(length: usize) -> Sha {
    static HUGE_SHA: OnceLock<Sha> = OnceLock::new();
    match length {
        HUGE => *HUGE_SHA.get_or_init(|| sha_of(Pattern::new(HUGE))),
        _ => sha_of(Pattern::new(length)),
    }
}

pub(crate) fn sha_of(mut reader: impl Read) -> Sha {
    let mut sum = Sum::default();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match reader.read(&mut buffer).unwrap() {
            0 => return sum.finish(),
            count => sum.add(&buffer[..count]),
        }
    }
}

/// A sum under way.
#[derive(Default)]
pub(crate) struct Sum {
    sha: Sha256,
    pub(crate) length: usize,
}

impl Sum {
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        self.sha.update(bytes);
        self.length += bytes.len();
    }

    pub(crate) fn finish(self) -> Sha {
        self.sha.finalize().into()
    }
}
