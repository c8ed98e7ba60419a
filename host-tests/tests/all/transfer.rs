//! Bodies arrive as they were sent.

use std::io;
use std::path::Path;
use std::process::Command;

use httplib_host_tests::{Connection, Host, Response};

use crate::bodies::{HUGE, LENGTHS, MIB, Pattern, Sha, Sum, sha_of, sha_of_pattern};
use crate::peers::nginx::Nginx;
use crate::peers::s_server::SServer;
use crate::servers::{Peer, Scheme, ok};

const FRAMINGS: [&str; 3] = ["length", "chunked", "close"];

/// How a test takes a body out of a response.
#[derive(Clone, Copy, Debug)]
enum Reading {
    Whole,
    Sized,
    OneReceive,
}

const READINGS: [Reading; 3] = [Reading::Whole, Reading::Sized, Reading::OneReceive];

#[test]
fn bodies_from_a_scripted_server_arrive_in_every_framing() {
    for scheme in Scheme::ALL {
        let server = scheme.server(serve_patterns);
        bodies_arrive(scheme, server.port());
    }
}

#[test]
fn bodies_from_nginx_arrive_in_every_framing() {
    let Some(nginx) = Nginx::start() else { return };
    nginx.offer(&LENGTHS);
    for scheme in Scheme::ALL {
        bodies_arrive(scheme, nginx.port(scheme));
    }
}

#[test]
fn huge_body_with_a_length_arrives_from_nginx() {
    let Some(nginx) = Nginx::start() else { return };
    nginx.offer(&[HUGE]);
    for (scheme, reading) in [
        (Scheme::Http, Reading::OneReceive),
        (Scheme::Http, Reading::Sized),
        (Scheme::Tls13, Reading::OneReceive),
    ] {
        let host = Host::new();
        let connection = scheme.connection(&host, nginx.port(scheme));
        body_arrives(&connection, "length", HUGE, reading);
        let peak = host.memory_peak();
        assert!(peak < 16 * MIB, "{scheme:?}: {peak} bytes of memory");
    }
}

#[test]
fn huge_chunked_body_arrives() {
    let Some(nginx) = Nginx::start() else { return };
    nginx.offer(&[HUGE]);
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, nginx.port(Scheme::Http));
    body_arrives(&connection, "chunked", HUGE, Reading::OneReceive);
}

#[test]
fn huge_close_delimited_body_arrives() {
    let server = Scheme::Http.server(serve_patterns);
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    body_arrives(&connection, "close", HUGE, Reading::OneReceive);
}

#[test]
fn close_delimited_file_arrives_from_s_server() {
    let Some(server) = SServer::start(&["-WWW"]) else {
        return;
    };
    server.offer("file", MIB);
    let host = Host::new();
    for reading in READINGS {
        let connection = Scheme::Tls13.connection(&host, server.port);
        connection.request("GET", "/file", None, &[]).unwrap();
        let response = connection.get_response().unwrap();
        assert_eq!((response.status(), response.version()), (200, 10));
        assert_eq!(read(&response, reading), (MIB, sha_of_pattern(MIB)));
    }
}

#[test]
fn page_of_s_server_arrives_over_either_version_of_tls() {
    for (option, name) in [("-tls1_2", "TLSv1.2"), ("-tls1_3", "TLSv1.3")] {
        let Some(server) = SServer::start(&["-www", option]) else {
            return;
        };
        let host = Host::new();
        let connection = Scheme::Tls13.connection(&host, server.port);
        connection.request("GET", "/", None, &[]).unwrap();
        let body = connection.get_response().unwrap().read(None).unwrap();
        let page = String::from_utf8_lossy(&body);
        assert!(page.contains(name), "{page}");
    }
}

#[test]
fn file_uploaded_by_the_runner_arrives_at_nginx() {
    let Some(nginx) = Nginx::start() else { return };
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    Pattern::write_file(&file, HUGE);
    let url = format!("http://127.0.0.1:{}/upload/file", nginx.port(Scheme::Http));
    let output = Command::new(env!("CARGO_BIN_EXE_fetch"))
        .arg("-T")
        .args([&file, Path::new(&url)])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let arrived = std::fs::File::open(nginx.uploaded("file")).unwrap();
    assert_eq!(sha_of(arrived), sha_of_pattern(HUGE));
}

