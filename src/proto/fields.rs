//! One header line after another: RFC 9112, section 5, read as leniently as the
//! reference reads it where that is safe.

use super::headers::Headers;
use super::line::{split_end, trim_start};
use crate::error::{Result, peer};
use crate::literal;
use crate::memory;
use alloc::format;
use alloc::vec::Vec;

/// Collects the lines of a header block or of trailers.
#[derive(Debug, Default)]
pub struct FieldLines {
    headers: Headers,
    /// The line end of the last field's line, in case a continuation follows:
    /// it then belongs to the value.
    pending: Option<&'static [u8]>,
    /// What httparse is given: a line and the end of a block.
    scratch: Vec<u8>,
}

/// What a line that is no field does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    /// It is passed over, unless it could have been meant to frame the body.
    Skip,
    /// It is passed over.
    Ignore,
}

impl FieldLines {
    /// Takes a line with its line end; the blank line is not for here.
    ///
    /// # Errors
    /// `http-exception` for a bare CR or NUL and for a malformed line that
    /// looks like framing, if `malformed` says so: reading on as if it were not
    /// there would change where the body ends.
    pub fn push(&mut self, line: &[u8], malformed: Malformed) -> Result<()> {
        let (content, end) = split_end(line);
        if malformed == Malformed::Skip
            && let Some(byte) = content.iter().find(|&&byte| matches!(byte, b'\r' | 0))
        {
            return Err(peer::malformed(format!(
                "header line with a bare {}: {}",
                if *byte == 0 { "NUL" } else { "CR" },
                literal::excerpt(line, literal::bytes)
            )));
        }
        if let [b' ' | b'\t', ..] = content {
            return self.fold(content, end);
        }
        if content.starts_with(b"From ") {
            self.pending = None;
            return Ok(());
        }
        let name = self.name_length(content)?;
        self.pending = None;
        match name {
            Some(length) => {
                self.headers
                    .push(&content[..length], trim_start(&content[length + 1..]))?;
                self.pending = Some(end);
                Ok(())
            }
            None if malformed == Malformed::Skip && looks_like_framing(content) => {
                Err(peer::malformed(format!(
                    "malformed header line: {}",
                    literal::excerpt(line, literal::bytes)
                )))
            }
            None => Ok(()),
        }
    }

    /// A continuation line (obs-fold): line break and white space stay in the
    /// value, as in the reference.
    fn fold(&mut self, content: &[u8], end: &'static [u8]) -> Result<()> {
        // Without one it continues a line that was passed over.
        if let Some(pending) = self.pending {
            self.headers.extend_last([pending, content])?;
            self.pending = Some(end);
        }
        Ok(())
    }

    /// The length of the field name, or `None` if the line is no field.
    fn name_length(&mut self, content: &[u8]) -> Result<Option<usize>> {
        self.scratch.clear();
        memory::reserve(&mut self.scratch, content.len() + 4)?;
        self.scratch.extend_from_slice(content);
        self.scratch.extend_from_slice(b"\r\n\r\n");
        let mut field = [httparse::EMPTY_HEADER];
        if let Ok(httparse::Status::Complete((_, [field]))) =
            httparse::parse_headers(&self.scratch, &mut field)
        {
            return Ok(Some(field.name.len()));
        }
        // The reference takes any visible character in a name and any byte in
        // a value.
        let colon = content.iter().position(|&byte| byte == b':');
        Ok(colon.filter(|&colon| {
            let name = &content[..colon];
            !name.is_empty() && name.iter().all(u8::is_ascii_graphic)
        }))
    }

    /// The fields so far.
    pub fn finish(self) -> Headers {
        self.headers
    }
}

/// Whether the name of a malformed line, control characters and spaces taken
/// away, is one that decides where the body ends.
fn looks_like_framing(content: &[u8]) -> bool {
    let name = content
        .split(|&byte| byte == b':')
        .next()
        .unwrap_or(content);
    let is = |wanted: &[u8]| {
        let visible = name.iter().filter(|byte| byte.is_ascii_graphic());
        visible
            .map(u8::to_ascii_lowercase)
            .eq(wanted.iter().copied())
    };
    is(b"content-length") || is(b"transfer-encoding")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, Peer};

    fn parse(lines: &[&[u8]]) -> Result<Vec<(Vec<u8>, Vec<u8>)>> {
        let mut fields = FieldLines::default();
        for line in lines {
            fields.push(line, Malformed::Skip)?;
        }
        let headers = fields.finish();
        Ok(headers.iter().map(|(n, v)| (n.into(), v.into())).collect())
    }

    #[track_caller]
    fn check(lines: &[&[u8]], expected: &[(&[u8], &[u8])]) {
        let expected: Vec<_> = expected
            .iter()
            .map(|(n, v)| (n.to_vec(), v.to_vec()))
            .collect();
        assert_eq!(parse(lines).unwrap(), expected);
    }

    #[test]
    fn leading_blanks_go_and_trailing_ones_stay() {
        check(
            &[b"A: \t 1 \t\r\n", b"b:2\n"],
            &[(b"A", b"1 \t"), (b"b", b"2")],
        );
    }

    #[test]
    fn continuation_keeps_its_line_break() {
        check(
            &[b"A: 1\r\n", b" 2\r\n", b"\t3\r\n"],
            &[(b"A", b"1\r\n 2\r\n\t3")],
        );
    }

    #[test]
    fn malformed_line_is_skipped_with_its_continuation() {
        check(
            &[
                b"no colon\r\n",
                b" more\r\n",
                b": v\r\n",
                b"b c: v\r\n",
                b"A: 1\r\n",
            ],
            &[(b"A", b"1")],
        );
    }

    #[test]
    fn leading_continuation_and_mailbox_line_are_skipped() {
        check(&[b" x\r\n", b"From me\r\n", b"A: 1\r\n"], &[(b"A", b"1")]);
    }

    #[test]
    fn every_visible_character_is_a_name_and_every_byte_a_value() {
        check(
            &[b"(a)/b\": \x01\x0b\x7f\xff\r\n"],
            &[(b"(a)/b\"", b"\x01\x0b\x7f\xff")],
        );
    }

    #[test]
    fn bare_cr_nul_and_disguised_framing_are_errors() {
        for line in [
            &b"A: 1\rB: 2\r\n"[..],
            b"A: 1\r\r\n",
            b"A: \0\r\n",
            b"Content-Length : 3\r\n",
            b"Content-\x01Length: 3\r\n",
            b"Transfer-Encoding\t: chunked\r\n",
        ] {
            let error = parse(&[line]).unwrap_err();
            assert!(matches!(error, Error::Peer(Peer::Malformed(_))), "{error}");
        }
    }
}
