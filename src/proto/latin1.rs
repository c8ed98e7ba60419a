//! Text on the wire: each byte is the character of the same number (ISO-8859-1),
//! so that every byte of a header survives the way through a `string`.

use alloc::string::String;
use alloc::vec::Vec;

/// The text of these bytes.
pub fn decode(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// The bytes of this text, for messages alone: what is not Latin-1 becomes a
/// question mark.
pub fn encode_lossy(text: &str) -> Vec<u8> {
    text.chars()
        .map(|char| u8::try_from(u32::from(char)).unwrap_or(b'?'))
        .collect()
}
