//! The test server of OpenSSL.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{ChildStdin, Command, Stdio};

use tempfile::TempDir;

use super::{Guard, openssl};
use crate::bodies::Pattern;
use crate::servers::certificates::{Identity, authority, local_identity};

/// An `openssl s_server` that runs until this is dropped.
pub(crate) struct SServer {
    // In this order: the process goes before its directory.
    _process: Guard,
    directory: TempDir,
    input: ChildStdin,
    pub(crate) port: u16,
}

impl SServer {
    /// `options`: how it answers, for example `-www` (a page about the
    /// connection) or `-WWW` (files). None, after a word about it, if OpenSSL is
    /// missing.
    pub(crate) fn start(options: &[&str]) -> Option<Self> {
        Self::start_as(local_identity(), options)
    }

    /// The same with another certificate.
    pub(crate) fn start_as(identity: &Identity, options: &[&str]) -> Option<Self> {
        Self::showing(&identity.chain_pem, &identity.key_pem, options)
    }

    /// The same with any certificate, in PEM. The authority of the tests is in
    /// `authority.pem`.
    pub(crate) fn showing(chain: &str, key: &str, options: &[&str]) -> Option<Self> {
        let program = openssl::program()?;
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        fs::write(path("chain.pem"), chain).unwrap();
        fs::write(path("key.pem"), key).unwrap();
        fs::write(path("authority.pem"), &authority().pem).unwrap();
        let mut process = Guard(
            Command::new(program)
                .args(["s_server", "-accept", "127.0.0.1:0"])
                .args(["-cert", "chain.pem", "-key", "key.pem"])
                .args(options)
                .current_dir(directory.path())
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap(),
        );
        let input = process.0.stdin.take().unwrap();
        let mut output = BufReader::new(process.0.stdout.take().unwrap());
        let port = loop {
            let mut line = String::new();
            assert!(
                output.read_line(&mut line).unwrap() > 0,
                "it does not start"
            );
            let address = line.trim().strip_prefix("ACCEPT ");
            if let Some((_, port)) = address.and_then(|address| address.rsplit_once(':')) {
                break port.parse().unwrap();
            }
        };
        // It would block when nobody reads what it says.
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        Some(Self {
            _process: process,
            directory,
            input,
            port,
        })
    }

    /// Has it send something, if it was started without a way to answer. A line
    /// of its own with one letter is a command.
    pub(crate) fn say(&mut self, text: &str) {
        self.input.write_all(text.as_bytes()).unwrap();
    }

    /// Makes a pattern available as a file.
    pub(crate) fn offer(&self, name: &str, length: usize) {
        Pattern::write_file(&self.directory.path().join(name), length);
    }
}
