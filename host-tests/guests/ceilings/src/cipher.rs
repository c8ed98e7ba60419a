//! The ciphers as the component uses them: records in place, with the header as
//! associated data.

use aes_gcm::aead::consts::{U12, U16};
use aes_gcm::{AeadInOut, Aes128Gcm, Aes256Gcm, Error, KeyInit};

/// The plaintext of a full record (RFC 8446, section 5.1).
const RECORD: usize = 1 << 14;
/// The header of a record.
const HEADER: [u8; 5] = [23, 3, 3, 64, 17];

/// Seals a record and opens it again, until so many bytes were sealed.
pub(crate) fn seal_and_open(name: &str, bytes: u64) -> Result<(), String> {
    let done = match name {
        "CHACHA20_POLY1305" => repeat(bytes, chacha20_poly1305),
        "AES_128_GCM" => {
            let cipher = Aes128Gcm::new(&[1; 16].into());
            repeat(bytes, |nonce, record| aes_gcm(&cipher, nonce, record))
        }
        "AES_256_GCM" => {
            let cipher = Aes256Gcm::new(&[1; 32].into());
            repeat(bytes, |nonce, record| aes_gcm(&cipher, nonce, record))
        }
        _ => return Err(format!("there is no cipher {name}")),
    };
    done.map_err(|_| format!("{name} does not open what it has sealed"))
}

fn repeat(
    bytes: u64,
    mut seal_and_open: impl FnMut([u8; 12], &mut [u8]) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut record = vec![7; RECORD];
    for number in 0..bytes / RECORD as u64 {
        let mut nonce = [0; 12];
        nonce[4..].copy_from_slice(&number.to_be_bytes());
        seal_and_open(nonce, &mut record)?;
    }
    match record.iter().all(|&byte| byte == 7) {
        true => Ok(()),
        false => Err(Error),
    }
}

/// libcrux works from one buffer into another.
fn chacha20_poly1305(nonce: [u8; 12], record: &mut [u8]) -> Result<(), Error> {
    use libcrux_chacha20poly1305::{decrypt_detached, encrypt_detached};
    const KEY: [u8; 32] = [1; 32];
    let mut tag = [0; 16];
    let plain = record.to_vec();
    encrypt_detached(&KEY, &plain, record, &mut tag, &HEADER, &nonce).map_err(|_| Error)?;
    let sealed = record.to_vec();
    decrypt_detached(&KEY, record, &sealed, &tag, &HEADER, &nonce)
        .map(drop)
        .map_err(|_| Error)
}

fn aes_gcm<C>(cipher: &C, nonce: [u8; 12], record: &mut [u8]) -> Result<(), Error>
where
    C: AeadInOut<NonceSize = U12, TagSize = U16>,
{
    let nonce = nonce.into();
    let tag = cipher.encrypt_inout_detached(&nonce, &HEADER, (&mut *record).into())?;
    cipher.decrypt_inout_detached(&nonce, &HEADER, record.into(), &tag)
}
