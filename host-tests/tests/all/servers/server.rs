//! A server that follows a script, and remembers.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use rustls::ServerConfig;

use super::{PATIENCE, Peer};

/// A server on a free port of the loopback interface, each of whose connections
/// is handled by the same script in a thread of its own.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    log: Arc<Log>,
    stopped: Arc<AtomicBool>,
}

/// What has happened at a server, by connection.
#[derive(Default)]
pub(crate) struct Log {
    connections: Mutex<Vec<Received>>,
    changed: Condvar,
}

#[derive(Default)]
struct Received {
    bytes: Vec<u8>,
    is_over: bool,
}

impl Server {
    pub(crate) fn start(
        tls: Option<Arc<ServerConfig>>,
        script: impl Fn(&mut Peer) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        Self::on(listener, tls, script)
    }

    pub(crate) fn on(
        listener: TcpListener,
        tls: Option<Arc<ServerConfig>>,
        script: impl Fn(&mut Peer) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let server = Self {
            address: listener.local_addr().unwrap(),
            log: Arc::default(),
            stopped: Arc::default(),
        };
        let (log, stopped) = (Arc::clone(&server.log), Arc::clone(&server.stopped));
        let script = Arc::new(script);
        thread::spawn(move || {
            for socket in listener.incoming().flatten() {
                if stopped.load(Ordering::Relaxed) {
                    break;
                }
                let number = log.accepted();
                let (log, script, tls) = (Arc::clone(&log), Arc::clone(&script), tls.clone());
                thread::spawn(move || {
                    let mut peer = Peer::new(socket, tls, number, Arc::clone(&log)).unwrap();
                    // A script ends at the first error; the test sees what is missing.
                    let _ = script(&mut peer);
                    peer.finish();
                    log.ended(number);
                });
            }
        });
        server
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// How many connections were accepted so far.
    pub(crate) fn accepts(&self) -> usize {
        self.log.connections.lock().unwrap().len()
    }

    /// What arrived on a connection so far.
    pub(crate) fn received(&self, number: usize) -> Vec<u8> {
        let connections = self.log.connections.lock().unwrap();
        connections[number].bytes.clone()
    }

    /// Waits until the script of a connection is over, and returns what arrived.
    pub(crate) fn wait_for_end(&self, number: usize) -> Vec<u8> {
        let connections = self.log.connections.lock().unwrap();
        let goes_on = |connections: &mut Vec<Received>| {
            connections
                .get(number)
                .is_none_or(|received| !received.is_over)
        };
        let (connections, outcome) = self
            .log
            .changed
            .wait_timeout_while(connections, PATIENCE, goes_on)
            .unwrap();
        assert!(!outcome.timed_out(), "connection {number} does not end");
        connections[number].bytes.clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        // Wakes the thread that accepts.
        let _ = TcpStream::connect(self.address);
    }
}

impl Log {
    fn accepted(&self) -> usize {
        let mut connections = self.connections.lock().unwrap();
        connections.push(Received::default());
        connections.len() - 1
    }

    pub(crate) fn received(&self, number: usize, bytes: &[u8]) {
        let mut connections = self.connections.lock().unwrap();
        connections[number].bytes.extend_from_slice(bytes);
    }

    fn ended(&self, number: usize) {
        self.connections.lock().unwrap()[number].is_over = true;
        self.changed.notify_all();
    }
}
