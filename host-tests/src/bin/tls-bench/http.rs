//! The least HTTP that the clients need: `GET /N` is answered with a body of N
//! bytes, and the body of a POST is dropped.

use std::io::{BufRead, BufReader, ErrorKind, Read, Result, Write};

/// How much of a body passes at once.
pub(crate) const PIECE: usize = 64 * 1024;

/// A request or response: the first line, and the length of the body.
pub(crate) struct Head {
    pub(crate) start: String,
    pub(crate) length: u64,
}

impl Head {
    /// The next one; none at the end of the connection.
    pub(crate) fn read(stream: &mut impl BufRead) -> Result<Option<Self>> {
        let mut start = String::new();
        if stream.read_line(&mut start)? == 0 {
            return Ok(None);
        }
        let mut length = 0;
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line)? == 0 {
                return Err(ErrorKind::UnexpectedEof.into());
            }
            match line.trim_end().split_once(": ") {
                Some((name, value)) if name.eq_ignore_ascii_case("Content-Length") => {
                    length = value.parse().map_err(std::io::Error::other)?;
                }
                Some(_) => {}
                None => return Ok(Some(Self { start, length })),
            }
        }
    }
}

/// Answers requests until the client closes.
pub(crate) fn all<S: Read + Write>(stream: &mut BufReader<S>) -> Result<()> {
    while let Some(Head { start, length }) = Head::read(stream)? {
        let mut words = start.split(' ');
        if words.next() == Some("GET") {
            let path = words.next().unwrap_or_default();
            let length = path[1..].parse().map_err(std::io::Error::other)?;
            write!(
                stream.get_mut(),
                "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n"
            )?;
            send(stream.get_mut(), length)?;
        } else {
            drop_body(stream, length)?;
            let head = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
            stream.get_mut().write_all(head)?;
        }
        stream.get_mut().flush()?;
    }
    Ok(())
}

/// Sends a body of zeros.
pub(crate) fn send(stream: &mut impl Write, mut length: u64) -> Result<()> {
    let piece = [0; PIECE];
    while length > 0 {
        let count = length.min(PIECE as u64);
        stream.write_all(&piece[..count as usize])?;
        length -= count;
    }
    Ok(())
}

/// Reads a body without keeping it.
pub(crate) fn drop_body(stream: &mut impl Read, mut length: u64) -> Result<()> {
    let mut piece = [0; PIECE];
    while length > 0 {
        let most = length.min(PIECE as u64);
        match stream.read(&mut piece[..most as usize])? {
            0 => return Err(ErrorKind::UnexpectedEof.into()),
            count => length -= count as u64,
        }
    }
    Ok(())
}
