//! Servers that are close to their TLS.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::servers::PATIENCE;

/// The server's end of a TLS connection.
pub(super) type Stream = StreamOwned<ServerConnection, Drip>;

/// A socket that can send byte after byte, with time between them.
pub(super) struct Drip {
    pub(super) socket: TcpStream,
    /// The time; none for sending as usual.
    pub(super) pause: Option<Duration>,
}

impl Read for Drip {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.socket.read(buffer)
    }
}

impl Write for Drip {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(pause) = self.pause else {
            return self.socket.write(bytes);
        };
        thread::sleep(pause);
        self.socket.write(&bytes[..bytes.len().min(1)])
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A server whose connections each follow a script, until it or the client has enough.
/// Returns its port.
pub(super) fn serve(
    config: Arc<ServerConfig>,
    script: impl Fn(Stream) -> io::Result<()> + Send + Sync + 'static,
) -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    let script = Arc::new(script);
    thread::spawn(move || {
        for socket in listener.incoming().flatten() {
            let (config, script) = (Arc::clone(&config), Arc::clone(&script));
            thread::spawn(move || {
                socket.set_nodelay(true)?;
                socket.set_read_timeout(Some(PATIENCE))?;
                socket.set_write_timeout(Some(PATIENCE))?;
                let tls = ServerConnection::new(config).map_err(io::Error::other)?;
                let socket = Drip {
                    socket,
                    pause: None,
                };
                script(StreamOwned::new(tls, socket))
            });
        }
    });
    port
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
