//! The debug output of the reference (`set_debuglevel`): the text of each line.
//! What a peer or a caller sizes gives `None` where memory is short: dropping
//! debug output is better than failing.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use httplib_proto::headers::Headers;
use httplib_proto::memory;
use httplib_proto::request::chunk_start;
use httplib_proto::{latin1, literal};

/// A text that takes at most so many bytes.
fn sized(bytes: usize, text: impl FnOnce() -> String) -> Option<String> {
    // Strings grow by doubling and copying.
    memory::section(bytes.saturating_mul(3).saturating_add(512), text).ok()
}

/// Bytes that are sent.
pub fn sent(bytes: &[u8]) -> Option<String> {
    sized(4 * bytes.len(), || {
        format!("send: {}\n", literal::bytes(bytes))
    })
}

/// A piece of a body, which may be sent as a chunk.
pub fn piece(bytes: &[u8], chunk: bool) -> Option<String> {
    if !chunk {
        return sent(bytes);
    }
    let start = chunk_start(bytes.len());
    sized(5 * bytes.len(), || {
        let chunk = [start.as_bytes(), bytes, b"\r\n"].concat();
        format!("send: {}\n", literal::bytes(&chunk))
    })
}

/// How a stream is named, of which the reference shows what `repr` gives.
pub const STREAM: &str = "<input-stream>";

/// A stream that a request has as its body; its blocks are shown one by one.
pub fn reading_stream() -> String {
    "reading a readable\n".into()
}

/// A stream that is sent as it is, of which the reference shows nothing more.
pub fn sending_stream() -> String {
    format!("send: {STREAM}\nsending a readable\n")
}

/// An item of a body that is not sent because it is empty.
pub fn empty_item() -> String {
    "Zero length chunk ignored\n".into()
}

/// A body whose length `request` does not look at: a list of items.
pub fn unsized_items(items: &[Vec<u8>]) -> Option<String> {
    let size: usize = items.iter().map(|item| 4 * item.len() + 64).sum();
    sized(2 * size, || {
        let items: Vec<String> = items.iter().map(|item| literal::bytes(item)).collect();
        unsized_body(&format!("[{}]", items.join(", ")))
    })
}

/// The same, named.
pub fn unsized_body(name: &str) -> String {
    format!("Unable to determine size of {name}\n")
}

/// A status line that was received.
pub fn reply(line: &[u8]) -> Option<String> {
    sized(4 * line.len(), || {
        format!("reply: {}\n", literal::text(line))
    })
}

/// The header lines of an interim response, as they were received.
pub fn interim(raw: &[u8]) -> Option<String> {
    let count = raw.iter().filter(|&&byte| byte == b'\n').count();
    sized(8 * raw.len() + 64 * count, || {
        let lines = raw.split_inclusive(|&byte| byte == b'\n');
        let lines: Vec<String> = lines.map(literal::bytes).collect();
        format!("headers: [{}]\n", lines.join(", "))
    })
}

/// The fields of the final response.
pub fn headers(headers: &Headers) -> Option<String> {
    let line = |(name, value)| {
        let (name, value) = (latin1::decode(name), latin1::decode(value));
        format!("header: {name}: {value}\n")
    };
    sized(2 * headers.size_as_pairs(), || {
        headers.iter().map(line).collect()
    })
}
