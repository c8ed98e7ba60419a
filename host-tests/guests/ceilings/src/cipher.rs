//! The ciphers as the component uses them: records in place, with the header as
//! associated data.

use httplib_aead::{Aead, Aes128Gcm, Aes256Gcm, ChaCha20Poly1305, Failed};

/// The plaintext of a full record (RFC 8446, section 5.1).
const RECORD: usize = 1 << 14;
/// The header of a record.
const HEADER: [u8; 5] = [23, 3, 3, 64, 17];

/// Seals a record and opens it again, until so many bytes were sealed.
pub(crate) fn seal_and_open(name: &str, bytes: u64) -> Result<(), String> {
    let done = match name {
        "CHACHA20_POLY1305" => repeat::<ChaCha20Poly1305>(bytes),
        "AES_128_GCM" => repeat::<Aes128Gcm>(bytes),
        "AES_256_GCM" => repeat::<Aes256Gcm>(bytes),
        _ => return Err(format!("there is no cipher {name}")),
    };
    done.map_err(|Failed| format!("{name} does not open what it has sealed"))
}

fn repeat<A: Aead>(bytes: u64) -> Result<(), Failed> {
    let cipher = A::new(&[1; 32][..A::KEY]);
    let mut record = vec![7; RECORD];
    for number in 0..bytes / RECORD as u64 {
        let mut nonce = [0; 12];
        nonce[4..].copy_from_slice(&number.to_be_bytes());
        let tag = cipher.seal(nonce, &HEADER, &mut record)?;
        cipher.open(nonce, &HEADER, &mut record, tag)?;
    }
    match record.iter().all(|&byte| byte == 7) {
        true => Ok(()),
        false => Err(Failed),
    }
}
