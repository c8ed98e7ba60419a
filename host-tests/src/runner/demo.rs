//! The four examples from the documentation of Python's `httplib`, run before
//! the eyes of a person against a server of its own.

use std::fmt::Debug;
use std::io::{self, Write};

use httplib_host_tests::{Body, ExampleServer, Host, HttpError, TlsContext};

use super::failure::Failure;

/// Shows a line of code, and runs what is shown; after `=>` stands what it has
/// to result in.
macro_rules! run {
    ($screen:ident, let $name:ident = $call:expr) => {
        $screen.code(concat!("let ", stringify!($name), " = ", stringify!($call)))?;
        let $name = $call;
    };
    ($screen:ident, $call:expr => $expected:expr) => {
        $screen.code(stringify!($call))?;
        $screen.result(&$call, &$expected)?;
    };
    ($screen:ident, $call:expr) => {
        $screen.code(stringify!($call))?;
        $call;
    };
}

/// Shows all four.
pub(crate) fn run() -> Result<(), Failure> {
    let mut screen = Screen(io::stdout());
    let server = ExampleServer::https()
        .map_err(|error| Failure::new(1, format!("could not start a server: {error}")))?;
    let host = Host::builder()
        .build()
        .map_err(|error| Failure::internal(&error))?;

    screen.say(&format!(
        "The server listens on https://{}/ .",
        server.address()
    ))?;
    screen.say(
        "The component runs in Wasmtime, TLS included, and trusts the server's certificate.",
    )?;
    let certificate = server.certificate().as_bytes();
    screen.say("")?;
    run!(screen, let port = server.address().port());
    screen.result(&port, &port)?;
    run!(screen, let context = host.tls_context());
    run!(screen, context.load_verify_locations(certificate)? => 1);

    get(&mut screen, &host, port, &context)?;
    head(&mut screen, &host, port, &context)?;
    post(&mut screen, &host, port, &context)?;
    put(&mut screen, &host, port, &context)
}

fn get(screen: &mut Screen, host: &Host, port: u16, context: &TlsContext) -> Result<(), Failure> {
    screen.title("GET, twice on one connection")?;
    run!(screen, let conn = host.https("127.0.0.1", port, Some(context))?);
    run!(screen, conn.request("GET", "/", None, &[])?);
    run!(screen, let r1 = conn.get_response()?);
    run!(screen, (r1.status(), r1.reason().as_str()) => (200, "OK"));
    run!(screen, let data1 = r1.read(None)?);
    run!(screen, text(&data1) => "Hello from the other side.");
    run!(screen, conn.request("GET", "/parrot.spam", None, &[])?);
    run!(screen, let r2 = conn.get_response()?);
    run!(screen, (r2.status(), r2.reason().as_str()) => (404, "Not Found"));
    run!(screen, let data2 = r2.read(None)?);
    run!(screen, text(&data2) => "There is no such page.");
    run!(screen, conn.close());
    Ok(())
}

fn head(screen: &mut Screen, host: &Host, port: u16, context: &TlsContext) -> Result<(), Failure> {
    screen.title("HEAD")?;
    run!(screen, let conn = host.https("127.0.0.1", port, Some(context))?);
    run!(screen, conn.request("HEAD", "/index.html", None, &[])?);
    run!(screen, let res = conn.get_response()?);
    run!(screen, (res.status(), res.reason().as_str()) => (200, "OK"));
    run!(screen, res.get_header("content-length", None).as_deref() => Some("26"));
    run!(screen, let data = res.read(None)?);
    run!(screen, data.len() => 0);
    Ok(())
}

fn post(screen: &mut Screen, host: &Host, port: u16, context: &TlsContext) -> Result<(), Failure> {
    screen.title("POST, of a form")?;
    run!(screen, let params = Body::Text("%40number=12524&%40type=issue&%40action=show"));
    run!(screen, let headers = [
        ("Content-type", "application/x-www-form-urlencoded"),
        ("Accept", "text/plain")
    ]);
    run!(screen, let conn = host.https("127.0.0.1", port, Some(context))?);
    run!(screen, conn.request("POST", "", Some(params), &headers)?);
    run!(screen, let response = conn.get_response()?);
    run!(screen, (response.status(), response.reason().as_str()) => (302, "Found"));
    run!(screen, let data = response.read(None)?);
    run!(screen, text(&data) => r#"Redirecting to <a href="/issue12524">/issue12524</a>"#);
    run!(screen, conn.close());
    Ok(())
}

fn put(screen: &mut Screen, host: &Host, port: u16, context: &TlsContext) -> Result<(), Failure> {
    screen.title("PUT, of the contents of a file")?;
    run!(screen, let body = Body::Bytes(b"***filecontents***"));
    run!(screen, let conn = host.https("127.0.0.1", port, Some(context))?);
    run!(screen, conn.request("PUT", "/file", Some(body), &[])?);
    run!(screen, let response = conn.get_response()?);
    run!(screen, (response.status(), response.reason().as_str()) => (200, "OK"));
    run!(screen, let data = response.read(None)?);
    run!(screen, text(&data) => "Stored 18 bytes.");
    Ok(())
}

/// The standard output, in the manner of a Python prompt.
struct Screen(io::Stdout);

impl Screen {
    fn say(&mut self, text: &str) -> Result<(), Failure> {
        // A reader who has seen enough is no failure worth a word.
        writeln!(self.0, "{text}").map_err(|_| Failure::quiet(Failure::WRITE))
    }

    fn title(&mut self, text: &str) -> Result<(), Failure> {
        self.say(&format!("\n# {text}"))
    }

    fn code(&mut self, code: &str) -> Result<(), Failure> {
        self.say(&format!(">>> {}", code.replace('\n', "\n... ")))
    }

    fn result<T: Debug + PartialEq>(&mut self, found: &T, expected: &T) -> Result<(), Failure> {
        self.say(&format!("{found:?}"))?;
        match found == expected {
            true => Ok(()),
            false => Err(Failure::new(
                1,
                format!("the result should have been {expected:?}"),
            )),
        }
    }
}

fn text(data: &[u8]) -> &str {
    str::from_utf8(data).unwrap_or("not UTF-8")
}

impl From<HttpError> for Failure {
    fn from(error: HttpError) -> Self {
        Self::of(&error, "the server")
    }
}
