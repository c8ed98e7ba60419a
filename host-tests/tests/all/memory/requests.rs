//! Request bodies that the memory has room for once.

use std::io;

use httplib_host_tests::{Body, Connection, HttpError, StreamBody};
use wasmtime_wasi::p2::pipe::MemoryInputPipe;

use super::{LIMITS, SCHEMES, connection, is_usable, limited, unless_short};
use crate::bodies::{MIB, Pattern, sha_of, sha_of_pattern};
use crate::servers::{Peer, Scheme, Server, ok};
use crate::trials::Trials;

const LENGTH: usize = 12 * MIB;

/// What the caller passes in cannot be refused, so there has to be room for it.
const ROOM: usize = LENGTH + 3 * MIB;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Form {
    Bytes,
    Text,
    Chunks,
    Send,
    Stream,
}

const FORMS: [Form; 5] = [
    Form::Bytes,
    Form::Text,
    Form::Chunks,
    Form::Send,
    Form::Stream,
];

#[test]
fn request_body_of_twelve_mebibytes_is_sent_or_is_a_memory_error() {
    let mut trials = Trials::default();
    let mut body = Vec::new();
    io::Read::read_to_end(&mut Pattern::new(LENGTH), &mut body).unwrap();
    let text: String = body.iter().map(|byte| char::from(byte & 0x7f)).collect();
    for scheme in SCHEMES {
        let server = server(scheme);
        for limit in LIMITS {
            for form in FORMS {
                let holds_it = form != Form::Stream && form != Form::Send;
                if holds_it && limit < ROOM {
                    continue;
                }
                trials.attempt(
                    &format!("{scheme:?}, {} MiB, {form:?}", limit / MIB),
                    || {
                        let host = limited(limit);
                        let connection = connection(&host, scheme, server.port())
                            .map_err(|error| error.to_string())?;
                        let sent = request(&connection, form, &body, &text);
                        if unless_short("request", sent)?.is_some() {
                            let answer = connection
                                .get_response()
                                .and_then(|response| response.read(None))
                                .map_err(|error| error.to_string())?;
                            let expected = match form {
                                Form::Text => sha_of(text.as_bytes()),
                                _ => sha_of_pattern(LENGTH),
                            };
                            if answer != format!("{expected:?}").as_bytes() {
                                return Err("another body has arrived".to_owned());
                            }
                        } else if !holds_it {
                            return Err("no memory for a body in pieces".to_owned());
                        }
                        drop(connection);
                        is_usable(&host, scheme, server.port())
                    },
                );
            }
        }
    }
    trials.finish();
}

fn request(connection: &Connection, form: Form, body: &[u8], text: &str) -> Result<(), HttpError> {
    let body = match form {
        Form::Bytes => Body::Bytes(body),
        Form::Text => Body::Text(text),
        Form::Chunks => {
            let chunks: Vec<&[u8]> = body.chunks(MIB).collect();
            return connection.request("PUT", "/", Some(Body::Chunks(&chunks)), &[]);
        }
        Form::Send => {
            connection.put_request("PUT", "/")?;
            connection.put_header("Content-Length", &[&LENGTH.to_string()])?;
            connection.end_headers(None, false)?;
            return body
                .chunks(MIB / 4)
                .try_for_each(|piece| connection.send(piece));
        }
        Form::Stream => {
            let stream = MemoryInputPipe::new(body.to_vec());
            let body = StreamBody::new(stream).of_length(LENGTH as u64);
            return connection.request_stream("PUT", "/", body, &[], false);
        }
    };
    connection.request("PUT", "/", Some(body), &[])
}

/// Answers with the sum of what has arrived.
fn server(scheme: Scheme) -> Server {
    scheme.server(|peer| {
        while let Some(head) = peer.head()? {
            let answer = match head.starts_with("PUT ") {
                true if head.contains("chunked") => sum_of_chunks(peer)?,
                true => format!("{:?}", peer.sum(LENGTH)?),
                false => "small".to_owned(),
            };
            peer.send(ok(&answer))?;
        }
        Ok(())
    })
}

fn sum_of_chunks(peer: &mut Peer) -> io::Result<String> {
    peer.stop_recording();
    Ok(format!("{:?}", sha_of(peer.chunks()?.concat().as_slice())))
}
