//! The clients that are compared: both do the same, each time through a new
//! connection.

use std::io::{self, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, TcpStream};
use std::sync::Arc;

use httplib_host_tests::{Connection, Host, TlsContext};
use rustls::client::Resumption;
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore};

use crate::Result;
use crate::http::{self, Head, PIECE};

/// A client of one server on loopback.
pub(crate) trait Client {
    /// Connects, gets a body of so many bytes, and closes.
    fn get(&self, length: u64) -> Result<()>;

    /// Connects, posts a body of so many bytes, reads the answer, and closes.
    fn post(&self, length: u64) -> Result<()>;
}

/// How a client uses TLS.
#[derive(Clone, Copy)]
pub(crate) struct Tls<'a> {
    /// Trusted beside whatever the client trusts by itself.
    pub(crate) root: &'a CertificateDer<'static>,
    pub(crate) resumption: bool,
}

/// The component in Wasmtime, with the settings that it has by itself.
pub(crate) struct Guest {
    host: Host,
    port: u16,
    context: Option<TlsContext>,
}

impl Guest {
    pub(crate) fn new(host: &Host, port: u16, tls: Option<Tls<'_>>) -> Result<Self> {
        let context = match tls {
            Some(Tls { root, resumption }) => {
                let context = host.tls_context();
                context.load_verify_locations(root)?;
                context.set_session_resumption(resumption);
                Some(context)
            }
            None => None,
        };
        Ok(Self {
            host: host.clone(),
            port,
            context,
        })
    }

    fn connection(&self) -> Result<Connection> {
        let address = Ipv4Addr::LOCALHOST.to_string();
        Ok(match &self.context {
            Some(context) => self.host.https(&address, self.port, Some(context))?,
            None => self.host.http(&address, self.port)?,
        })
    }
}

impl Client for Guest {
    fn get(&self, length: u64) -> Result<()> {
        let connection = self.connection()?;
        connection.request("GET", &format!("/{length}"), None, &[])?;
        let response = connection.get_response()?;
        let mut received = 0;
        while received < length {
            match response.read(Some(PIECE as u64))?.len() {
                0 => return Err("the body ends too early".into()),
                count => received += count as u64,
            }
        }
        Ok(())
    }

    fn post(&self, length: u64) -> Result<()> {
        let connection = self.connection()?;
        connection.put_request("POST", "/")?;
        connection.put_header("Content-Length", &[&length.to_string()])?;
        connection.end_headers(None, false)?;
        let piece = vec![0; PIECE];
        let mut left = length;
        while left > 0 {
            let count = left.min(PIECE as u64);
            connection.send(&piece[..count as usize])?;
            left -= count;
        }
        match connection.get_response()?.status() {
            200 => Ok(()),
            status => Err(format!("the answer is {status}").into()),
        }
    }
}

/// rustls with ring over a blocking socket.
pub(crate) struct Native {
    port: u16,
    config: Option<Arc<ClientConfig>>,
}

impl Native {
    pub(crate) fn new(port: u16, tls: Option<Tls<'_>>) -> Result<Self> {
        let config = match tls {
            Some(tls) => Some(Arc::new(config(tls)?)),
            None => None,
        };
        Ok(Self { port, config })
    }

    /// Connects, sends a request and reads its answer, and closes.
    fn exchange(
        &self,
        exchange: impl Fn(&mut BufReader<&mut dyn Stream>) -> io::Result<()>,
    ) -> Result<()> {
        let mut socket = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        socket.set_nodelay(true)?;
        let Some(config) = &self.config else {
            return Ok(exchange(&mut BufReader::new(&mut socket))?);
        };
        let name = ServerName::from(IpAddr::from(Ipv4Addr::LOCALHOST));
        let mut tls = ClientConnection::new(Arc::clone(config), name)?;
        let mut stream = rustls::Stream::new(&mut tls, &mut socket);
        exchange(&mut BufReader::new(&mut stream))?;
        stream.conn.send_close_notify();
        Ok(stream.flush()?)
    }
}

trait Stream: Read + Write {}
impl<S: Read + Write> Stream for S {}

fn config(tls: Tls<'_>) -> Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(tls.root.clone())?;
    // Named, because with several providers in one build there is no default.
    let provider = Arc::new(ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    if !tls.resumption {
        config.resumption = Resumption::disabled();
    }
    Ok(config)
}

impl Client for Native {
    fn get(&self, length: u64) -> Result<()> {
        self.exchange(|stream| {
            write!(
                stream.get_mut(),
                "GET /{length} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
            )?;
            Head::read(stream)?;
            http::drop_body(stream, length)
        })
    }

    fn post(&self, length: u64) -> Result<()> {
        self.exchange(|stream| {
            let head = format!("POST / HTTP/1.1\r\nContent-Length: {length}\r\n\r\n");
            stream.get_mut().write_all(head.as_bytes())?;
            http::send(stream.get_mut(), length)?;
            Head::read(stream)?;
            Ok(())
        })
    }
}
