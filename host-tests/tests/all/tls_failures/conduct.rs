//! What a server does with a connection.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::servers::{Fault, Place, Wire};

/// What is done with one connection, until the client closes it.
pub(super) type Conduct = Box<dyn Fn(TcpStream) -> io::Result<()> + Send>;

/// The server's end of a TLS connection over a wire.
pub(super) type Stream = StreamOwned<ServerConnection, Wire>;

/// A server whose first connection goes one way, and all others another way.
/// Returns its port.
pub(super) fn first_then(first: Conduct, others: Conduct) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let mut first = Some(first);
        for socket in listener.incoming().flatten() {
            // The test sees at the other end how far it came.
            let _ = match first.take() {
                Some(first) => first(socket),
                None => return others(socket),
            };
        }
        Ok(())
    });
    port
}

/// Answers a request with a body in TLS.
pub(super) fn answering(config: Arc<ServerConfig>, response: &'static str) -> Conduct {
    faulty(config, None, response)
}

/// Does the same over a wire that goes wrong.
pub(super) fn faulty(
    config: Arc<ServerConfig>,
    fault: Option<(Place, Fault)>,
    response: &'static str,
) -> Conduct {
    scripted(config, fault, move |stream| {
        request(stream)?;
        send(stream, response)?;
        stream.conn.send_close_notify();
        stream.flush()
    })
}

/// Follows a script in TLS.
pub(super) fn scripted(
    config: Arc<ServerConfig>,
    fault: Option<(Place, Fault)>,
    script: impl Fn(&mut Stream) -> io::Result<()> + Send + 'static,
) -> Conduct {
    Box::new(move |socket| {
        let tls = ServerConnection::new(Arc::clone(&config)).map_err(io::Error::other)?;
        let mut stream = StreamOwned::new(tls, Wire::new(socket, fault.clone())?);
        let result = script(&mut stream);
        // The alert that says what was wrong.
        while stream.conn.wants_write() {
            stream.conn.write_tls(&mut stream.sock)?;
        }
        stream.sock.end();
        result
    })
}

/// Says the same to every ClientHello.
pub(super) fn saying(bytes: Vec<u8>) -> Conduct {
    Box::new(move |socket| {
        let mut wire = Wire::new(socket, None)?;
        let _ = wire.read(&mut [0; 16 * 1024])?;
        wire.write_all(&bytes)?;
        // Until the client has gone, so that its error is about the bytes.
        io::copy(&mut wire, &mut io::sink()).map(drop)
    })
}

/// Lets a server on another port do it.
pub(super) fn relayed(port: u16) -> Conduct {
    Box::new(move |mut client| {
        let mut server = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        let (mut from_client, mut to_server) = (client.try_clone()?, server.try_clone()?);
        thread::spawn(move || {
            let _ = io::copy(&mut from_client, &mut to_server);
            to_server.shutdown(std::net::Shutdown::Write)
        });
        let _ = io::copy(&mut server, &mut client);
        client.shutdown(std::net::Shutdown::Write)
    })
}

/// Reads a request without a body.
pub(super) fn request(stream: &mut Stream) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut piece = [0; 1024];
        match stream.read(&mut piece)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => head.extend_from_slice(&piece[..count]),
        }
    }
    Ok(())
}

/// Sends text in a record of its own.
pub(super) fn send(stream: &mut Stream, text: impl AsRef<[u8]>) -> io::Result<()> {
    stream.write_all(text.as_ref())?;
    stream.flush()
}
