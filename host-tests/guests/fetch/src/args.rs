//! The command line, named as curl names it.

use lexopt::prelude::{Long, Short, Value, ValueExt};
use url::Url;

const USAGE: &str = "usage: fetch [-X METHOD] [-H LINE] [-d DATA|@FILE] [-T FILE] [-o FILE] \
                     [-i] [-I] [-v] [-k] [--cacert FILE] [--connect-timeout SECONDS] \
                     [-m SECONDS] URL";

/// What is asked for. Times are in nanoseconds.
#[derive(Default)]
pub(crate) struct Args {
    pub(crate) url: String,
    method: Option<String>,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) data: Option<Vec<u8>>,
    pub(crate) upload: Option<String>,
    pub(crate) output: Option<String>,
    pub(crate) include: bool,
    pub(crate) head: bool,
    pub(crate) verbose: bool,
    pub(crate) insecure: bool,
    pub(crate) cacert: Option<String>,
    pub(crate) connect_timeout: Option<u64>,
    pub(crate) max_time: Option<u64>,
}

/// A URL, taken apart.
pub(crate) struct Target {
    pub(crate) https: bool,
    pub(crate) host: String,
    pub(crate) port: Option<u16>,
    pub(crate) path: String,
}

impl Args {
    pub(crate) fn parse() -> Result<Self, String> {
        Self::read(&mut lexopt::Parser::from_env()).map_err(|error| format!("{error}; {USAGE}"))
    }

    fn read(parser: &mut lexopt::Parser) -> Result<Self, lexopt::Error> {
        let mut args = Self::default();
        while let Some(argument) = parser.next()? {
            match argument {
                Value(url) if args.url.is_empty() => args.url = url.string()?,
                Short('X') | Long("request") => args.method = Some(parser.value()?.string()?),
                Short('H') | Long("header") => {
                    args.headers.push(header(&parser.value()?.string()?)?)
                }
                Short('d') | Long("data") => args.data = Some(data(&parser.value()?.string()?)?),
                Short('T') | Long("upload-file") => args.upload = Some(parser.value()?.string()?),
                Short('o') | Long("output") => args.output = Some(parser.value()?.string()?),
                Short('i') | Long("include") => args.include = true,
                Short('I') | Long("head") => args.head = true,
                Short('v') | Long("verbose") => args.verbose = true,
                Short('k') | Long("insecure") => args.insecure = true,
                Long("cacert") => args.cacert = Some(parser.value()?.string()?),
                Long("connect-timeout") => args.connect_timeout = time(parser)?,
                Short('m') | Long("max-time") => args.max_time = time(parser)?,
                other => return Err(other.unexpected()),
            }
        }
        match args.url.is_empty() {
            true => Err("there is no URL".into()),
            false => Ok(args),
        }
    }

    /// The method: what is asked for, or what the other options imply.
    pub(crate) fn method(&self) -> &str {
        match &self.method {
            Some(method) => method,
            None if self.upload.is_some() => "PUT",
            None if self.data.is_some() => "POST",
            None if self.head => "HEAD",
            None => "GET",
        }
    }
}

impl Target {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|error| format!("bad URL {text:?}: {error}"))?;
        let https = match url.scheme() {
            "http" => false,
            "https" => true,
            other => return Err(format!("cannot fetch {other}: URLs, only http: and https:")),
        };
        let host = url
            .host_str()
            .ok_or_else(|| format!("bad URL {text:?}: there is no host"))?;
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        Ok(Self {
            https,
            host: host.to_owned(),
            port: url.port(),
            path,
        })
    }
}

fn header(line: &str) -> Result<(String, String), lexopt::Error> {
    let (name, value) = line.split_once(':').ok_or("a header has no colon")?;
    Ok((name.to_owned(), value.trim().to_owned()))
}

fn data(text: &str) -> Result<Vec<u8>, lexopt::Error> {
    match text.strip_prefix('@') {
        None => Ok(text.as_bytes().to_vec()),
        Some(path) => {
            let mut data = std::fs::read(path).map_err(|error| format!("{path}: {error}"))?;
            // As curl does.
            data.retain(|byte| !matches!(byte, b'\r' | b'\n' | 0));
            Ok(data)
        }
    }
}

/// As in curl, zero is no limit.
fn time(parser: &mut lexopt::Parser) -> Result<Option<u64>, lexopt::Error> {
    let seconds: f64 = parser.value()?.parse()?;
    match seconds >= 0.0 {
        true => Ok((seconds > 0.0).then_some((seconds * 1e9) as u64)),
        false => Err("not a time that can pass".into()),
    }
}
