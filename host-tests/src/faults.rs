//! Makes a call of the component to the host go wrong.

use wasmtime::component::{Linker, Resource};
use wasmtime::{Result, StoreContextMut};
use wasmtime_wasi::p2::bindings::sockets::ip_name_lookup::{
    Host as _, HostResolveAddressStream as _, ResolveAddressStream,
};
use wasmtime_wasi::p2::bindings::sockets::network::{
    ErrorCode, Host as _, IpAddress, IpAddressFamily, IpSocketAddress, Network,
};
use wasmtime_wasi::p2::bindings::sockets::tcp_create_socket::Host as _;
use wasmtime_wasi::p2::bindings::sync::io::streams::{
    Host as _, HostInputStream as _, HostOutputStream as _, StreamError,
};
use wasmtime_wasi::p2::bindings::sync::sockets::tcp::{HostTcpSocket as _, ShutdownType};
use wasmtime_wasi::p2::{DynInputStream, DynOutputStream, SocketResult, StreamResult, TcpSocket};
use wasmtime_wasi::sockets::WasiSocketsView;

use crate::Host;
use crate::instance::State;

/// The version of the interfaces in the linker of `wasmtime-wasi`.
pub(crate) const IO: &str = "0.2.12";

/// What the component asks of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// `create-tcp-socket`.
    CreateSocket,
    /// `tcp-socket.start-connect`.
    StartConnect,
    /// `tcp-socket.finish-connect`.
    FinishConnect,
    /// `tcp-socket.shutdown`.
    Shutdown,
    /// `resolve-addresses`.
    Resolve,
    /// `resolve-address-stream.resolve-next-address`.
    NextAddress,
    /// `input-stream.read`, of sockets and of streams that are bodies.
    Read,
    /// `output-stream.check-write`.
    CheckWrite,
    /// `output-stream.write`.
    Write,
    /// `poll`.
    Poll,
}

/// How it goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It fails; a stream is closed from then on.
    Fail,
    /// The stream, or the list of addresses, ends.
    End,
    /// Nothing can be done yet, this once.
    Block,
    /// Nothing can be done any more, though a wait says so.
    Stall,
    /// Less is done than could be: one byte is read, or may be written; a wait
    /// is over before anything is ready.
    Shorten,
}

/// A fault at the n-th call, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Injection {
    /// At which function.
    pub operation: Operation,
    /// At which call of it.
    pub nth: u64,
    /// What happens.
    pub fault: Fault,
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::CreateSocket,
        Self::StartConnect,
        Self::FinishConnect,
        Self::Shutdown,
        Self::Resolve,
        Self::NextAddress,
        Self::Read,
        Self::CheckWrite,
        Self::Write,
        Self::Poll,
    ];

    /// The faults that it can have.
    #[must_use]
    pub fn faults(self) -> &'static [Fault] {
        use Fault::{Block, End, Fail, Shorten, Stall};
        match self {
            Self::CreateSocket | Self::StartConnect | Self::Shutdown | Self::Resolve => &[Fail],
            Self::FinishConnect => &[Fail, Block, Stall],
            Self::NextAddress => &[Fail, End, Block, Stall],
            Self::Read | Self::CheckWrite => &[Fail, End, Block, Stall, Shorten],
            Self::Write => &[Fail, End],
            Self::Poll => &[Shorten],
        }
    }
}

impl Host {
    /// Lets a call go wrong, or no more; for a host that is watched. Calls are counted
    /// from now on.
    pub fn inject(&self, injection: Option<Injection>) {
        self.0.borrow_mut().store.data_mut().faults = Faults {
            injection,
            ..Faults::default()
        };
    }

    /// Whether the fault has happened.
    #[must_use]
    pub fn fault_has_happened(&self) -> bool {
        self.0.borrow().store.data().faults.has_happened
    }
}

