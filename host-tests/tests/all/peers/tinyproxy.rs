//! tinyproxy, with a configuration of its own.

use std::fs;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::nginx::is_up;
use super::ports::free_ports;
use super::{Guard, find};

/// A tinyproxy that runs until this is dropped.
pub(crate) struct Tinyproxy {
    // In this order: the process goes before its directory.
    _process: Guard,
    _directory: TempDir,
    port: u16,
}

impl Tinyproxy {
    /// Opens tunnels to these ports alone, for this user and password if there is
    /// one. None, after a word about it, if tinyproxy is missing.
    pub(crate) fn start(user: Option<(&str, &str)>, ports: &[u16]) -> Option<Self> {
        let program = find("tinyproxy", "apt-get install tinyproxy-bin")?;
        // Somebody else may take a port between its choice and its use.
        for _ in 0..10 {
            let port = free_ports(1)[0];
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("tinyproxy.conf");
            fs::write(&path, configuration(port, user, ports)).unwrap();
            let mut process = Guard(
                Command::new(&program)
                    .arg("-d")
                    .arg("-c")
                    .arg(&path)
                    .stdin(Stdio::null())
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .spawn()
                    .unwrap(),
            );
            if is_up(&mut process, &[port]) {
                return Some(Self {
                    _process: process,
                    _directory: directory,
                    port,
                });
            }
        }
        panic!("tinyproxy does not start")
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }
}

fn configuration(port: u16, user: Option<(&str, &str)>, ports: &[u16]) -> String {
    let user = user.map(|(name, password)| format!("BasicAuth {name} {password}\n"));
    let ports: String = ports
        .iter()
        .map(|port| format!("ConnectPort {port}\n"))
        .collect();
    format!(
        "Port {port}
Listen 127.0.0.1
Timeout 60
LogLevel Critical
MaxClients 100
Allow 127.0.0.1
{}{ports}",
        user.unwrap_or_default()
    )
}
