//! The component's side: performs the steps of a case.

use std::time::Duration;

use httplib_host_tests::{Body, Connection, ErrorKind, Host, HttpError, Response};
use serde_json::{Value, json};

use super::case::{Content, Step, latin1};
use super::outcome::Fields;
use crate::servers::PATIENCE;

/// The classes, with their names in Python.
const CLASSES: [(ErrorKind, &str); 31] = [
    (ErrorKind::HttpException, "HTTPException"),
    (ErrorKind::NotConnected, "NotConnected"),
    (ErrorKind::InvalidUrl, "InvalidURL"),
    (ErrorKind::UnknownProtocol, "UnknownProtocol"),
    (
        ErrorKind::UnknownTransferEncoding,
        "UnknownTransferEncoding",
    ),
    (ErrorKind::UnimplementedFileMode, "UnimplementedFileMode"),
    (ErrorKind::IncompleteRead, "IncompleteRead"),
    (
        ErrorKind::ImproperConnectionState,
        "ImproperConnectionState",
    ),
    (ErrorKind::CannotSendRequest, "CannotSendRequest"),
    (ErrorKind::CannotSendHeader, "CannotSendHeader"),
    (ErrorKind::ResponseNotReady, "ResponseNotReady"),
    (ErrorKind::BadStatusLine, "BadStatusLine"),
    (ErrorKind::RemoteDisconnected, "RemoteDisconnected"),
    (ErrorKind::LineTooLong, "LineTooLong"),
    (ErrorKind::ValueError, "ValueError"),
    (ErrorKind::UnicodeEncodeError, "UnicodeEncodeError"),
    (ErrorKind::TypeError, "TypeError"),
    (ErrorKind::RuntimeError, "RuntimeError"),
    (ErrorKind::MemoryError, "MemoryError"),
    (ErrorKind::OsError, "OSError"),
    (ErrorKind::ConnectionError, "ConnectionError"),
    (ErrorKind::ConnectionRefused, "ConnectionRefusedError"),
    (ErrorKind::ConnectionReset, "ConnectionResetError"),
    (ErrorKind::ConnectionAborted, "ConnectionAbortedError"),
    (ErrorKind::BrokenPipe, "BrokenPipeError"),
    (ErrorKind::TimedOut, "TimeoutError"),
    (ErrorKind::WouldBlock, "BlockingIOError"),
    (ErrorKind::NameResolution, "gaierror"),
    (ErrorKind::Tls, "SSLError"),
    (ErrorKind::Certificate, "SSLCertVerificationError"),
    (ErrorKind::UnsupportedOperation, "UnsupportedOperation"),
];

/// Performs the steps on a connection of its own to this port.
pub(crate) fn perform(host: &Host, port: u16, steps: &[Step]) -> Vec<Fields> {
    let connection = host.http("127.0.0.1", port).unwrap();
    connection.set_timeout(Some(PATIENCE));
    let mut client = Client {
        host,
        connection,
        responses: Vec::new(),
        chosen: 0,
    };
    steps.iter().map(|step| client.outcome(step)).collect()
}

struct Client<'a> {
    host: &'a Host,
    connection: Connection,
    responses: Vec<Response>,
    chosen: usize,
}