#[test]
fn huge_upload_leaves_the_memory_small() {
    for (scheme, length) in [(Scheme::Http, HUGE), (Scheme::Tls13, 64 * MIB)] {
        let server = scheme.server(move |peer| {
            peer.request()?;
            let sum = peer.sum(length)?;
            peer.send(ok(&hex(sum)))
        });
        let host = Host::new();
        let connection = scheme.connection(&host, server.port());
        connection.put_request("PUT", "/").unwrap();
        connection
            .put_header("Content-Length", &[&length.to_string()])
            .unwrap();
        connection.end_headers(None, false).unwrap();
        let mut pattern = Pattern::new(length);
        let mut piece = vec![0; MIB];
        for _ in 0..length / MIB {
            io::Read::read_exact(&mut pattern, &mut piece).unwrap();
            connection.send(&piece).unwrap();
        }
        let sum = connection.get_response().unwrap().read(None).unwrap();
        assert_eq!(sum, hex(sha_of_pattern(length)).as_bytes());
        let peak = host.memory_peak();
        assert!(peak < 16 * MIB, "{scheme:?}: {peak} bytes of memory");
    }
}

fn bodies_arrive(scheme: Scheme, port: u16) {
    let host = Host::new();
    let connection = scheme.connection(&host, port);
    for length in LENGTHS {
        for framing in FRAMINGS {
            for reading in READINGS {
                body_arrives(&connection, framing, length, reading);
            }
        }
    }
}

fn body_arrives(connection: &Connection, framing: &str, length: usize, reading: Reading) {
    let what = format!("{framing} {length} {reading:?}");
    connection
        .request("GET", &format!("/{framing}/{length}"), None, &[])
        .unwrap_or_else(|error| panic!("{what}: {error}"));
    let response = connection.get_response().unwrap();
    assert_eq!(response.status(), 200, "{what}");
    // nginx sends a length where there is nothing that could be chunked.
    if length > 0 {
        let (has_length, is_chunked) = match framing {
            "length" => (true, false),
            "chunked" => (false, true),
            _ => (false, false),
        };
        assert_eq!(response.header("Content-Length").is_some(), has_length);
        assert_eq!(response.header("Transfer-Encoding").is_some(), is_chunked);
    }
    let (received, sum) = read(&response, reading);
    assert_eq!(received, length, "{what}");
    assert_eq!(sum, sha_of_pattern(length), "{what}");
    assert!(response.is_closed(), "{what}");
}

/// Reads the body to its end.
fn read(response: &Response, reading: Reading) -> (usize, Sha) {
    let mut sum = Sum::default();
    loop {
        let piece = match reading {
            Reading::Whole => response.read(None),
            Reading::Sized => response.read(Some(64 * 1024)),
            Reading::OneReceive => response.read1(Some(MIB as u64)),
        }
        .unwrap();
        if piece.is_empty() {
            return (sum.length, sum.finish());
        }
        sum.add(&piece);
    }
}

/// Answers as [`Nginx`] does.
fn serve_patterns(peer: &mut Peer) -> io::Result<()> {
    while let Some(head) = peer.head()? {
        let path = head.split(' ').nth(1).unwrap();
        let (framing, length) = path[1..].split_once('/').unwrap();
        let length: usize = length.parse().unwrap();
        let header = match framing {
            "length" => format!("Content-Length: {length}"),
            "chunked" => "Transfer-Encoding: chunked".to_owned(),
            _ => "Connection: close".to_owned(),
        };
        peer.send(format!("HTTP/1.1 200 OK\r\n{header}\r\n\r\n"))?;
        let mut pattern = Pattern::new(length);
        // One that no chunk, record or segment is as long as.
        let mut piece = vec![0; 24 * 1024 + 8];
        loop {
            let count = io::Read::read(&mut pattern, &mut piece)?;
            match (framing, count) {
                ("chunked", 0) => peer.send("0\r\nTrailer: yes\r\n\r\n")?,
                ("chunked", _) => {
                    let mut chunk = format!("{count:x};extension=\"yes\"\r\n").into_bytes();
                    chunk.extend_from_slice(&piece[..count]);
                    chunk.extend_from_slice(b"\r\n");
                    peer.send(chunk)?;
                }
                _ => peer.send(&piece[..count])?,
            }
            if count == 0 {
                break;
            }
        }
        if framing == "close" {
            break;
        }
    }
    Ok(())
}

fn hex(sha: Sha) -> String {
    sha.iter().map(|byte| format!("{byte:02x}")).collect()
}
