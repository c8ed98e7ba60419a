//! ECDSA signatures: the ASN.1 form of TLS and X.509 (RFC 3279, section 2.2.3)
//! and the fixed-length form of the curve crates, r followed by s, both
//! big-endian.

use alloc::vec::Vec;
use der::asn1::UintRef;
use der::{Decode, Encode, Reader, SliceReader};

/// The fixed-length form, `N` bytes in all; `None` if the signature is not DER
/// or a number is too long.
pub(crate) fn fixed_from_der<const N: usize>(signature: &[u8]) -> Option<[u8; N]> {
    let mut reader = SliceReader::new(signature).ok()?;
    let numbers =
        reader.sequence(|seq| Ok::<_, der::Error>([UintRef::decode(seq)?, UintRef::decode(seq)?]));
    let numbers = numbers.ok()?;
    reader.finish().ok()?;

    let mut fixed = [0; N];
    for (half, number) in fixed.chunks_exact_mut(N / 2).zip(numbers) {
        let digits = number.as_bytes();
        let start = half.len().checked_sub(digits.len())?;
        half[start..].copy_from_slice(digits);
    }
    Some(fixed)
}

/// The ASN.1 form of a fixed-length signature.
pub(crate) fn der_from_fixed(signature: &[u8]) -> der::Result<Vec<u8>> {
    let (r, s) = signature.split_at(signature.len() / 2);
    alloc::vec![UintRef::new(r)?, UintRef::new(s)?].to_der()
}
