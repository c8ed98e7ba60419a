//! The server's end of one connection, for a script.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use socket2::SockRef;

use super::PATIENCE;
use super::server::Log;
use crate::bodies::{Sha, Sum};

/// The server's end of one connection.
pub(crate) struct Peer {
    /// Which connection of the server it is, from 0.
    pub(crate) number: usize,
    stream: Stream,
    buffer: Vec<u8>,
    log: Arc<Log>,
    records: bool,
    ending: Ending,
}

enum Stream {
    Tcp(TcpStream),
    Tls(Box<StreamOwned<ServerConnection, TcpStream>>),
}

#[derive(PartialEq)]
enum Ending {
    Orderly,
    Abrupt,
}

impl Peer {
    pub(crate) fn new(
        socket: TcpStream,
        tls: Option<Arc<ServerConfig>>,
        number: usize,
        log: Arc<Log>,
    ) -> io::Result<Self> {
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        socket.set_write_timeout(Some(PATIENCE))?;
        let stream = match tls {
            None => Stream::Tcp(socket),
            Some(config) => {
                let tls = ServerConnection::new(config).map_err(io::Error::other)?;
                Stream::Tls(Box::new(StreamOwned::new(tls, socket)))
            }
        };
        Ok(Self {
            number,
            stream,
            buffer: Vec::new(),
            log,
            records: true,
            ending: Ending::Orderly,
        })
    }

    /// Where the client is.
    pub(crate) fn client(&self) -> io::Result<SocketAddr> {
        self.socket().peer_addr()
    }

    /// What was agreed on with the client, of a server with TLS.
    pub(crate) fn tls(&self) -> Option<&ServerConnection> {
        match &self.stream {
            Stream::Tcp(_) => None,
            Stream::Tls(tls) => Some(&tls.conn),
        }
    }

    /// Reads a request head, blank line included; none at the end of the
    /// connection.
    pub(crate) fn head(&mut self) -> io::Result<Option<String>> {
        loop {
            if let Some(end) = find(&self.buffer, b"\r\n\r\n") {
                let head: Vec<u8> = self.buffer.drain(..end + 4).collect();
                return Ok(Some(head.iter().map(|&byte| char::from(byte)).collect()));
            }
            if self.fill()? == 0 {
                return match self.buffer.is_empty() {
                    true => Ok(None),
                    false => Err(io::ErrorKind::UnexpectedEof.into()),
                };
            }
        }
    }