impl Client<'_> {
    fn outcome(&mut self, step: &Step) -> Fields {
        let outcome = match step {
            Step::GetHeader(..)
            | Step::ChooseResponse(_)
            | Step::Read(_)
            | Step::Read1(_)
            | Step::CloseResponse => match self.responses.is_empty() {
                true => return fields(json!({ "error": "there is no response" })),
                false => self.perform_on_response(step),
            },
            _ => self.perform_on_connection(step),
        };
        match outcome {
            Ok(value) => {
                let mut outcome = fields(value);
                outcome.insert("error".into(), Value::Null);
                outcome
            }
            Err(error) => failure(&error),
        }
    }

    fn perform_on_connection(&mut self, step: &Step) -> Result<Value, HttpError> {
        let connection = &self.connection;
        match step {
            Step::NewConnection(host, port) => drop(self.host.http(host, *port)?),
            Step::SetTimeout(nanoseconds) => {
                connection.set_timeout(Some(Duration::from_nanos(*nanoseconds)));
            }
            Step::Request {
                method,
                url,
                body,
                headers,
                encode_chunked,
            } => {
                let headers: Vec<(&str, &str)> = headers
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.as_str()))
                    .collect();
                with_body(body.as_ref(), |body| {
                    connection.request_encoded(method, url, body, &headers, *encode_chunked)
                })?;
            }
            Step::PutRequest {
                method,
                url,
                skip_host,
                skip_accept_encoding,
            } => {
                connection.put_request_skipping(method, url, *skip_host, *skip_accept_encoding)?;
            }
            Step::PutHeader(name, values) => {
                let values: Vec<&str> = values.iter().map(String::as_str).collect();
                connection.put_header(name, &values)?;
            }
            Step::EndHeaders(body, encode_chunked) => {
                with_body(body.as_ref(), |body| {
                    connection.end_headers(body, *encode_chunked)
                })?;
            }
            Step::Send(data) => connection.send(data)?,
            Step::Connect => connection.connect()?,
            Step::Close => connection.close(),
            Step::GetResponse => {
                let response = connection.get_response()?;
                let head = json!({
                    "version": response.version(),
                    "status": response.status(),
                    "reason": response.reason(),
                    "headers": response.get_headers(),
                });
                self.chosen = self.responses.len();
                self.responses.push(response);
                return Ok(head);
            }
            _ => unreachable!("{step:?} is a call of a response"),
        }
        Ok(json!({}))
    }

    fn perform_on_response(&mut self, step: &Step) -> Result<Value, HttpError> {
        if let Step::ChooseResponse(index) = step {
            self.chosen = *index;
            return Ok(json!({}));
        }
        let response = &self.responses[self.chosen];
        let data = match step {
            Step::GetHeader(name, default) => {
                let value = response.get_header(name, default.as_deref());
                return Ok(json!({ "value": value }));
            }
            Step::Read(amount) => response.read(*amount)?,
            Step::Read1(amount) => response.read1(*amount)?,
            Step::CloseResponse => {
                response.close();
                return Ok(json!({ "ended": response.is_closed() }));
            }
            _ => unreachable!("{step:?} is a call of a connection"),
        };
        Ok(json!({ "data": latin1(&data), "ended": response.is_closed() }))
    }
}

fn with_body<T>(content: Option<&Content>, call: impl FnOnce(Option<Body<'_>>) -> T) -> T {
    match content {
        None => call(None),
        Some(Content::Bytes(bytes)) => call(Some(Body::Bytes(bytes))),
        Some(Content::Text(text)) => call(Some(Body::Text(text))),
        Some(Content::Chunks(items)) => {
            let items: Vec<&[u8]> = items.iter().map(Vec::as_slice).collect();
            call(Some(Body::Chunks(&items)))
        }
    }
}

fn failure(error: &HttpError) -> Fields {
    let name = CLASSES
        .iter()
        .find(|(kind, _)| *kind == error.kind)
        .map_or("other", |(_, name)| name);
    let mut classes: Vec<&str> = CLASSES
        .iter()
        .filter(|(kind, _)| error.is_instance(*kind))
        .map(|(_, name)| *name)
        .collect();
    classes.sort_unstable();
    let mut outcome = fields(json!({
        "error": name,
        "classes": classes,
        "message": error.message,
    }));
    let details = [
        ("line", error.line.clone().map(Value::from)),
        ("version", error.version.clone().map(Value::from)),
        (
            "partial",
            error.partial.as_deref().map(|part| latin1(part).into()),
        ),
        ("expected", error.expected.map(Value::from)),
    ];
    for (name, value) in details {
        if let Some(value) = value {
            outcome.insert(name.into(), value);
        }
    }
    outcome
}

fn fields(value: Value) -> Fields {
    match value {
        Value::Object(fields) => fields,
        other => unreachable!("{other} has no fields"),
    }
}
