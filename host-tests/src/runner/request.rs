//! What is sent: method, headers and body.

use std::fs::{self, File};
use std::io::{self, Cursor, Read};
use std::path::Path;

use httplib_host_tests::{Body, Connection, ErrorKind, HttpError};

use super::args::Args;
use super::failure::Failure;
use super::progress::Progress;
use super::target::Target;

/// How much of a body is given to the component at once: enough to make the
/// calls cheap, little in its memory.
const PIECE: usize = 256 * 1024;

/// Room for the size line before a chunk and the line end after it.
const CHUNK_HEAD: usize = 16;
const CHUNK_TAIL: usize = 2;

/// A request, ready to be sent.
pub(crate) struct Request {
    method: String,
    headers: Vec<Header>,
    body: Source,
}

/// `None` as the value: the header is left out.
struct Header {
    name: String,
    value: Option<String>,
}

enum Source {
    Absent,
    /// Small enough to leave together with the head.
    Whole(Vec<u8>),
    /// Of this length, or chunked.
    Stream(Box<dyn Read>, Option<u64>),
}

impl Request {
    pub(crate) fn new(args: &Args) -> Result<Self, Failure> {
        let headers = args
            .headers
            .iter()
            .map(|line| Header::parse(line))
            .collect::<Result<Vec<_>, _>>()?;
        let (default_method, body) = match &args.upload {
            Some(path) => ("PUT", Source::file(path)?),
            None if !args.data.is_empty() => ("POST", Source::form(&args.data)?),
            None if args.head => ("HEAD", Source::Absent),
            None => ("GET", Source::Absent),
        };
        let method = args.method.as_deref().unwrap_or(default_method).to_owned();
        let mut request = Self {
            method,
            headers,
            body,
        };
        request.add_defaults(!args.data.is_empty());
        Ok(request)
    }

    /// Sends everything. If the server closed while the body was being sent it
    /// may still have answered: then this succeeds, and the error is returned in
    /// case that there is no response after all.
    pub(crate) fn send(
        self,
        connection: &Connection,
        target: &Target,
        args: &Args,
    ) -> Result<Option<HttpError>, Failure> {
        let failed = |error| Failure::of(&error, &target.name());
        let skip = |name| self.headers.iter().any(|header| header.is(name));
        connection
            .put_request_skipping(
                &self.method,
                &target.path,
                skip("Host"),
                skip("Accept-Encoding"),
            )
            .map_err(failed)?;
        for header in &self.headers {
            if let Some(value) = &header.value {
                connection
                    .put_header(&header.name, &[value])
                    .map_err(failed)?;
            }
        }
        let sent = match self.body {
            Source::Absent => connection.end_headers(None, false),
            Source::Whole(data) => connection.end_headers(Some(Body::Bytes(&data)), false),
            Source::Stream(reader, length) => {
                let progress = Progress::new("sent", length, args.verbose);
                match connection.end_headers(None, false) {
                    Ok(()) => stream(connection, reader, length, progress)?,
                    Err(error) => Err(error),
                }
            }
        };
        match sent {
            Ok(()) => Ok(None),
            Err(error) if is_hang_up(&error) => Ok(Some(error)),
            Err(error) => Err(failed(error)),
        }
    }

    fn add_defaults(&mut self, form: bool) {
        if self.find("Transfer-Encoding").is_some()
            && let Source::Stream(_, length) = &mut self.body
        {
            *length = None;
        }
        let length = match &self.body {
            Source::Whole(data) => Some(data.len() as u64),
            Source::Stream(_, length) => *length,
            Source::Absent => matches!(self.method.as_str(), "PATCH" | "POST" | "PUT").then_some(0),
        };
        self.add_default("User-Agent", concat!("httplib/", env!("CARGO_PKG_VERSION")));
        self.add_default("Accept", "*/*");
        match length {
            Some(length) if self.find("Transfer-Encoding").is_none() => {
                self.add_default("Content-Length", &length.to_string());
            }
            None if matches!(self.body, Source::Stream(..)) => {
                self.add_default("Transfer-Encoding", "chunked");
            }
            _ => {}
        }
        if form {
            self.add_default("Content-Type", "application/x-www-form-urlencoded");
        }
    }

    fn add_default(&mut self, name: &str, value: &str) {
        if self.find(name).is_none() {
            self.headers.push(Header {
                name: name.to_owned(),
                value: Some(value.to_owned()),
            });
        }
    }

    fn find(&self, name: &str) -> Option<&Header> {
        self.headers.iter().find(|header| header.is(name))
    }
}

