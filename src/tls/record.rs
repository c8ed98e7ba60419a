//! The outside of records (RFC 8446, section 5.1).

/// The largest plaintext of a record.
pub(crate) const MAX_PLAINTEXT: usize = 1 << 14;
/// What a record adds to its plaintext at most: header, explicit nonce, inner
/// type, tag.
pub(crate) const OVERHEAD: usize = HEADER + 8 + 1 + 16;

const HEADER: usize = 5;

/// The length of the record that `bytes` begin with, if they hold all of it.
pub(crate) fn whole(bytes: &[u8]) -> Option<usize> {
    let (header, content) = bytes.split_at_checked(HEADER)?;
    let length = usize::from(u16::from_be_bytes([header[3], header[4]]));
    (content.len() >= length).then_some(HEADER + length)
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn record_is_whole_from_its_last_byte_on() {
        let record = [&[23, 3, 3, 1, 2][..], &[0; 300]].concat();
        for (length, expected) in [(0, None), (4, None), (262, None), (263, Some(263))] {
            assert_eq!(whole(&record[..length]), expected, "{length}");
        }
        assert_eq!(whole(&record), Some(263));
        assert_eq!(whole(&[23, 3, 3, 0, 0]), Some(5));
    }
}
