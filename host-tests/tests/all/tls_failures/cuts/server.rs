//! The server of the cuts: it tells afterwards what was where.

use std::io::{self, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use rustls::{
    ProtocolVersion, ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion,
};

use super::{PIECES, STATUS_LINE};
use crate::servers::{Fault, PATIENCE, Place, Wire};
use crate::tls_failures::conduct::{Stream, request, send};
use crate::tls_failures::local;

type Plan = Option<(Place, Fault)>;

/// A server that serves one connection after the other, each as it is told.
pub(super) struct Server {
    pub(super) port: u16,
    plans: Sender<Plan>,
    reports: Receiver<Report>,
}

/// What there was on a connection, in bytes from its beginning.
#[derive(Debug, Default)]
pub(super) struct Report {
    /// The end of what makes the client's handshake complete, if it came so far.
    pub(super) opened: Option<usize>,
    /// The ends of the records of the response: the status line, the header
    /// fields, each piece of the body.
    pub(super) records: Vec<usize>,
    /// The end of everything, `close_notify` included.
    pub(super) end: usize,
    /// Whether the server has made out the ClientHello.
    pub(super) has_hello: bool,
    /// Whether the handshake is over for the server.
    pub(super) has_shaken_hands: bool,
    /// Whether the whole request was received.
    pub(super) has_request: bool,
    /// Whether a session was resumed.
    pub(super) resumed: bool,
}

impl Server {
    pub(super) fn start(version: &'static SupportedProtocolVersion) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let (plans, planned) = channel();
        let (reporter, reports) = channel();
        thread::spawn(move || {
            let config = local(version);
            for plan in planned {
                let (socket, _) = listener.accept().unwrap();
                let report = serve(socket, plan, Arc::clone(&config)).unwrap();
                if reporter.send(report).is_err() {
                    break;
                }
            }
        });
        Self {
            port,
            plans,
            reports,
        }
    }

    /// What the next connection is to be like.
    pub(super) fn expect(&self, plan: Plan) {
        self.plans.send(plan).unwrap();
    }

    /// What the last one was like; waits for its end.
    pub(super) fn report(&self) -> Report {
        self.reports.recv_timeout(PATIENCE).unwrap()
    }
}

fn serve(socket: TcpStream, plan: Plan, config: Arc<ServerConfig>) -> io::Result<Report> {
    let tls = ServerConnection::new(config).map_err(io::Error::other)?;
    let mut stream = StreamOwned::new(tls, Wire::new(socket, plan)?);
    let mut report = Report::default();
    // It ends where the client cannot or does not go on.
    let _ = respond(&mut stream, &mut report);
    stream.sock.end();

    // In TLS 1.3 the server's first flight is all that the client needs.
    let flight = match stream.conn.protocol_version() {
        Some(ProtocolVersion::TLSv1_3) => 0,
        _ => 1,
    };
    report.opened = stream.sock.flights.get(flight).copied();
    report.end = stream.sock.offered;
    report.has_hello = stream.sock.offered > 0;
    report.has_shaken_hands = !stream.conn.is_handshaking();
    report.resumed = stream.conn.handshake_kind() == Some(rustls::HandshakeKind::Resumed);
    Ok(report)
}

fn respond(stream: &mut Stream, report: &mut Report) -> io::Result<()> {
    request(stream)?;
    report.has_request = true;
    let fields = format!(
        "Server: cuts\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n",
        PIECES.concat().len()
    );
    let head = [STATUS_LINE.as_bytes(), fields.as_bytes()];
    for record in head
        .into_iter()
        .chain(PIECES.iter().map(|piece| &piece[..]))
    {
        send(stream, record)?;
        report.records.push(stream.sock.offered);
    }
    stream.conn.send_close_notify();
    stream.flush()
}
