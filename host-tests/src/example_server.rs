//! A server that answers the examples from the documentation of Python's
//! `httplib` as they say.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// A request line or header line may not be longer, nor a body.
const MOST: u64 = 1 << 20;

/// A small HTTP/1.1 server on a free port of the loopback interface. It serves
/// until the process ends.
#[derive(Debug)]
pub struct ExampleServer {
    address: SocketAddr,
    certificate: Option<String>,
}

struct Request {
    method: String,
    path: String,
    body: Vec<u8>,
    close: bool,
}

struct Answer {
    status: &'static str,
    body: String,
}

impl ExampleServer {
    /// Starts one without TLS.
    ///
    /// # Errors
    ///
    /// The operating system's, if there is no port.
    pub fn http() -> io::Result<Self> {
        let address = listen(serve)?;
        Ok(Self {
            address,
            certificate: None,
        })
    }

    /// Starts one with TLS, with a certificate of its own for `localhost` and
    /// 127.0.0.1.
    ///
    /// # Errors
    ///
    /// The operating system's, if there is no port.
    pub fn https() -> io::Result<Self> {
        let names = ["localhost".to_owned(), Ipv4Addr::LOCALHOST.to_string()];
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(names).map_err(io::Error::other)?;
        let key = PrivateKeyDer::Pkcs8(signing_key.serialize_der().into());
        // Named, because with several providers in one build there is no default.
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(io::Error::other)?
            .with_no_client_auth()
            .with_single_cert(vec![cert.der().clone()], key)
            .map_err(io::Error::other)?;
        let config = Arc::new(config);
        let address = listen(move |stream| {
            let tls = ServerConnection::new(Arc::clone(&config)).map_err(io::Error::other)?;
            serve(StreamOwned::new(tls, stream))
        })?;
        Ok(Self {
            address,
            certificate: Some(cert.pem()),
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its certificate in PEM, to be trusted; empty without TLS.
    #[must_use]
    pub fn certificate(&self) -> &str {
        self.certificate.as_deref().unwrap_or_default()
    }
}

/// Accepts connections in a thread and serves each in another.
fn listen(
    serve: impl Fn(TcpStream) -> io::Result<()> + Clone + Send + 'static,
) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let serve = serve.clone();
            // A client that goes away is no concern of the others.
            thread::spawn(move || {
                let _ = stream.set_nodelay(true);
                serve(stream)
            });
        }
    });
    Ok(address)
}

fn serve(stream: impl Read + Write) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read_request(&mut stream)? {
        let Answer { status, body } = answer(&request);
        let mut message = format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        if request.method != "HEAD" {
            message.push_str(&body);
        }
        stream.get_mut().write_all(message.as_bytes())?;
        stream.get_mut().flush()?;
        if request.close {
            break;
        }
    }
    Ok(())
}

fn answer(request: &Request) -> Answer {
    let redirect = "Redirecting to <a href=\"/issue12524\">/issue12524</a>";
    let (status, body) = match (request.method.as_str(), request.path.as_str()) {
        ("GET" | "HEAD", "/" | "/index.html") => ("200 OK", "Hello from the other side.".into()),
        ("POST", "/") if request.body.is_empty() => ("400 Bad Request", "No form.".into()),
        ("POST", "/") => ("302 Found", redirect.into()),
        ("PUT", "/file") => ("200 OK", format!("Stored {} bytes.", request.body.len())),
        ("GET" | "HEAD" | "POST" | "PUT", _) => ("404 Not Found", "There is no such page.".into()),
        _ => ("501 Not Implemented", "GET, HEAD, POST and PUT are.".into()),
    };
    Answer { status, body }
}

/// The next request; none at the end of the connection.
fn read_request(stream: &mut impl BufRead) -> io::Result<Option<Request>> {
    let Some(request_line) = read_line(stream)? else {
        return Ok(None);
    };
    let mut words = request_line.split(' ');
    let method = words.next().unwrap_or_default().to_owned();
    let path = words.next().unwrap_or_default().to_owned();
    let (mut length, mut close) = (0, false);
    while let Some(line) = read_line(stream)?.filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':').unwrap_or_default();
        if name.eq_ignore_ascii_case("Content-Length") {
            length = value.trim().parse().map_err(io::Error::other)?;
        } else if name.eq_ignore_ascii_case("Connection") {
            close = value.trim().eq_ignore_ascii_case("close");
        }
    }
    let mut body = Vec::new();
    stream.take(MOST.min(length)).read_to_end(&mut body)?;
    Ok(Some(Request {
        method,
        path,
        body,
        close,
    }))
}

/// A line without its end; none at the end of the connection.
fn read_line(stream: &mut impl BufRead) -> io::Result<Option<String>> {
    let mut line = String::new();
    match stream.take(MOST).read_line(&mut line)? {
        0 => Ok(None),
        _ => Ok(Some(line.trim_end().to_owned())),
    }
}