    /// Reads a request head where there has to be one.
    pub(crate) fn request(&mut self) -> io::Result<String> {
        self.head()?
            .ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    /// Reads so many bytes.
    pub(crate) fn bytes(&mut self, count: usize) -> io::Result<Vec<u8>> {
        while self.buffer.len() < count {
            if self.fill()? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(self.buffer.drain(..count).collect())
    }

    /// Reads so many bytes without keeping them.
    pub(crate) fn sum(&mut self, count: usize) -> io::Result<Sha> {
        self.records = false;
        let mut sum = Sum::default();
        while sum.length < count {
            if self.buffer.is_empty() && self.fill()? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let piece = self.buffer.len().min(count - sum.length);
            sum.add(&self.buffer[..piece]);
            self.buffer.drain(..piece);
        }
        self.records = true;
        Ok(sum.finish())
    }

    /// Keeps no more of what arrives for the test.
    pub(crate) fn stop_recording(&mut self) {
        self.records = false;
    }

    /// Reads up to the next CRLF, which is not in it.
    pub(crate) fn line(&mut self) -> io::Result<String> {
        loop {
            if let Some(end) = find(&self.buffer, b"\r\n") {
                let line: Vec<u8> = self.buffer.drain(..end + 2).collect();
                return Ok(line[..end].iter().map(|&byte| char::from(byte)).collect());
            }
            if self.fill()? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
    }

    /// Reads a chunk; of the last one, which is empty, only its size.
    pub(crate) fn chunk(&mut self) -> io::Result<Vec<u8>> {
        let size = usize::from_str_radix(&self.line()?, 16).map_err(io::Error::other)?;
        let data = self.bytes(size)?;
        if size > 0 {
            self.line()?;
        }
        Ok(data)
    }

    /// Reads a chunked body with its trailers.
    pub(crate) fn chunks(&mut self) -> io::Result<Vec<Vec<u8>>> {
        let mut chunks = Vec::new();
        loop {
            let chunk = self.chunk()?;
            if chunk.is_empty() {
                while !self.line()?.is_empty() {}
                return Ok(chunks);
            }
            chunks.push(chunk);
        }
    }

    /// Whether nothing arrives for so long.
    pub(crate) fn is_quiet_for(&mut self, time: Duration) -> io::Result<bool> {
        self.socket().set_read_timeout(Some(time))?;
        let outcome = self.fill();
        self.socket().set_read_timeout(Some(PATIENCE))?;
        match outcome {
            Ok(_) => Ok(false),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(self.buffer.is_empty()),
            Err(error) => Err(error),
        }
    }

    /// Passes everything on to another server, and back, until both have ended;
    /// without TLS.
    pub(crate) fn relay(&mut self, to: SocketAddr) -> io::Result<()> {
        let mut server = TcpStream::connect(to)?;
        server.write_all(&std::mem::take(&mut self.buffer))?;
        let (mut back, mut client) = (server.try_clone()?, self.socket().try_clone()?);
        let answers = thread::spawn(move || {
            // The client may have gone first.
            let _ = io::copy(&mut back, &mut client);
            let _ = client.shutdown(Shutdown::Write);
        });
        let passed = io::copy(&mut self.stream, &mut server);
        let _ = server.shutdown(Shutdown::Write);
        answers.join().map_err(|_| io::ErrorKind::Other)?;
        passed.map(drop)
    }

    /// What one receive brings, after what is already buffered.
    pub(crate) fn receive(&mut self) -> io::Result<Vec<u8>> {
        self.fill()?;
        Ok(std::mem::take(&mut self.buffer))
    }

    /// Reads until the client closes.
    pub(crate) fn rest(&mut self) -> io::Result<Vec<u8>> {
        while self.fill()? > 0 {}
        Ok(std::mem::take(&mut self.buffer))
    }

    pub(crate) fn send(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        self.stream.write_all(bytes.as_ref())?;
        self.stream.flush()
    }

    /// Sends every byte in a segment (and TLS record) of its own.
    pub(crate) fn trickle(&mut self, bytes: impl AsRef<[u8]>) -> io::Result<()> {
        bytes
            .as_ref()
            .chunks(1)
            .try_for_each(|byte| self.send(byte))
    }

    /// Ends what is sent, in an orderly way, and goes on receiving.
    pub(crate) fn end_sending(&mut self) -> io::Result<()> {
        self.finish();
        self.ending = Ending::Abrupt;
        self.socket().shutdown(Shutdown::Write)
    }

    /// Ends the connection without a TLS close_notify.
    pub(crate) fn cut(&mut self) -> io::Result<()> {
        self.ending = Ending::Abrupt;
        self.socket().shutdown(Shutdown::Write)
    }

    /// Resets the connection.
    pub(crate) fn reset(&mut self) -> io::Result<()> {
        self.ending = Ending::Abrupt;
        SockRef::from(self.socket()).set_linger(Some(Duration::ZERO))
    }

    /// Ends the connection, after a TLS close_notify.
    pub(crate) fn finish(&mut self) {
        if let (Stream::Tls(tls), Ending::Orderly) = (&mut self.stream, &self.ending) {
            tls.conn.send_close_notify();
            // The client may have gone first.
            let _ = tls.flush();
        }
    }

    fn fill(&mut self) -> io::Result<usize> {
        let mut piece = vec![0; 64 * 1024];
        let count = self.stream.read(&mut piece)?;
        if self.records {
            self.log.received(self.number, &piece[..count]);
        }
        self.buffer.extend_from_slice(&piece[..count]);
        Ok(count)
    }

    fn socket(&self) -> &TcpStream {
        match &self.stream {
            Stream::Tcp(socket) => socket,
            Stream::Tls(tls) => &tls.sock,
        }
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(socket) => socket.read(buffer),
            Self::Tls(tls) => tls.read(buffer),
        }
    }
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(socket) => socket.write(bytes),
            Self::Tls(tls) => tls.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Tcp(socket) => socket.flush(),
            Self::Tls(tls) => tls.flush(),
        }
    }
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}
