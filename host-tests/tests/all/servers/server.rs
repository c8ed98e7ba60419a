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
    connections: Mutex<Vec<Vec<u8>>>,
    changed: Condvar,
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
                    let mut peer = Peer::new(socket, tls, number, log)?;
                    let outcome = script(&mut peer);
                    peer.finish();
                    outcome
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
        connections.get(number).cloned().unwrap_or_default()
    }

    /// Waits until so many bytes have arrived on a connection, and returns all.
    pub(crate) fn wait_for(&self, number: usize, count: usize) -> Vec<u8> {
        let connections = self.log.connections.lock().unwrap();
        let missing = |connections: &mut Vec<Vec<u8>>| {
            connections.get(number).is_none_or(|bytes| bytes.len() < count)
        };
        let (connections, outcome) = self
            .log
            .changed
            .wait_timeout_while(connections, PATIENCE, missing)
            .unwrap();
        let bytes = connections.get(number).cloned().unwrap_or_default();
        assert!(!outcome.timed_out(), "only {} bytes arrived", bytes.len());
        bytes
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
        connections.push(Vec::new());
        self.changed.notify_all();
        connections.len() - 1
    }

    pub(crate) fn received(&self, number: usize, bytes: &[u8]) {
        self.connections.lock().unwrap()[number].extend_from_slice(bytes);
        self.changed.notify_all();
    }
}
