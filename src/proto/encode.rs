//! A caller's text as bytes for the wire, in the encodings that Python uses there.

use crate::error::{Result, caller};
use crate::memory;
use alloc::vec::Vec;

/// The Latin-1 bytes of this text.
///
/// # Errors
/// `unicode-encode-error` for a character above U+00FF.
pub fn latin1(text: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    memory::reserve_exact(&mut bytes, text.len())?;
    if text.is_ascii() {
        bytes.extend_from_slice(text.as_bytes());
        return Ok(bytes);
    }
    for char in text.chars() {
        match u8::try_from(u32::from(char)) {
            Ok(byte) => bytes.push(byte),
            Err(_) => return Err(caller::unencodable("latin-1", text, 256)),
        }
    }
    Ok(bytes)
}

/// The bytes of this text, which has to be ASCII.
///
/// # Errors
/// `unicode-encode-error` for any other character.
pub fn ascii(text: &str) -> Result<&[u8]> {
    if text.is_ascii() {
        Ok(text.as_bytes())
    } else {
        Err(caller::unencodable("ascii", text, 128))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Caller, Error};
    use crate::latin1::decode;

    #[test]
    fn every_byte_survives_both_ways() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(latin1(&decode(&all)).unwrap(), all);
    }

    #[test]
    fn character_above_latin1_is_an_encode_error() {
        let error = latin1("a\u{100}").unwrap_err();
        assert!(matches!(error, Error::Caller(Caller::Encode(_))));
        assert_eq!(
            error.to_string(),
            r"'latin-1' codec can't encode character '\u0100' in position 1: ordinal not in range(256)"
        );
        assert_eq!(
            ascii("\u{e9}\u{1f600}a\u{e9}").unwrap_err().to_string(),
            "'ascii' codec can't encode characters in position 0-1: ordinal not in range(128)"
        );
    }
}
