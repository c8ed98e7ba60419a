//! What is done on both sides: calls of a client, and a server's part in them.

use serde_json::{Value, json};

/// A named script for a client, and one for the server.
pub(crate) struct Case {
    /// Its place in the tables, `/` between the parts.
    pub(crate) name: String,
    pub(crate) steps: Vec<Step>,
    /// What the server does, by connection. Connections beyond these get the
    /// usual answer to every request.
    pub(crate) server: Vec<Vec<Act>>,
}

/// A call of the client. One that is new here needs an arm in [`Step::to_json`]
/// and in `component.rs`, and a method in `reference.py`.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// A connection that is not used any further.
    NewConnection(String, Option<u16>),
    /// In nanoseconds.
    SetTimeout(u64),
    Request {
        method: String,
        url: String,
        body: Option<Content>,
        headers: Vec<(String, String)>,
        encode_chunked: bool,
    },
    PutRequest {
        method: String,
        url: String,
        skip_host: bool,
        skip_accept_encoding: bool,
    },
    PutHeader(String, Vec<String>),
    EndHeaders(Option<Content>, bool),
    Send(Vec<u8>),
    Connect,
    Close,
    /// Its response is the one that the calls below are for.
    GetResponse,
    /// Goes back to an earlier response, by its number.
    ChooseResponse(usize),
    GetHeader(String, Option<String>),
    Read(Option<u64>),
    Read1(Option<u64>),
    CloseResponse,
}

/// The body of a request.
#[derive(Clone, Debug)]
pub(crate) enum Content {
    Bytes(Vec<u8>),
    Text(String),
    Chunks(Vec<Vec<u8>>),
}

/// What a server does on one connection, one after the other. After the last one
/// it reads what still comes.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Reads up to a blank line.
    Head,
    /// Reads so many bytes.
    Bytes(usize),
    Send(Vec<u8>),
    /// Sends no more.
    End,
    Reset,
}

impl Step {
    /// A request without anything special.
    pub(crate) fn get(url: &str) -> Self {
        Self::request("GET", url, None, &[])
    }

    pub(crate) fn request(
        method: &str,
        url: &str,
        body: Option<Content>,
        headers: &[(&str, &str)],
    ) -> Self {
        Self::Request {
            method: method.into(),
            url: url.into(),
            body,
            headers: pairs(headers),
            encode_chunked: false,
        }
    }

    pub(crate) fn put_request(method: &str, url: &str) -> Self {
        Self::PutRequest {
            method: method.into(),
            url: url.into(),
            skip_host: false,
            skip_accept_encoding: false,
        }
    }

    pub(crate) fn put_header(name: &str, values: &[&str]) -> Self {
        let values = values.iter().map(|&value| value.into()).collect();
        Self::PutHeader(name.into(), values)
    }

    pub(crate) fn end_headers() -> Self {
        Self::EndHeaders(None, false)
    }

    /// The name of the call in Python, and in the contract.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::NewConnection(..) => "new-connection",
            Self::SetTimeout(_) => "set-timeout",
            Self::Request { .. } => "request",
            Self::PutRequest { .. } => "put-request",
            Self::PutHeader(..) => "put-header",
            Self::EndHeaders(..) => "end-headers",
            Self::Send(_) => "send",
            Self::Connect => "connect",
            Self::Close => "close",
            Self::GetResponse => "get-response",
            Self::ChooseResponse(_) => "choose-response",
            Self::GetHeader(..) => "get-header",
            Self::Read(_) => "read",
            Self::Read1(_) => "read1",
            Self::CloseResponse => "close-response",
        }
    }

    /// The call for `reference.py`: name, arguments.
    pub(crate) fn to_json(&self) -> Value {
        let name = self.name();
        match self {
            Self::NewConnection(host, port) => json!([name, host, port]),
            Self::SetTimeout(nanoseconds) => json!([name, nanoseconds]),
            Self::Request {
                method,
                url,
                body,
                headers,
                encode_chunked,
            } => {
                let body = body.as_ref().map(Content::to_json);
                json!([name, method, url, body, headers, encode_chunked])
            }
            Self::PutRequest {
                method,
                url,
                skip_host,
                skip_accept_encoding,
            } => json!([name, method, url, skip_host, skip_accept_encoding]),
            Self::PutHeader(header, values) => json!([name, header, values]),
            Self::EndHeaders(body, encode_chunked) => {
                json!([name, body.as_ref().map(Content::to_json), encode_chunked])
            }
            Self::Send(data) => json!([name, latin1(data)]),
            Self::ChooseResponse(index) => json!([name, index]),
            Self::GetHeader(header, default) => json!([name, header, default]),
            Self::Read(amount) | Self::Read1(amount) => json!([name, amount]),
            Self::Connect | Self::Close | Self::GetResponse | Self::CloseResponse => json!([name]),
        }
    }
}

impl Content {
    fn to_json(&self) -> Value {
        match self {
            Self::Bytes(bytes) => json!(["bytes", latin1(bytes)]),
            Self::Text(text) => json!(["text", text]),
            Self::Chunks(items) => {
                let items: Vec<String> = items.iter().map(|item| latin1(item)).collect();
                json!(["chunks", items])
            }
        }
    }
}

impl Act {
    /// Sends text whose characters are bytes.
    pub(crate) fn send(text: &str) -> Self {
        Self::Send(bytes(text))
    }
}

pub(crate) fn pairs(headers: &[(&str, &str)]) -> Vec<(String, String)> {
    let own = |&(name, value): &(&str, &str)| (name.into(), value.into());
    headers.iter().map(own).collect()
}

/// The text of these bytes.
pub(crate) fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

/// The bytes of this text.
pub(crate) fn bytes(latin1: &str) -> Vec<u8> {
    latin1
        .chars()
        .map(|char| u8::try_from(u32::from(char)).unwrap())
        .collect()
}