impl Header {
    /// `Name: value`, `Name:` (left out) or `Name;` (empty).
    fn parse(line: &str) -> Result<Self, Failure> {
        let (name, value) = match (line.split_once(':'), line.strip_suffix(';')) {
            (Some((name, value)), _) if value.trim().is_empty() => (name, None),
            (Some((name, value)), _) => (name, Some(as_latin1(value.trim()))),
            (None, Some(name)) => (name, Some(String::new())),
            (None, None) => {
                let message = format!("{line:?} is not a header: there is no colon");
                return Err(Failure::new(Failure::USAGE, message));
            }
        };
        Ok(Self {
            name: as_latin1(name),
            value,
        })
    }

    fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

impl Source {
    /// Joins the parts of a form, and reads those that are in files as curl
    /// does: without line ends and NUL.
    fn form(parts: &[String]) -> Result<Self, Failure> {
        let mut form = Vec::new();
        for (index, part) in parts.iter().enumerate() {
            if index > 0 {
                form.push(b'&');
            }
            match part.strip_prefix('@') {
                Some(path) => {
                    let mut data = read_whole(path).map_err(|error| read_failure(path, &error))?;
                    data.retain(|byte| !matches!(byte, b'\r' | b'\n' | 0));
                    form.append(&mut data);
                }
                None => form.extend_from_slice(part.as_bytes()),
            }
        }
        Ok(match form.len() {
            0..=PIECE => Self::Whole(form),
            length => Self::Stream(Box::new(Cursor::new(form)), Some(length as u64)),
        })
    }

    fn file(path: &Path) -> Result<Self, Failure> {
        if path.as_os_str() == "-" {
            return Ok(Self::Stream(Box::new(io::stdin()), None));
        }
        let failed = |error| read_failure(&path.display().to_string(), &error);
        let file = File::open(path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        if metadata.is_dir() {
            return Err(failed(io::ErrorKind::IsADirectory.into()));
        }
        // The length of a pipe is not known.
        let length = metadata.is_file().then_some(metadata.len());
        Ok(Self::Stream(Box::new(file), length))
    }
}

/// Sends a body piece by piece. The outer error is of reading it, the inner one
/// of sending it.
fn stream(
    connection: &Connection,
    mut reader: Box<dyn Read>,
    length: Option<u64>,
    mut progress: Progress,
) -> Result<Result<(), HttpError>, Failure> {
    let failed = |error: io::Error| read_failure("the body", &error);
    let mut buffer = vec![0; CHUNK_HEAD + PIECE + CHUNK_TAIL];
    loop {
        let room = length.map_or(PIECE as u64, |length| length - progress.done());
        let room = usize::try_from(room).map_or(PIECE, |room| room.min(PIECE));
        let got = read_full(&mut reader, &mut buffer[CHUNK_HEAD..][..room]).map_err(failed)?;
        let sent = match length {
            Some(_) if got == 0 && room > 0 => {
                return Err(failed(io::Error::other(
                    "the file became shorter meanwhile",
                )));
            }
            Some(_) => connection.send(&buffer[CHUNK_HEAD..][..got]),
            None => connection.send(frame_chunk(&mut buffer, got)),
        };
        if let Err(error) = sent {
            return Ok(Err(error));
        }
        progress.advance(got);
        if got == 0 || length == Some(progress.done()) {
            return Ok(Ok(()));
        }
    }
}

/// Puts the size line and the line end around the piece in the buffer; an empty
/// piece becomes the end of the body.
fn frame_chunk(buffer: &mut [u8], length: usize) -> &[u8] {
    let size_line = format!("{length:x}\r\n");
    let begin = CHUNK_HEAD - size_line.len();
    let end = CHUNK_HEAD + length;
    buffer[begin..CHUNK_HEAD].copy_from_slice(size_line.as_bytes());
    buffer[end..end + CHUNK_TAIL].copy_from_slice(b"\r\n");
    &buffer[begin..end + CHUNK_TAIL]
}

/// Reads until the buffer is full or the input ends.
fn read_full(reader: &mut dyn Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

fn read_whole(path: &str) -> io::Result<Vec<u8>> {
    if path != "-" {
        return fs::read(path);
    }
    let mut data = Vec::new();
    io::stdin().read_to_end(&mut data)?;
    Ok(data)
}

fn read_failure(name: &str, error: &io::Error) -> Failure {
    Failure::new(Failure::READ, format!("could not read {name}: {error}"))
}

fn is_hang_up(error: &HttpError) -> bool {
    matches!(
        error.kind,
        ErrorKind::BrokenPipe | ErrorKind::ConnectionReset
    )
}

/// The bytes of the text, one character for each: so the component sends them
/// as they were typed.
fn as_latin1(text: &str) -> String {
    text.bytes().map(char::from).collect()
}
