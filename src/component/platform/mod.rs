//! WASI 0.2: the only module that names what the component imports.

mod limbo;
mod resolver;
mod runtime;
mod socket;
mod stream;

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::OnceCell;
use core::net::SocketAddr;
use core::time::Duration;
use httplib_client::error::{Code, Result};
use httplib_client::network::{Block, Log, Network};
use httplib_proto::memory;
use limbo::Limbo;
use resolver::Resolver;
pub use runtime::Single;
use socket::{Parts, WasiSocket};
pub use stream::WasiStream;
use wasi::cli::stdout::get_stdout;
use wasi::clocks::{monotonic_clock, wall_clock};
use wasi::io::poll::{Pollable, poll};
use wasi::io::streams::OutputStream;
use wasi::sockets::instance_network::instance_network;
use wasi::sockets::network::{ErrorCode, Network as Handle};

/// A pollable. Shared, because a wait over many sockets holds them while the
/// sockets keep theirs; dropped before the stream that it belongs to.
pub type Event = Rc<Pollable>;

/// The host's network, clocks and standard output, taken hold of when they are
/// first used.
#[derive(Default)]
pub struct Wasi {
    network: OnceCell<Rc<Handle>>,
    stdout: OnceCell<OutputStream>,
    limbo: Rc<Limbo<Parts>>,
}

impl Wasi {
    fn handle(&self) -> &Rc<Handle> {
        self.network.get_or_init(|| Rc::new(instance_network()))
    }
}

impl Network for Wasi {
    type Event = Event;
    type Socket = WasiSocket;
    type Lookup = Resolver;
    type Stream = WasiStream;

    fn now(&self) -> u64 {
        monotonic_clock::now()
    }

    fn lookup(&self, name: &str) -> Result<Resolver> {
        Resolver::start(self.handle(), name)
    }

    fn dial(&self, remote: SocketAddr, source: Option<SocketAddr>) -> Result<WasiSocket> {
        self.limbo.release();
        if self.limbo.is_full() {
            return Err(Code::NewSocketLimit.into());
        }
        WasiSocket::dial(self.handle(), &self.limbo, remote, source)
    }
}

impl Block for Wasi {
    fn wait(&self, events: &[Event], deadline: Option<u64>) -> Result<Vec<u32>> {
        let timer = deadline.map(monotonic_clock::subscribe_instant);
        let ready = match (&timer, events) {
            // Polling nothing is a trap; and nothing would ever be ready.
            (None, []) => Vec::new(),
            (None, [event]) => {
                event.block();
                [0].into()
            }
            _ => {
                let mut pollables: Vec<&Pollable> = Vec::new();
                memory::reserve_exact(&mut pollables, events.len() + 1)?;
                // The bindings make a list of handles, and the host one of positions.
                memory::ensure(8 * pollables.capacity() + memory::HEADROOM)?;
                pollables.extend(events.iter().map(|event| &**event));
                pollables.extend(&timer);
                let mut ready = poll(&pollables);
                ready.retain(|position| (*position as usize) < events.len());
                ready
            }
        };
        self.limbo.release();
        Ok(ready)
    }
}

impl Log for Wasi {
    fn print(&self, lines: &str) {
        let stdout = self.stdout.get_or_init(get_stdout);
        // A stream that takes no more than 4096 bytes at a time (its contract)
        // or fails loses debug output, nothing else.
        for piece in lines.as_bytes().chunks(4096) {
            if stdout.blocking_write_and_flush(piece).is_err() {
                return;
            }
        }
    }
}

/// Unix time, for certificates; `None` where the host's clock is not set.
pub fn wall_clock() -> Option<Duration> {
    let now = wall_clock::now();
    (now.seconds > 0).then(|| Duration::new(now.seconds, now.nanoseconds))
}

/// An error code of `wasi:sockets` as one of ours.
fn convert(code: ErrorCode) -> httplib_client::error::Error {
    match code {
        ErrorCode::Unknown => Code::Unknown,
        ErrorCode::AccessDenied => Code::AccessDenied,
        ErrorCode::NotSupported => Code::NotSupported,
        ErrorCode::InvalidArgument => Code::InvalidArgument,
        ErrorCode::OutOfMemory => Code::OutOfMemory,
        ErrorCode::Timeout => Code::Timeout,
        ErrorCode::ConcurrencyConflict => Code::ConcurrencyConflict,
        ErrorCode::NotInProgress => Code::NotInProgress,
        ErrorCode::WouldBlock => Code::WouldBlock,
        ErrorCode::InvalidState => Code::InvalidState,
        ErrorCode::NewSocketLimit => Code::NewSocketLimit,
        ErrorCode::AddressNotBindable => Code::AddressNotBindable,
        ErrorCode::AddressInUse => Code::AddressInUse,
        ErrorCode::RemoteUnreachable => Code::RemoteUnreachable,
        ErrorCode::ConnectionRefused => Code::ConnectionRefused,
        ErrorCode::ConnectionReset => Code::ConnectionReset,
        ErrorCode::ConnectionAborted => Code::ConnectionAborted,
        ErrorCode::DatagramTooLarge => Code::DatagramTooLarge,
        ErrorCode::NameUnresolvable => Code::NameUnresolvable,
        ErrorCode::TemporaryResolverFailure => Code::TemporaryResolverFailure,
        ErrorCode::PermanentResolverFailure => Code::PermanentResolverFailure,
    }
    .into()
}
