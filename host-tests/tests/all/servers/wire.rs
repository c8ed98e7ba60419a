//! A server's socket that goes wrong at a certain place.

use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use socket2::SockRef;

use super::{Gate, PATIENCE};

/// A socket, and what happens to the bytes on it.
pub(crate) struct Wire {
    /// None once the connection was reset.
    socket: Option<TcpStream>,
    fault: Option<(Place, Fault)>,
    /// How many bytes were given to be sent, whether or not they were.
    pub(crate) offered: usize,
    /// The value of `offered` at the end of each flight: where the server turned
    /// from sending to receiving.
    pub(crate) flights: Vec<usize>,
    /// How many bytes were received.
    pub(crate) received: usize,
    /// How many had been received when the first were sent.
    pub(crate) received_first: Option<usize>,
    /// What is sent is thrown away.
    mute: bool,
    /// What is received is kept back.
    deaf: bool,
}

/// Where a fault happens.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    /// After so many bytes were sent.
    Sent(usize),
    /// After so many bytes were received.
    Received(usize),
    /// After so many flights were sent.
    Flights(usize),
}

/// What goes wrong.
#[derive(Clone)]
pub(crate) enum Fault {
    /// Nothing more is sent, or received; the client sees an orderly end of TCP.
    Close,
    /// The client sees a reset.
    Reset,
    /// Nothing more is sent, and the client sees nothing.
    Silence,
    /// The first gate is opened; what follows is sent when the second one is.
    Stall(Gate, Gate),
    /// One bit of the next byte is wrong.
    Flip,
}

impl Wire {
    pub(crate) fn new(socket: TcpStream, fault: Option<(Place, Fault)>) -> io::Result<Self> {
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        socket.set_write_timeout(Some(PATIENCE))?;
        Ok(Self {
            socket: Some(socket),
            fault,
            offered: 0,
            flights: Vec::new(),
            received: 0,
            received_first: None,
            mute: false,
            deaf: false,
        })
    }

    /// Another fault, so many bytes after all that was sent so far.
    pub(crate) fn go_wrong_after(&mut self, bytes: usize, fault: Fault) {
        self.fault = Some((Place::Sent(self.offered + bytes), fault));
    }

    /// Ends the connection for the client and waits until it has gone: a socket
    /// that is closed with bytes unread would be reset.
    pub(crate) fn end(&mut self) {
        self.mute = true;
        let Some(socket) = &mut self.socket else {
            return;
        };
        // The client may have gone first.
        let _ = socket.shutdown(Shutdown::Write);
        let _ = io::copy(socket, &mut io::sink());
    }

    /// How many of so many bytes are sent before something happens, if it does.
    fn room(&self, bytes: usize) -> Option<usize> {
        let room = match self.fault {
            Some((Place::Sent(limit), _)) => limit - self.offered,
            Some((Place::Flights(flights), _)) if self.flights.len() >= flights => 0,
            _ => return None,
        };
        match self.fault {
            // It needs a byte.
            Some((_, Fault::Flip)) => Some(room).filter(|room| *room < bytes),
            _ => Some(room).filter(|room| *room <= bytes),
        }
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.offered += bytes.len();
        match &mut self.socket {
            Some(socket) if !self.mute => socket.write_all(bytes),
            _ => Ok(()),
        }
    }

    fn reset(&mut self) -> io::Result<()> {
        if let Some(socket) = self.socket.take() {
            SockRef::from(&socket).set_linger(Some(Duration::ZERO))?;
        }
        Ok(())
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.received_first.get_or_insert(self.received);
        let mut rest = bytes;
        if let Some(room) = self.room(bytes.len()) {
            let (before, after) = bytes.split_at(room);
            self.send(before)?;
            rest = after;
            match self.fault.take() {
                Some((_, Fault::Close)) => {
                    self.mute = true;
                    if let Some(socket) = &self.socket {
                        let _ = socket.shutdown(Shutdown::Write);
                    }
                }
                Some((_, Fault::Reset)) => self.reset()?,
                Some((_, Fault::Silence)) => self.mute = true,
                Some((_, Fault::Stall(reached, go_on))) => {
                    reached.open();
                    go_on.wait();
                }
                Some((_, Fault::Flip)) => {
                    self.send(&[rest[0] ^ 1])?;
                    rest = &rest[1..];
                }
                None => {}
            }
        }
        self.send(rest)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.flights.last().copied().unwrap_or(0) < self.offered {
            self.flights.push(self.offered);
        }
        let mut room = buffer.len();
        if let Some((Place::Received(limit), fault)) = &self.fault {
            room = room.min(limit - self.received);
            if room == 0 {
                match fault {
                    Fault::Reset => self.reset()?,
                    _ => self.deaf = true,
                }
            }
        }
        let Some(socket) = self.socket.as_mut().filter(|_| !self.deaf) else {
            return Ok(0);
        };
        let count = socket.read(&mut buffer[..room])?;
        self.received += count;
        Ok(count)
    }
}
