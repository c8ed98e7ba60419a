//! Python's `repr` of text and bytes, as error texts and debug output show it.

use alloc::string::String;
use core::fmt::Write;

/// `repr(bytes)`: `b'…'`, everything outside of printable ASCII as an escape.
pub fn bytes(data: &[u8]) -> String {
    let mut out = String::with_capacity(data.len() + 3);
    out.push('b');
    quoted(&mut out, data, |byte| (0x20..0x7F).contains(&byte));
    out
}

/// `repr(str)` of Latin-1 text: printable letters appear as themselves.
pub fn text(latin1: &[u8]) -> String {
    let mut out = String::with_capacity(latin1.len() + 2);
    quoted(
        &mut out,
        latin1,
        |byte| matches!(byte, 0x20..=0x7E | 0xA1..=0xAC | 0xAE..=0xFF),
    );
    out
}

/// The most bytes of a peer's text that a message shows: more than a line of any
/// use to a reader.
pub const EXCERPT: usize = 200;

/// A peer's text as a part of a message, shown by `show`: what is beyond its
/// beginning becomes an ellipsis.
pub fn excerpt(bytes: &[u8], show: fn(&[u8]) -> String) -> String {
    match bytes.get(..EXCERPT) {
        Some(start) if start.len() < bytes.len() => show(start) + "\u{2026}",
        _ => show(bytes),
    }
}

fn quoted(out: &mut String, data: &[u8], printable: impl Fn(u8) -> bool) {
    let quote = if data.contains(&b'\'') && !data.contains(&b'"') {
        '"'
    } else {
        '\''
    };
    out.push(quote);
    for &byte in data {
        match byte {
            b'\\' => out.push_str("\\\\"),
            b'\t' => out.push_str("\\t"),
            b'\n' => out.push_str("\\n"),
            b'\r' => out.push_str("\\r"),
            _ if char::from(byte) == quote => {
                out.push('\\');
                out.push(quote);
            }
            _ if printable(byte) => out.push(char::from(byte)),
            // Writing to a string cannot fail.
            _ => drop(write!(out, "\\x{byte:02x}")),
        }
    }
    out.push(quote);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_escaped_as_python_does() {
        assert_eq!(bytes(b"a\r\n\t\\"), r"b'a\r\n\t\\'");
        assert_eq!(bytes(b"\x00\x7f\x80\xff"), r"b'\x00\x7f\x80\xff'");
        assert_eq!(bytes(b"it's"), "b\"it's\"");
        assert_eq!(bytes(b"it's \"so\""), "b'it\\'s \"so\"'");
    }

    #[test]
    fn excerpt_is_the_beginning_of_what_is_long() {
        let long = [b'a'; EXCERPT + 1];
        let shown = "a".repeat(EXCERPT);
        assert_eq!(excerpt(&long[1..], bytes), format!("b'{shown}'"));
        assert_eq!(excerpt(&long, bytes), format!("b'{shown}'\u{2026}"));
        assert_eq!(excerpt(b"", text), "''");
    }

    #[test]
    fn text_shows_latin1_letters() {
        assert_eq!(
            text(b"HTTP/1.1 200 \xc9\r\n"),
            "'HTTP/1.1 200 \u{c9}\\r\\n'"
        );
        assert_eq!(text(b"\x85\xa0\xad"), r"'\x85\xa0\xad'");
    }
}
