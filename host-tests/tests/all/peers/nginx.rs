//! nginx, with a directory of its own.

use std::fs;
use std::io;
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::ports::free_ports;
use super::{Guard, find};
use crate::bodies::Pattern;
use crate::servers::certificates::{Identity, authority, local_identity};
use crate::servers::{PATIENCE, Scheme};

/// An nginx that runs until this is dropped.
pub(crate) struct Nginx {
    // In this order: the process goes before its directory.
    _process: Guard,
    directory: TempDir,
    ports: Vec<u16>,
}

/// A server of an nginx, but for its port.
pub(crate) struct Block {
    listen: &'static str,
    inside: String,
}

impl Block {
    pub(crate) fn http(inside: &str) -> Self {
        Self {
            listen: "",
            inside: inside.to_owned(),
        }
    }

    /// `version`: as in `ssl_protocols`.
    pub(crate) fn tls(version: &str, inside: &str) -> Self {
        Self {
            listen: "ssl",
            inside: format!("ssl_protocols {version}; {inside}"),
        }
    }
}

impl Nginx {
    /// Serves patterns under `/length/<n>`, `/chunked/<n>` and `/close/<n>`,
    /// delimited as the name says, and stores what is PUT under `/upload/`; a
    /// server for each scheme. None, after a word about it, if nginx is missing.
    pub(crate) fn start() -> Option<Self> {
        let servers = Scheme::ALL.map(|scheme| match scheme {
            Scheme::Http => Block::http(LOCATIONS),
            Scheme::Tls12 => Block::tls("TLSv1.2", LOCATIONS),
            Scheme::Tls13 => Block::tls("TLSv1.3", LOCATIONS),
        });
        Self::serve(local_identity(), &servers)
    }

    /// Has these servers, each on a port of its own. The authority of the tests
    /// is in `authority.pem`. None, after a word about it, if nginx is missing.
    pub(crate) fn serve(identity: &Identity, servers: &[Block]) -> Option<Self> {
        let program = find("nginx", "apt-get install nginx-light")?;
        // Somebody else may take a port between its choice and its use.
        for _ in 0..10 {
            let ports = free_ports(servers.len());
            let directory = tempfile::tempdir().unwrap();
            fs::create_dir(directory.path().join("files")).unwrap();
            fs::create_dir(directory.path().join("upload")).unwrap();
            fs::create_dir(directory.path().join("temporary")).unwrap();
            let path = |name: &str| directory.path().join(name);
            fs::write(path("chain.pem"), &identity.chain_pem).unwrap();
            fs::write(path("key.pem"), &identity.key_pem).unwrap();
            fs::write(path("authority.pem"), &authority().pem).unwrap();
            fs::write(path("nginx.conf"), configuration(servers, &ports)).unwrap();
            let mut process = Guard(
                Command::new(&program)
                    .arg("-p")
                    .arg(directory.path())
                    .args(["-c", "nginx.conf", "-e", "error.log"])
                    .stdin(Stdio::null())
                    .stderr(Stdio::null())
                    .spawn()
                    .unwrap(),
            );
            if is_up(&mut process, &ports) {
                return Some(Self {
                    _process: process,
                    directory,
                    ports,
                });
            }
            let log = fs::read_to_string(path("error.log")).unwrap_or_default();
            assert!(log.contains("in use"), "nginx does not start: {log}");
        }
        panic!("no ports for nginx")
    }

    pub(crate) fn port(&self, scheme: Scheme) -> u16 {
        self.ports[scheme as usize]
    }

    /// The ports of the servers, in their order.
    pub(crate) fn ports(&self) -> &[u16] {
        &self.ports
    }

    /// Makes patterns available.
    pub(crate) fn offer(&self, lengths: &[usize]) {
        for length in lengths {
            let path = self.directory.path().join("files").join(length.to_string());
            Pattern::write_file(&path, *length);
        }
    }

    /// Where an upload is found.
    pub(crate) fn uploaded(&self, name: &str) -> PathBuf {
        self.directory.path().join("upload").join(name)
    }
}

const LOCATIONS: &str = "
        location /length/ { alias files/; }
        location /chunked/ { alias files/; sub_filter_types *; sub_filter '<none>' ''; }
        location /close/ {
            alias files/; sub_filter_types *; sub_filter '<none>' '';
            chunked_transfer_encoding off;
        }
        location /upload/ { dav_methods PUT; client_max_body_size 0; }";

fn configuration(servers: &[Block], ports: &[u16]) -> String {
    let servers: String = ports
        .iter()
        .zip(servers)
        .map(|(port, Block { listen, inside })| {
            format!("    server {{ listen 127.0.0.1:{port} {listen}; {inside} }}\n")
        })
        .collect();
    format!(
        "daemon off;
master_process off;
pid nginx.pid;
error_log error.log;
events {{ worker_connections 512; }}
http {{
    access_log off;
    server_tokens off;
    default_type application/octet-stream;
    keepalive_requests 1000000;
    client_body_temp_path temporary/body;
    proxy_temp_path temporary/proxy;
    fastcgi_temp_path temporary/fastcgi;
    uwsgi_temp_path temporary/uwsgi;
    scgi_temp_path temporary/scgi;
    ssl_certificate chain.pem;
    ssl_certificate_key key.pem;
    root .;
{servers}}}
"
    )
}

/// Waits until the server accepts connections; false if it ends instead.
pub(super) fn is_up(process: &mut Guard, ports: &[u16]) -> bool {
    let begin = Instant::now();
    let connects = |port| -> io::Result<TcpStream> { TcpStream::connect(("127.0.0.1", port)) };
    while process.0.try_wait().unwrap().is_none() {
        if ports.iter().all(|&port| connects(port).is_ok()) {
            return true;
        }
        assert!(begin.elapsed() < PATIENCE, "it does not listen");
        // There is no event to wait for.
        thread::sleep(Duration::from_millis(5));
    }
    false
}
