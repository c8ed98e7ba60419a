//! Every line of Rust in `docs/from-python.md`, compiled. What needs nothing but one
//! plain server, whose `host:port` is the argument, is run as well.
//!
//! The server answers each request with 200 and the body `one\ntwo\n`.

use bindings::httplib::http::client::{
    Body, Connection, Error, ErrorKind, Message, Response, TlsContext, select, set_default_timeout,
};
use bindings::httplib::http::status;

mod bindings {
    #![allow(missing_docs, unreachable_pub)]
    wit_bindgen::generate!({ path: "../../../wit", world: "consumer" });
}

const SECOND: u64 = 1_000_000_000;

fn main() {
    let Some(server) = std::env::args().nth(1) else {
        eprintln!("usage: tour HOST:PORT");
        std::process::exit(2);
    };
    if let Err(error) = run(&server) {
        eprintln!("{:?}: {}", error.kind(), error.message());
        std::process::exit(1);
    }
    // Compiled, not run: these need other servers.
    let _ = (make, verify, connect_by_proxy, wait_for_many, catch, switch);
    println!("ok");
}

fn run(server: &str) -> Result<(), Error> {
    let conn = Connection::http(server, None)?;
    conn.set_timeout(Some(5 * SECOND));
    requests(&conn)?;
    by_hand(&conn)?;
    conn.request("GET", "/", None, &[], false)?;
    let resp = conn.get_response()?;
    response(&resp);
    message(&resp.msg());
    drop(resp);
    read(&conn)?;
    assert_eq!(status::not_found(), 404);
    conn.close();
    Ok(())
}

fn make(host: &str) -> Result<(), Error> {
    let conn = Connection::http(host, None)?;
    let conn_8080 = Connection::http(host, Some(8080))?;
    let conn_tls = Connection::https(host, None, None)?;
    conn.set_timeout(Some(5 * SECOND));
    set_default_timeout(Some(30 * SECOND));
    conn.set_source_address("192.0.2.1", 0)?;
    conn.set_debug_level(1);
    conn.set_max_response_headers(200);
    conn.set_block_size(65536)?;
    conn.set_auto_open(false);
    drop((conn, conn_8080, conn_tls));
    Ok(())
}

fn verify(host: &str, pem: &[u8], cert: &[u8], key: &[u8]) -> Result<(), Error> {
    let ctx = TlsContext::new();
    ctx.load_verify_locations(pem)?;
    ctx.load_cert_chain(cert, Some(key))?;
    ctx.set_minimum_version(0x0304)?;
    let insecure = TlsContext::unverified();
    let conn = Connection::https(host, None, Some(&ctx))?;
    conn.connect()?;
    let version = conn.tls_info().map(|info| info.version());
    drop((insecure, version));
    Ok(())
}

fn connect_by_proxy(auth: &str) -> Result<(), Error> {
    let conn = Connection::https("proxy.example", Some(3128), None)?;
    conn.set_tunnel(
        "example.org",
        None,
        &[("Proxy-Authorization".into(), auth.into())],
    )?;
    let headers = conn.get_proxy_response_headers();
    drop(headers);
    Ok(())
}

fn requests(conn: &Connection) -> Result<(), Error> {
    conn.request("GET", "/", None, &[], false)?;
    let resp = conn.get_response()?;
    resp.read(None)?;
    let body = Body::Text("name=value".into());
    conn.request(
        "POST",
        "/",
        Some(&body),
        &[("Accept".into(), "*/*".into())],
        false,
    )?;
    conn.get_response()?.read(None)?;
    let body = Body::Chunks(vec![b"one".into(), b"two".into()]);
    conn.request("PUT", "/", Some(&body), &[], false)?;
    conn.get_response()?.read(None)?;
    Ok(())
}

fn by_hand(conn: &Connection) -> Result<(), Error> {
    conn.put_request("POST", "/", false, false)?;
    conn.put_header("Content-Length", &["4".into()])?;
    conn.end_headers(None, false)?;
    conn.send(b"data")?;
    conn.get_response()?.read(None)?;
    Ok(())
}

fn response(resp: &Response) {
    let line = (resp.version(), resp.status(), resp.reason());
    let kind = resp.get_header("Content-Type", Some("text/plain"));
    let headers = resp.get_headers();
    let closed = resp.is_closed();
    drop((line, kind, headers, closed));
}

fn message(msg: &Message) {
    let cookies = msg.get_all("Set-Cookie");
    let charset = msg.get_content_charset();
    let name = msg.get_filename();
    drop((cookies, charset, name));
}

fn read(conn: &Connection) -> Result<(), Error> {
    conn.request("GET", "/", None, &[], false)?;
    let resp = conn.get_response()?;
    let some = resp.read(Some(1))?;
    let more = resp.read1(Some(1))?;
    let next = resp.peek(None)?;
    let line = resp.readline(None)?;
    for line in resp.readlines(None)? {
        println!("{}", String::from_utf8_lossy(&line).trim_end());
    }
    assert_eq!([some, more, line].concat(), b"one\n");
    assert!(!next.is_empty());
    Ok(())
}

fn wait_for_many(conns: &[Connection]) -> Result<(), Error> {
    let numbers = conns
        .iter()
        .map(Connection::fileno)
        .collect::<Result<Vec<_>, _>>()?;
    let (readers, writers) = select(&numbers, &[], Some(5 * SECOND))?;
    drop((readers, writers));
    Ok(())
}

fn catch(conn: &Connection) {
    match conn.get_response() {
        Ok(resp) => drop(resp),
        Err(e) if e.kind() == ErrorKind::RemoteDisconnected => conn.close(),
        Err(e) if e.is_instance(ErrorKind::OsError) => eprintln!("{}", e.message()),
        Err(e) if e.kind() == ErrorKind::IncompleteRead => drop((e.partial(), e.expected())),
        Err(e) => eprintln!("{:?}: {}", e.kind(), e.message()),
    }
}

fn switch(conn: &Connection) -> Result<(), Error> {
    conn.request(
        "GET",
        "/chat",
        None,
        &[("Upgrade".into(), "echo".into())],
        false,
    )?;
    let resp = conn.get_response()?;
    resp.write(b"hello")?;
    let answer = resp.read1(None)?;
    resp.shutdown()?;
    drop(answer);
    Ok(())
}
