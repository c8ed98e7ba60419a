//! Servers whose own processor time is known.

use std::io::BufReader;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::{CipherSuite, HandshakeKind, NamedGroup, ServerConfig, ServerConnection, StreamOwned};

use crate::certificates::Chain;
use crate::{Result, cost, http};

/// How long a server may take to notice that a client has gone.
const PATIENCE: Duration = Duration::from_secs(60);

/// An HTTP server on a free port of the loopback interface, all in one thread:
/// it serves one connection after the other until the process ends.
pub(crate) struct Server {
    pub(crate) port: u16,
    served: Receiver<Served>,
}

/// One connection, after its end.
struct Served {
    agreed: Option<Agreed>,
    processor: Duration,
}

/// What a handshake agreed on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Agreed {
    pub(crate) suite: CipherSuite,
    /// None for a resumed session of TLS 1.2.
    pub(crate) group: Option<NamedGroup>,
    pub(crate) kind: HandshakeKind,
}

impl Server {
    pub(crate) fn http() -> Result<Self> {
        Self::start(None)
    }

    /// A server by rustls with aws-lc-rs that takes one suite, and these groups.
    pub(crate) fn https(chain: &Chain, suite: CipherSuite, groups: &[NamedGroup]) -> Result<Self> {
        let mut cipher_suites = aws_lc_rs::ALL_CIPHER_SUITES.to_vec();
        cipher_suites.retain(|known| known.suite() == suite);
        let mut kx_groups = aws_lc_rs::ALL_KX_GROUPS.to_vec();
        kx_groups.retain(|known| groups.contains(&known.name()));
        let provider = CryptoProvider {
            cipher_suites,
            kx_groups,
            ..aws_lc_rs::default_provider()
        };
        let mut config = ServerConfig::builder_with_provider(Arc::new(provider))
            .with_protocol_versions(rustls::ALL_VERSIONS)?
            .with_no_client_auth()
            .with_single_cert(vec![chain.leaf.clone()], chain.key.clone_key())?;
        config.ticketer = aws_lc_rs::Ticketer::new()?;
        Self::start(Some(Arc::new(config)))
    }

    fn start(tls: Option<Arc<ServerConfig>>) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = listener.local_addr()?.port();
        let (sender, served) = channel();
        thread::spawn(move || accept(&listener, tls.as_ref(), &sender));
        Ok(Self { port, served })
    }

    /// Waits until so many connections are over; their processor time on this
    /// side, and what those with TLS have agreed on.
    pub(crate) fn settle(&self, connections: usize) -> Result<(Duration, Vec<Agreed>)> {
        let mut processor = Duration::ZERO;
        let mut agreed = Vec::new();
        for _ in 0..connections {
            let served = self.served.recv_timeout(PATIENCE)?;
            processor += served.processor;
            agreed.extend(served.agreed);
        }
        Ok((processor, agreed))
    }
}

fn accept(listener: &TcpListener, tls: Option<&Arc<ServerConfig>>, sender: &Sender<Served>) {
    let mut before = cost::thread();
    for socket in listener.incoming().flatten() {
        let agreed = serve(socket, tls);
        let now = cost::thread();
        let processor = now - before;
        before = now;
        if sender.send(Served { agreed, processor }).is_err() {
            break;
        }
    }
}

/// Errors are left to the client, which misses something then.
fn serve(socket: TcpStream, tls: Option<&Arc<ServerConfig>>) -> Option<Agreed> {
    let _ = socket.set_nodelay(true);
    let Some(config) = tls else {
        let _ = http::all(&mut BufReader::new(socket));
        return None;
    };
    let tls = ServerConnection::new(Arc::clone(config)).ok()?;
    let mut stream = BufReader::new(StreamOwned::new(tls, socket));
    let _ = http::all(&mut stream);
    let tls = &stream.get_ref().conn;
    Some(Agreed {
        suite: tls.negotiated_cipher_suite()?.suite(),
        group: tls
            .negotiated_key_exchange_group()
            .map(|group| group.name()),
        kind: tls.handshake_kind()?,
    })
}
