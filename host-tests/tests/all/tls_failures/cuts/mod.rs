//! Connections that end or stop at any byte of a handshake and a response.

mod from_client;
mod from_server;
mod server;
mod stalls;

use httplib_host_tests::{Connection, Host, HttpError};
use rustls::SupportedProtocolVersion;
use rustls::version::{TLS12, TLS13};

use super::HOST;
use crate::servers::{Fault, Place, trusting_context};
use server::{Report, Server};

/// What is sent first, in a record of its own; the header fields are another.
const STATUS_LINE: &str = "HTTP/1.1 200 OK\r\n";

/// How the body is sent: each piece in a record of its own.
const PIECES: [[u8; 50]; 4] = [[b'a'; 50], [b'b'; 50], [b'c'; 50], [b'd'; 50]];

/// The first so many pieces.
fn pieces(count: usize) -> Vec<u8> {
    PIECES[..count].concat()
}

/// What kind of handshake is cut.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Handshake {
    Tls12,
    Tls13,
    /// Of TLS 1.3, with the ticket of a connection before.
    Resumed,
}

impl Handshake {
    fn version(self) -> &'static SupportedProtocolVersion {
        match self {
            Self::Tls12 => &TLS12,
            Self::Tls13 | Self::Resumed => &TLS13,
        }
    }
}

/// One instance, one connection and one server for all the places.
struct Bench {
    handshake: Handshake,
    server: Server,
    connection: Connection,
}

impl Bench {
    fn new(handshake: Handshake) -> Self {
        let server = Server::start(handshake.version());
        let host = Host::new();
        let context = trusting_context(&host);
        context.set_session_resumption(handshake == Handshake::Resumed);
        let connection = host.https(HOST, server.port, Some(&context)).unwrap();
        Self {
            handshake,
            server,
            connection,
        }
    }

    /// Makes a connection that goes wrong, and closes it.
    fn run<T>(
        &self,
        place: Place,
        fault: Fault,
        client: impl FnOnce(&Connection) -> T,
    ) -> (T, Report) {
        if self.handshake == Handshake::Resumed {
            // For its tickets.
            self.server.expect(None);
            let whole = Attempt::make(&self.connection, Reading::Whole);
            assert_eq!(whole.stage, Stage::Done, "{:?}", whole.error);
            self.connection.close();
            self.server.report();
        }
        self.server.expect(Some((place, fault)));
        let outcome = client(&self.connection);
        self.connection.close();
        (outcome, self.server.report())
    }
}

/// How far a client comes.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
enum Stage {
    Connect,
    Request,
    Response,
    Body,
    Done,
}

/// How a client reads the body.
#[derive(Clone, Copy)]
enum Reading {
    Whole,
    Pieces,
}

/// What becomes of one connection.
struct Attempt {
    stage: Stage,
    error: Option<HttpError>,
    body: Vec<u8>,
}

impl Attempt {
    fn make(connection: &Connection, reading: Reading) -> Self {
        let mut this = Self {
            stage: Stage::Connect,
            error: None,
            body: Vec::new(),
        };
        this.error = this.go(connection, reading).err();
        // Before, it is of the head.
        if let Some(error) = &this.error
            && this.stage == Stage::Body
        {
            this.body.extend(error.partial.iter().flatten());
        }
        this
    }

    fn go(&mut self, connection: &Connection, reading: Reading) -> Result<(), HttpError> {
        connection.connect()?;
        self.stage = Stage::Request;
        connection.request("GET", "/", None, &[])?;
        self.stage = Stage::Response;
        let response = connection.get_response()?;
        self.stage = Stage::Body;
        match reading {
            Reading::Whole => self.body = response.read(None)?,
            Reading::Pieces => loop {
                let piece = response.read(Some(7))?;
                if piece.is_empty() {
                    break;
                }
                self.body.extend(piece);
            },
        }
        if self.body == pieces(PIECES.len()) {
            self.stage = Stage::Done;
        }
        Ok(())
    }
}
