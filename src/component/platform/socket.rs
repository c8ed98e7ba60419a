//! TCP sockets of the host.

use super::limbo::{Limbo, Unfinished};
use super::{Event, convert};
use alloc::rc::Rc;
use core::cell::OnceCell;
use core::net::SocketAddr;
use httplib_client::error::{Code, Error, Result};
use httplib_client::network::{Direction, Read, Side, Socket, Transport};
use httplib_proto::body::End;
use httplib_proto::buffer::Buffer;
use httplib_proto::memory;
use wasi::io::streams::{InputStream, OutputStream, StreamError};
use wasi::sockets::network::{
    ErrorCode, IpAddressFamily, IpSocketAddress, Ipv4SocketAddress, Ipv6SocketAddress, Network,
};
use wasi::sockets::tcp::{ShutdownType, TcpSocket};
use wasi::sockets::tcp_create_socket::create_tcp_socket;

/// A socket on its way to being connected, or connected.
pub struct WasiSocket {
    step: Step,
    connecting: Option<Event>,
    /// `None` only while it is dropped.
    parts: Option<Parts>,
    network: Rc<Network>,
    remote: SocketAddr,
    limbo: Rc<Limbo<Parts>>,
}

/// Fields are dropped in their order, and the host wants children dropped
/// before their parents.
pub(super) struct Parts {
    streams: Option<Streams>,
    socket: TcpSocket,
}

impl Unfinished for Parts {
    fn is_writing(&self) -> bool {
        let streams = self.streams.as_ref();
        streams.is_some_and(|streams| matches!(streams.output.check_write(), Ok(0)))
    }
}

struct Streams {
    readable: OnceCell<Event>,
    writable: OnceCell<Event>,
    input: InputStream,
    output: OutputStream,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Binding,
    Connecting,
    Connected,
}

impl WasiSocket {
    /// Starts to bind, if there is a `source`, or to connect.
    pub(super) fn dial(
        network: &Rc<Network>,
        limbo: &Rc<Limbo<Parts>>,
        remote: SocketAddr,
        source: Option<SocketAddr>,
    ) -> Result<Self> {
        let family = match remote {
            SocketAddr::V4(_) => IpAddressFamily::Ipv4,
            SocketAddr::V6(_) => IpAddressFamily::Ipv6,
        };
        let socket = create_tcp_socket(family).map_err(convert)?;
        let step = match source {
            Some(source) => {
                socket
                    .start_bind(network, to_wasi(source))
                    .map_err(convert)?;
                Step::Binding
            }
            None => {
                start_connect(&socket, network, remote)?;
                Step::Connecting
            }
        };
        Ok(Self {
            step,
            connecting: Some(Rc::new(socket.subscribe())),
            parts: Some(Parts {
                streams: None,
                socket,
            }),
            network: Rc::clone(network),
            remote,
            limbo: Rc::clone(limbo),
        })
    }

    fn streams(&self) -> Result<&Streams> {
        self.parts
            .as_ref()
            .and_then(|parts| parts.streams.as_ref())
            .ok_or_else(|| convert(ErrorCode::InvalidState))
    }
}

/// What cannot be reached by its nature is refused by some hosts as an invalid
/// argument (an unspecified address, port 0).
fn start_connect(socket: &TcpSocket, network: &Network, remote: SocketAddr) -> Result<()> {
    socket
        .start_connect(network, to_wasi(remote))
        .map_err(|code| match code {
            ErrorCode::InvalidArgument => convert(ErrorCode::RemoteUnreachable),
            code => convert(code),
        })
}

impl Socket for WasiSocket {
    fn finish_connect(&mut self) -> Result<bool> {
        loop {
            let Some(parts) = &mut self.parts else {
                return Err(convert(ErrorCode::InvalidState));
            };
            match self.step {
                Step::Binding => match parts.socket.finish_bind() {
                    Ok(()) => {
                        start_connect(&parts.socket, &self.network, self.remote)?;
                        self.step = Step::Connecting;
                    }
                    Err(ErrorCode::WouldBlock) => return Ok(false),
                    Err(code) => return Err(convert(code)),
                },
                Step::Connecting => match parts.socket.finish_connect() {
                    Ok((input, output)) => {
                        self.connecting = None;
                        parts.streams = Some(Streams {
                            readable: OnceCell::new(),
                            writable: OnceCell::new(),
                            input,
                            output,
                        });
                        self.step = Step::Connected;
                    }
                    Err(ErrorCode::WouldBlock) => return Ok(false),
                    Err(code) => return Err(convert(code)),
                },
                Step::Connected => return Ok(true),
            }
        }
    }

