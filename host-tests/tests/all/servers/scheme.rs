//! The same test over plain TCP and over TLS.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;

use httplib_host_tests::{Connection, Host, TlsContext};
use rustls::ServerConfig;
use socket2::{Domain, SockAddr, Socket, Type};

use super::certificates::{authority, local_identity};
use super::{Peer, Server};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Http,
    Tls12,
    Tls13,
}

impl Scheme {
    pub(crate) const ALL: [Self; 3] = [Self::Http, Self::Tls12, Self::Tls13];

    pub(crate) fn server(
        self,
        script: impl Fn(&mut Peer) -> io::Result<()> + Send + Sync + 'static,
    ) -> Server {
        Server::start(self.tls(), script)
    }

    /// A server that takes little from a client before its script reads.
    pub(crate) fn narrow_server(
        self,
        script: impl Fn(&mut Peer) -> io::Result<()> + Send + Sync + 'static,
    ) -> Server {
        Server::on(narrow_listener(), self.tls(), script)
    }

    fn tls(self) -> Option<Arc<ServerConfig>> {
        match self {
            Self::Http => None,
            Self::Tls12 => Some(local_identity().tls12()),
            Self::Tls13 => Some(local_identity().tls13()),
        }
    }

    /// A connection to a local server, which is trusted.
    pub(crate) fn connection(self, host: &Host, port: u16) -> Connection {
        match self {
            Self::Http => host.http("127.0.0.1", port),
            Self::Tls12 | Self::Tls13 => {
                host.https("127.0.0.1", port, Some(&trusting_context(host)))
            }
        }
        .unwrap()
    }
}

/// A context that trusts the authority of the tests.
pub(crate) fn trusting_context(host: &Host) -> TlsContext {
    let context = host.tls_context();
    let added = context.load_verify_locations(authority().pem.as_bytes());
    assert_eq!(added.unwrap(), 1);
    context
}

/// Sockets that it accepts have its receive buffer, which nothing makes grow.
fn narrow_listener() -> TcpListener {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    socket.bind(&SockAddr::from(any)).unwrap();
    socket.listen(128).unwrap();
    socket.into()
}
