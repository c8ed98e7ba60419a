//! `ExtendedReadTest`, `ExtendedReadTestContentLengthKnown` and
//! `ExtendedReadTestChunked`: each test with a body of each framing.

use httplib_host_tests::{HttpError, Response};

use super::{Exchange, get};

const LINES: &str = "short\nand a longer line\r\n\nafter an empty one\nno end";

/// The body without a length, with one, and in chunks.
fn variants() -> [Exchange; 3] {
    let ends = [4, 5, 17, 40, LINES.len()];
    let starts = [0].into_iter().chain(ends);
    let chunks: String = starts
        .zip(ends)
        .map(|(start, end)| format!("{:x}\r\n{}\r\n", end - start, &LINES[start..end]))
        .collect();
    [
        format!("\r\n{LINES}"),
        format!("Content-Length: {}\r\n\r\n{LINES}", LINES.len()),
        format!("Transfer-Encoding: chunked\r\n\r\n{chunks}0\r\n\r\n"),
    ]
    .map(|rest| get(format!("HTTP/1.1 200 OK\r\n{rest}")))
}

/// Reads until there is nothing more, which has to be the end.
fn pieces(
    response: &Response,
    read: impl Fn() -> Result<Vec<u8>, HttpError>,
    check: impl Fn(&[u8]),
) {
    let mut all = Vec::new();
    loop {
        let piece = read().unwrap();
        if piece.is_empty() {
            break;
        }
        check(&piece);
        all.extend_from_slice(&piece);
    }
    assert_eq!(all, LINES.as_bytes());
    assert!(response.is_closed());
}

#[test]
fn peek() {
    for response in variants() {
        let peeked_and_read = || {
            let peeked = response.peek(None)?;
            // Again, which takes nothing away.
            assert_eq!(response.peek(None)?, peeked);
            assert_eq!(response.peek(Some(2))?, &peeked[..peeked.len().min(2)]);
            let read = response.read(Some(peeked.len().max(1) as u64))?;
            assert_eq!(read, peeked);
            Ok(read)
        };
        pieces(&response, peeked_and_read, |_| {});
    }
}

#[test]
fn readline() {
    for response in variants() {
        let check = |line: &[u8]| {
            let last = LINES.ends_with(str::from_utf8(line).unwrap());
            assert!(line.ends_with(b"\n") || line.len() == 5 || last, "{line:?}");
            assert!(line.len() <= 5);
            assert!(!line[..line.len() - 1].contains(&b'\n'));
        };
        pieces(&response, || response.readline(Some(5)), check);
    }
}

#[test]
fn readline_without_limit() {
    for response in variants() {
        for line in LINES.split_inclusive('\n') {
            assert_eq!(response.readline(None).unwrap(), line.as_bytes());
        }
        assert_eq!(response.readline(None).unwrap(), b"");
        assert!(response.is_closed());
    }
}

#[test]
fn read1() {
    for response in variants() {
        let check = |piece: &[u8]| assert!(piece.len() <= 4, "{piece:?}");
        pieces(&response, || response.read1(Some(4)), check);
    }
}

#[test]
fn read1_unbounded() {
    for response in variants() {
        pieces(&response, || response.read1(None), |_| {});
    }
}

#[test]
fn read1_bounded() {
    for response in variants() {
        let check = |piece: &[u8]| assert!(piece.len() <= 10, "{piece:?}");
        pieces(&response, || response.read1(Some(10)), check);
    }
}

#[test]
fn read1_0() {
    for response in variants() {
        assert_eq!(response.read1(Some(0)).unwrap(), b"");
        assert!(!response.is_closed());
        assert_eq!(response.read(None).unwrap(), LINES.as_bytes());
    }
}

#[test]
fn peek_0() {
    for response in variants() {
        // Nothing is asked for; the reference shows what it has all the same.
        assert_eq!(response.peek(Some(0)).unwrap(), b"");
        assert!(!response.is_closed());
        assert_eq!(response.read(None).unwrap(), LINES.as_bytes());
    }
}