    fn connecting(&self) -> Event {
        match (&self.connecting, &self.parts) {
            (Some(event), _) => Rc::clone(event),
            (None, _) => self.event(Direction::Write),
        }
    }
}

impl Transport for WasiSocket {
    type Event = Event;

    fn read(&mut self, into: &mut Buffer, max: usize) -> Result<Read> {
        // What the host copies in cannot fail without a trap.
        let max = memory::available(max)?;
        if !into.is_empty() {
            into.reserve(max)?;
        }
        match self.streams()?.input.read(max as u64) {
            Ok(bytes) if bytes.is_empty() => Ok(Read::Blocked),
            Ok(bytes) => {
                into.push(bytes)?;
                Ok(Read::Some)
            }
            Err(StreamError::Closed) => Ok(Read::End(End::Clean)),
            Err(StreamError::LastOperationFailed(error)) => Err(failed(&error.to_debug_string())),
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        let output = &self.streams()?.output;
        let mut written = 0;
        while written < bytes.len() {
            let room = match output.check_write() {
                Ok(0) => break,
                Ok(room) => usize::try_from(room).unwrap_or(usize::MAX),
                Err(error) => return Err(broken(error)),
            };
            let end = bytes.len().min(written.saturating_add(room));
            output.write(&bytes[written..end]).map_err(broken)?;
            written = end;
        }
        Ok(written)
    }

    fn shutdown(&mut self) -> Result<bool> {
        let Some(parts) = &self.parts else {
            return Ok(true);
        };
        // A write that the host has not finished is waited for.
        if parts.is_writing() {
            return Ok(false);
        }
        match parts.socket.shutdown(ShutdownType::Send) {
            Ok(()) | Err(ErrorCode::InvalidState) => Ok(true),
            Err(code) => Err(convert(code)),
        }
    }

    fn address(&self, side: Side) -> Option<SocketAddr> {
        let socket = &self.parts.as_ref()?.socket;
        let address = match side {
            Side::Local => socket.local_address(),
            Side::Peer => socket.remote_address(),
        };
        address.ok().map(from_wasi)
    }

    fn event(&self, direction: Direction) -> Event {
        let Ok(streams) = self.streams() else {
            return self.connecting();
        };
        Rc::clone(match direction {
            Direction::Read => streams
                .readable
                .get_or_init(|| Rc::new(streams.input.subscribe())),
            Direction::Write => streams
                .writable
                .get_or_init(|| Rc::new(streams.output.subscribe())),
        })
    }
}

impl Drop for WasiSocket {
    fn drop(&mut self) {
        self.connecting = None;
        if let Some(parts) = self.parts.take() {
            self.limbo.give_up(parts);
        }
    }
}

fn broken(error: StreamError) -> Error {
    match error {
        StreamError::Closed => Code::ConnectionBroken.into(),
        StreamError::LastOperationFailed(error) => failed(&error.to_debug_string()),
    }
}

/// WASI 0.2 has no stable way from a stream's error to a code, only text.
fn failed(text: &str) -> Error {
    let text = text.to_ascii_lowercase();
    let has = |part: &str| text.contains(part);
    let code = if has("broken") {
        Code::ConnectionBroken
    } else if has("abort") {
        Code::ConnectionAborted
    } else if has("timeout") || has("timed out") {
        Code::Timeout
    } else if has("unreachable") {
        Code::RemoteUnreachable
    } else {
        Code::ConnectionReset
    };
    code.into()
}

fn from_wasi(address: IpSocketAddress) -> SocketAddr {
    match address {
        IpSocketAddress::Ipv4(Ipv4SocketAddress { port, address }) => {
            let (a, b, c, d) = address;
            SocketAddr::from(([a, b, c, d], port))
        }
        IpSocketAddress::Ipv6(Ipv6SocketAddress { port, address, .. }) => {
            let (a, b, c, d, e, f, g, h) = address;
            SocketAddr::from(([a, b, c, d, e, f, g, h], port))
        }
    }
}

fn to_wasi(address: SocketAddr) -> IpSocketAddress {
    match address {
        SocketAddr::V4(address) => {
            let [a, b, c, d] = address.ip().octets();
            IpSocketAddress::Ipv4(Ipv4SocketAddress {
                port: address.port(),
                address: (a, b, c, d),
            })
        }
        SocketAddr::V6(address) => {
            let [a, b, c, d, e, f, g, h] = address.ip().segments();
            IpSocketAddress::Ipv6(Ipv6SocketAddress {
                port: address.port(),
                flow_info: address.flowinfo(),
                address: (a, b, c, d, e, f, g, h),
                scope_id: address.scope_id(),
            })
        }
    }
}
