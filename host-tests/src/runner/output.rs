//! Where the response goes.

use std::fs::File;
use std::io::{self, ErrorKind, IsTerminal, Write};

use httplib_host_tests::Response;

use super::args::Args;
use super::failure::Failure;

/// A file or the standard output.
pub(crate) struct Output {
    sink: Box<dyn Write>,
    name: String,
}

impl Output {
    pub(crate) fn open(args: &Args) -> Result<Self, Failure> {
        let Some(path) = args.output.as_ref().filter(|path| path.as_os_str() != "-") else {
            return Ok(Self {
                sink: standard_output(),
                name: "the standard output".to_owned(),
            });
        };
        let name = path.display().to_string();
        match File::create(path) {
            Ok(file) => Ok(Self {
                sink: Box::new(file),
                name,
            }),
            Err(error) => Err(write_failure(&name, &error)),
        }
    }

    /// Whether what is written will be seen at once.
    pub(crate) fn is_seen(args: &Args) -> bool {
        args.output
            .as_ref()
            .is_none_or(|path| path.as_os_str() == "-")
            && io::stdout().is_terminal()
    }

    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.sink
            .write_all(bytes)
            .map_err(|error| write_failure(&self.name, &error))
    }

    /// The head of a response as it came; its text is Latin-1.
    pub(crate) fn write_head(&mut self, response: &Response) -> Result<(), Failure> {
        let version = match response.version() {
            9 => "0.9",
            10 => "1.0",
            _ => "1.1",
        };
        let mut head = format!(
            "HTTP/{version} {} {}\r\n",
            response.status(),
            response.reason()
        );
        for (name, value) in response.get_headers() {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        let bytes: Vec<u8> = head.chars().map(|character| character as u8).collect();
        self.write(&bytes)
    }

    pub(crate) fn finish(mut self) -> Result<(), Failure> {
        self.sink
            .flush()
            .map_err(|error| write_failure(&self.name, &error))
    }
}

fn write_failure(name: &str, error: &io::Error) -> Failure {
    match error.kind() {
        ErrorKind::BrokenPipe => Failure::quiet(Failure::WRITE),
        _ => Failure::new(
            Failure::WRITE,
            format!("could not write to {name}: {error}"),
        ),
    }
}

/// The standard output without the line buffer of `std`, which would look for
/// line ends in the body and copy its tails.
#[cfg(unix)]
fn standard_output() -> Box<dyn Write> {
    use std::os::fd::AsFd;
    match io::stdout().as_fd().try_clone_to_owned() {
        Ok(descriptor) => Box::new(File::from(descriptor)),
        Err(_) => Box::new(io::stdout()),
    }
}

#[cfg(not(unix))]
fn standard_output() -> Box<dyn Write> {
    Box::new(io::stdout())
}
