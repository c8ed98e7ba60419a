//! Raw byte streams: after 101 (Switching Protocols) and a 2xx answer to CONNECT.

mod closing;
mod reading;
mod refused;
mod writing;

use std::io;

use httplib_host_tests::{Connection, Host, Response};

use crate::servers::{Peer, Scheme, Server};

/// How a connection becomes a raw byte stream.
#[derive(Clone, Copy, Debug)]
enum Opening {
    Upgrade,
    Connect,
}

impl Opening {
    const ALL: [Self; 2] = [Self::Upgrade, Self::Connect];

    fn answer(self) -> &'static str {
        match self {
            Self::Upgrade => {
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n"
            }
            // Content-Length has no meaning here.
            Self::Connect => "HTTP/1.1 201 Done\r\nContent-Length: 2\r\n\r\n",
        }
    }

    fn request(self, connection: &Connection) {
        let upgrade = [("Connection", "Upgrade"), ("Upgrade", "echo")];
        let sent = match self {
            Self::Upgrade => connection.request("GET", "/", None, &upgrade),
            Self::Connect => connection.request("CONNECT", "inside.example:81", None, &[]),
        };
        sent.unwrap();
    }
}

/// A raw stream, with the things that have to live as long.
struct Raw {
    response: Response,
    connection: Connection,
    host: Host,
    server: Server,
}

/// A raw stream to a server that answers and then follows a script.
fn open(
    scheme: Scheme,
    opening: Opening,
    script: impl Fn(&mut Peer) -> io::Result<()> + Send + Sync + 'static,
) -> Raw {
    let server = scheme.server(move |peer| {
        peer.request()?;
        peer.send(opening.answer())?;
        script(peer)
    });
    let host = Host::new();
    let connection = scheme.connection(&host, server.port());
    opening.request(&connection);
    let response = connection.get_response().unwrap();
    Raw {
        response,
        connection,
        host,
        server,
    }
}

/// Runs a test for every scheme and both ways to open a raw stream.
fn everywhere(test: impl Fn(Scheme, Opening)) {
    for scheme in Scheme::ALL {
        for opening in Opening::ALL {
            test(scheme, opening);
        }
    }
}
