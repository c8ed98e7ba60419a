//! WASI 0.2: the only module that names what the component imports.

mod resolver;
pub use runtime::Single;
mod runtime;
mod socket;
mod stream;

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::OnceCell;
use core::net::SocketAddr;
use core::time::Duration;
use httplib_client::transport::Network;
use httplib_proto::error::{Result, transport};
use resolver::Resolver;
use socket::{Limbo, WasiSocket};
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
    limbo: Rc<Limbo>,
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
        WasiSocket::dial(self.handle(), &self.limbo, remote, source)
    }

    fn wait(&self, events: &[Event], deadline: Option<u64>) -> Vec<u32> {
        let timer = deadline.map(monotonic_clock::subscribe_instant);
        if let (None, [event]) = (&timer, events) {
            event.block();
            return [0].into();
        }
        let mut pollables: Vec<&Pollable> = events.iter().map(|event| &**event).collect();
        pollables.extend(&timer);
        // Polling nothing is a trap; and nothing would ever be ready.
        if pollables.is_empty() {
            return Vec::new();
        }
        let mut ready = poll(&pollables);
        ready.retain(|position| (*position as usize) < events.len());
        ready
    }

    fn print(&self, line: String) {
        let stdout = self.stdout.get_or_init(get_stdout);
        // A stream that takes no more than 4096 bytes at a time (its contract)
        // or fails loses debug output, nothing else.
        for piece in line.as_bytes().chunks(4096) {
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
fn convert(code: ErrorCode) -> httplib_proto::error::Error {
    transport::socket(
        match code {
            ErrorCode::Unknown => "unknown",
            ErrorCode::AccessDenied => "access-denied",
            ErrorCode::NotSupported => "not-supported",
            ErrorCode::InvalidArgument => "invalid-argument",
            ErrorCode::OutOfMemory => "out-of-memory",
            ErrorCode::Timeout => "timeout",
            ErrorCode::ConcurrencyConflict => "concurrency-conflict",
            ErrorCode::NotInProgress => "not-in-progress",
            ErrorCode::WouldBlock => "would-block",
            ErrorCode::InvalidState => "invalid-state",
            ErrorCode::NewSocketLimit => "new-socket-limit",
            ErrorCode::AddressNotBindable => "address-not-bindable",
            ErrorCode::AddressInUse => "address-in-use",
            ErrorCode::RemoteUnreachable => "remote-unreachable",
            ErrorCode::ConnectionRefused => "connection-refused",
            ErrorCode::ConnectionReset => "connection-reset",
            ErrorCode::ConnectionAborted => "connection-aborted",
            ErrorCode::DatagramTooLarge => "datagram-too-large",
            ErrorCode::NameUnresolvable => "name-unresolvable",
            ErrorCode::TemporaryResolverFailure => "temporary-resolver-failure",
            ErrorCode::PermanentResolverFailure => "permanent-resolver-failure",
        },
        "",
    )
}