/// The calls so far, and what is to happen.
#[derive(Default)]
pub(crate) struct Faults {
    injection: Option<Injection>,
    count: u64,
    has_happened: bool,
    /// The resource that a lasting fault has made unusable, and what its calls do.
    unusable: Option<(Side, u32, Fault)>,
}

/// A number is given to a resource of each table of the host.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Input,
    Output,
    Other,
}

impl Faults {
    /// Counts a call, and says what is wrong with it.
    pub(crate) fn next(&mut self, operation: Operation, resource: u32) -> Option<Fault> {
        let side = match operation {
            Operation::Read => Side::Input,
            Operation::CheckWrite | Operation::Write => Side::Output,
            _ => Side::Other,
        };
        if let Some((_, _, fault)) = self
            .unusable
            .filter(|unusable| (unusable.0, unusable.1) == (side, resource))
        {
            return Some(fault);
        }
        let injection = self
            .injection
            .filter(|injection| injection.operation == operation)?;
        self.count += 1;
        if self.count != injection.nth {
            return None;
        }
        self.has_happened = true;
        self.unusable = match (injection.fault, side) {
            (Fault::Stall, _) => Some((side, resource, Fault::Stall)),
            (Fault::Fail | Fault::End, Side::Input | Side::Output) => {
                Some((side, resource, Fault::End))
            }
            _ => None,
        };
        Some(injection.fault)
    }

    /// Whether something will never go on.
    pub(crate) fn is_stalled(&self) -> bool {
        matches!(self.unusable, Some((_, _, Fault::Stall)))
    }
}

impl State {
    fn stream<T>(
        &mut self,
        fault: Option<Fault>,
        call: impl FnOnce(&mut Self, Option<Fault>) -> StreamResult<T>,
    ) -> Result<(std::result::Result<T, StreamError>,)> {
        let outcome = match fault {
            Some(Fault::End) => Err(wasmtime_wasi::p2::StreamError::Closed),
            Some(Fault::Fail) => Err(wasmtime_wasi::p2::StreamError::LastOperationFailed(
                std::io::Error::from(std::io::ErrorKind::ConnectionReset).into(),
            )),
            fault => call(self, fault),
        };
        Ok((match outcome {
            Ok(value) => Ok(value),
            Err(error) => Err(self.table.convert_stream_error(error)?),
        },))
    }

    fn socket<T>(
        &mut self,
        fault: Option<Fault>,
        failure: ErrorCode,
        call: impl FnOnce(&mut Self, Option<Fault>) -> SocketResult<T>,
    ) -> Result<(std::result::Result<T, ErrorCode>,)> {
        let outcome = match fault {
            Some(Fault::Fail) => Err(failure.into()),
            Some(Fault::Block | Fault::Stall) => Err(ErrorCode::WouldBlock.into()),
            fault => call(self, fault),
        };
        Ok((match outcome {
            Ok(value) => Ok(value),
            Err(error) => Err(self.sockets().convert_error_code(error)?),
        },))
    }
}

/// Puts functions before those of `wasmtime-wasi` that count, and disturb.
pub(crate) fn shadow(linker: &mut Linker<State>) -> Result<()> {
    shadow_streams(linker)?;
    shadow_sockets(linker)?;
    shadow_lookups(linker)
}

type Context<'a> = StoreContextMut<'a, State>;

