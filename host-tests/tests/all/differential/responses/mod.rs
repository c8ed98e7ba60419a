//! Raw responses, made systematically.

mod framing;
mod limits;
mod odd_bytes;

use super::case::{Act, Case, Step, pairs};

/// A raw response, and the request that it answers.
struct Raw {
    name: String,
    method: &'static str,
    upgrade: bool,
    bytes: String,
}

/// A case for each response: it is read, and then another request shows whether
/// the connection is still used. The server sends nothing after the response, so
/// that whoever waits for more sees the end.
pub(crate) fn cases() -> Vec<Case> {
    let mut raw = odd_bytes::all();
    raw.extend(framing::all());
    raw.extend(limits::all());
    raw.into_iter().map(Raw::case).collect()
}

impl Raw {
    fn new(name: impl Into<String>, bytes: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            method: "GET",
            upgrade: false,
            bytes: bytes.into(),
        }
    }

    fn case(self) -> Case {
        let headers: &[(&str, &str)] = match self.upgrade {
            true => &[("Upgrade", "x")],
            false => &[],
        };
        Case {
            name: format!("response/{}", self.name),
            steps: vec![
                Step::Request {
                    method: self.method.into(),
                    url: "/".into(),
                    body: None,
                    headers: pairs(headers),
                    encode_chunked: false,
                },
                Step::GetResponse,
                Step::Read(None),
                Step::get("/again"),
                Step::GetResponse,
                Step::Read(None),
            ],
            server: vec![vec![Act::Head, Act::send(&self.bytes), Act::End]],
        }
    }
}
