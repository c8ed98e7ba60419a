//! Which exchange is disturbed, and with whom.

use std::io;

use httplib_host_tests::Body;
use httplib_host_tests::{Connection, Host, HttpError, StreamBody};
use wasmtime_wasi::p2::pipe::MemoryInputPipe;

use super::LIMIT;
use super::exchange::{self, Mode, Outcome};
use crate::bodies::Pattern;
use crate::servers::{Peer, Scheme, Server, trusting_context};
use crate::trials::watched;

/// More than a record, and than a block of a stream.
const LENGTH: usize = 40_000;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Scenario {
    Http,
    Https,
    Tunnel,
    Stream,
    Expect,
}

/// A scenario with its servers.
pub(super) struct Stage {
    scenario: Scenario,
    pub(super) server: Server,
    proxy: Option<Server>,
    /// Of either side.
    pub(super) body: Vec<u8>,
    /// All that the server receives in an exchange without faults.
    pub(super) request: Vec<u8>,
}

impl Scenario {
    pub(super) fn stage(self) -> Stage {
        let mut body = Vec::new();
        io::Read::read_to_end(&mut Pattern::new(LENGTH), &mut body).unwrap();
        let scheme = match self {
            Self::Https | Self::Tunnel => Scheme::Tls13,
            Self::Http | Self::Stream | Self::Expect => Scheme::Http,
        };
        let answer = body.clone();
        let server = scheme.server(move |peer| serve(peer, &answer));
        let proxy = (self == Self::Tunnel).then(|| crate::tunnel::proxy_to(server.address));
        let mut stage = Stage {
            scenario: self,
            server,
            proxy,
            body,
            request: Vec::new(),
        };
        let host = watched(LIMIT).build().unwrap();
        let connection = stage.connection(&host);
        let outcome = exchange::run(&stage, &host, &connection, Mode::Blocking, LIMIT);
        assert!(matches!(outcome, Ok(Outcome::Whole)));
        drop(connection);
        stage.request = stage.server.wait_for_end(0);
        stage
    }
}

impl Stage {
    pub(super) fn connection(&self, host: &Host) -> Connection {
        match (self.scenario, &self.proxy) {
            (_, Some(proxy)) => {
                let context = trusting_context(host);
                let connection = host.https("localhost", proxy.port(), Some(&context));
                let connection = connection.unwrap();
                connection
                    .set_tunnel("127.0.0.1", self.server.port(), &[])
                    .unwrap();
                connection
            }
            (Scenario::Https, _) => {
                let context = trusting_context(host);
                host.https("localhost", self.server.port(), Some(&context))
                    .unwrap()
            }
            _ => host.http("localhost", self.server.port()).unwrap(),
        }
    }

    /// Sends the request, with a body in one of its forms.
    pub(super) fn request(&self, connection: &Connection) -> Result<(), HttpError> {
        let body = Body::Bytes(&self.body);
        match self.scenario {
            Scenario::Stream => {
                let stream = MemoryInputPipe::new(self.body.clone());
                let body = StreamBody::new(stream).of_length(LENGTH as u64);
                connection.request_stream("PUT", "/", body, &[], false)
            }
            Scenario::Expect => {
                let headers = [("Expect", "100-continue")];
                connection.request("PUT", "/", Some(body), &headers)
            }
            _ => connection.request("PUT", "/", Some(body), &[]),
        }
    }
}

/// Answers with the same body, in chunks.
fn serve(peer: &mut Peer, body: &[u8]) -> io::Result<()> {
    while let Some(head) = peer.head()? {
        if head.contains("100-continue") {
            peer.send("HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        peer.bytes(LENGTH)?;
        peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
        for chunk in body.chunks(15_000) {
            let mut bytes = format!("{:x}\r\n", chunk.len()).into_bytes();
            bytes.extend_from_slice(chunk);
            bytes.extend_from_slice(b"\r\n");
            peer.send(bytes)?;
        }
        peer.send("0\r\n\r\n")?;
    }
    Ok(())
}
