//! Session secrets for packet analysers, as lines of the NSS key log format.

use alloc::collections::VecDeque;
use alloc::string::String;
use core::fmt::{self, Write};
use rustls::KeyLog;
use spin::Mutex;

/// Lines that nobody fetches are dropped, oldest first, beyond this number.
const MAX_LINES: usize = 4096;
/// At least as many bytes as the list takes when it grows, and the lines of a
/// connection.
pub(crate) const GROWTH: usize = 2 * MAX_LINES * size_of::<String>() + 16 * 1024;

/// Collects the lines.
#[derive(Default)]
pub(crate) struct KeyLines(Mutex<VecDeque<String>>);

impl KeyLines {
    /// The lines since the last call, without line ends.
    pub(crate) fn take(&self) -> VecDeque<String> {
        core::mem::take(&mut *self.0.lock())
    }
}

impl KeyLog for KeyLines {
    fn log(&self, label: &str, client_random: &[u8], secret: &[u8]) {
        let mut line = String::from(label);
        for field in [client_random, secret] {
            line.push(' ');
            for byte in field {
                // Writing to a string cannot fail.
                let _ = write!(line, "{byte:02x}");
            }
        }
        let mut lines = self.0.lock();
        if lines.len() == MAX_LINES {
            lines.pop_front();
        }
        lines.push_back(line);
    }
}

impl fmt::Debug for KeyLines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyLines")
    }
}
