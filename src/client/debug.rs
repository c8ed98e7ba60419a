//! The debug output of the reference (`set_debuglevel`): the text of each line.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use httplib_proto::headers::Headers;
use httplib_proto::latin1;
use httplib_proto::literal;

/// Bytes that are sent.
pub fn sent(bytes: &[u8]) -> String {
    format!("send: {}\n", literal::bytes(bytes))
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
pub fn unsized_items(items: &[Vec<u8>]) -> String {
    let items: Vec<String> = items.iter().map(|item| literal::bytes(item)).collect();
    unsized_body(&format!("[{}]", items.join(", ")))
}

/// The same, named.
pub fn unsized_body(name: &str) -> String {
    format!("Unable to determine size of {name}\n")
}

/// A status line that was received.
pub fn reply(line: &[u8]) -> String {
    format!("reply: {}\n", literal::text(line))
}

/// The header lines of an interim response, as they were received.
pub fn interim(raw: &[u8]) -> String {
    let lines = raw.split_inclusive(|&byte| byte == b'\n');
    let lines: Vec<String> = lines.map(literal::bytes).collect();
    format!("headers: [{}]\n", lines.join(", "))
}

/// The fields of the final response.
pub fn headers(headers: &Headers) -> String {
    let line = |(name, value)| {
        let (name, value) = (latin1::decode(name), latin1::decode(value));
        format!("header: {name}: {value}\n")
    };
    headers.iter().map(line).collect()
}