fn shadow_streams(linker: &mut Linker<State>) -> Result<()> {
    let mut streams = linker.instance(&format!("wasi:io/streams@{IO}"))?;
    streams.func_wrap(
        "[method]input-stream.read",
        |mut store: Context<'_>, (stream, length): (Resource<DynInputStream>, u64)| {
            let state = store.data_mut();
            let fault = state.faults.next(Operation::Read, stream.rep());
            state.stream(fault, |state, fault| match fault {
                Some(Fault::Shorten) => state.table.read(stream, length.min(1)),
                Some(_) => Ok(Vec::new()),
                None => state.table.read(stream, length),
            })
        },
    )?;
    streams.func_wrap(
        "[method]output-stream.check-write",
        |mut store: Context<'_>, (stream,): (Resource<DynOutputStream>,)| {
            let state = store.data_mut();
            let fault = state.faults.next(Operation::CheckWrite, stream.rep());
            state.stream(fault, |state, fault| match fault {
                Some(Fault::Shorten) => Ok(state.table.check_write(stream)?.min(1)),
                Some(_) => Ok(0),
                None => state.table.check_write(stream),
            })
        },
    )?;
    streams.func_wrap(
        "[method]output-stream.write",
        |mut store: Context<'_>, (stream, bytes): (Resource<DynOutputStream>, Vec<u8>)| {
            let state = store.data_mut();
            let fault = state.faults.next(Operation::Write, stream.rep());
            state.stream(fault, |state, _| state.table.write(stream, bytes))
        },
    )
}

fn shadow_sockets(linker: &mut Linker<State>) -> Result<()> {
    let mut create = linker.instance(&format!("wasi:sockets/tcp-create-socket@{IO}"))?;
    create.func_wrap(
        "create-tcp-socket",
        |mut store: Context<'_>, (family,): (IpAddressFamily,)| {
            let state = store.data_mut();
            let fault = state.faults.next(Operation::CreateSocket, 0);
            state.socket(fault, ErrorCode::NewSocketLimit, |state, _| {
                state.sockets().create_tcp_socket(family)
            })
        },
    )?;
    let mut tcp = linker.instance(&format!("wasi:sockets/tcp@{IO}"))?;
    tcp.func_wrap(
        "[method]tcp-socket.start-connect",
        |mut store: Context<'_>,
         (socket, network, address): (
            Resource<TcpSocket>,
            Resource<Network>,
            IpSocketAddress,
        )| {
            let state = store.data_mut();
            let fault = state.faults.next(Operation::StartConnect, socket.rep());
            state.socket(fault, ErrorCode::RemoteUnreachable, |state, _| {
                state.sockets().start_connect(socket, network, address)
            })
        },
    )?;
    tcp.func_wrap(
        "[method]tcp-socket.finish-connect",
        |mut store: Context<'_>, (socket,): (Resource<TcpSocket>,)| {
            let state = store.data_mut();
            let fault = state.faults.next(Operation::FinishConnect, socket.rep());
            state.socket(fault, ErrorCode::ConnectionRefused, |state, _| {
                state.sockets().finish_connect(socket)
            })
        },
    )?;
    tcp.func_wrap(
        "[method]tcp-socket.shutdown",
        |mut store: Context<'_>, (socket, side): (Resource<TcpSocket>, ShutdownType)| {
            let state = store.data_mut();
            let fault = state.faults.next(Operation::Shutdown, socket.rep());
            state.socket(fault, ErrorCode::InvalidState, |state, _| {
                state.sockets().shutdown(socket, side)
            })
        },
    )
}

fn shadow_lookups(linker: &mut Linker<State>) -> Result<()> {
    let mut lookup = linker.instance(&format!("wasi:sockets/ip-name-lookup@{IO}"))?;
    lookup.func_wrap(
        "resolve-addresses",
        |mut store: Context<'_>, (network, name): (Resource<Network>, String)| {
            let state = store.data_mut();
            let fault = state.faults.next(Operation::Resolve, 0);
            state.socket(fault, ErrorCode::NameUnresolvable, |state, _| {
                state.sockets().resolve_addresses(network, name)
            })
        },
    )?;
    lookup.func_wrap(
        "[method]resolve-address-stream.resolve-next-address",
        |mut store: Context<'_>, (addresses,): (Resource<ResolveAddressStream>,)| {
            let state = store.data_mut();
            let fault = state.faults.next(Operation::NextAddress, addresses.rep());
            let failure = ErrorCode::TemporaryResolverFailure;
            state.socket(fault, failure, |state, fault| match fault {
                Some(Fault::End) => Ok(None::<IpAddress>),
                _ => state.sockets().resolve_next_address(addresses),
            })
        },
    )
}
