//! The `openssl` command, for certificates and formats of keys that nothing else
//! makes any more.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::find;

pub(super) fn program() -> Option<PathBuf> {
    find("openssl", "apt-get install openssl")
}

/// A server's certificate for 127.0.0.1 that is too weak, in PEM.
pub(crate) struct WeakIdentity {
    pub(crate) authority: String,
    pub(crate) chain: String,
    pub(crate) key: String,
}

impl WeakIdentity {
    /// Signed with SHA-1; none, after a word about it, if OpenSSL is missing.
    pub(crate) fn sha1() -> Option<Self> {
        Self::make(&P256, &P256, "-sha1", V3)
    }

    /// With an RSA key of 1024 bits; none as above.
    pub(crate) fn rsa1024() -> Option<Self> {
        Self::make(&P256, &["rsa:1024"], "-sha256", V3)
    }

    /// With an RSA key of 512 bits; none as above.
    pub(crate) fn rsa512() -> Option<Self> {
        Self::make(&P256, &["rsa:512"], "-sha256", V3)
    }

    /// Of an authority with an RSA key of 1024 bits; none as above.
    pub(crate) fn below_rsa1024() -> Option<Self> {
        Self::make(&["rsa:1024"], &P256, "-sha256", V3)
    }

    /// Of version 1, so without a name that counts; none as above.
    pub(crate) fn version_1() -> Option<Self> {
        Self::make(&P256, &P256, "-sha256", &[])
    }

    fn make(issuer: &[&str], key: &[&str], hash: &str, extensions: &[&str]) -> Option<Self> {
        let program = program()?;
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        let run = |arguments: &[&[&str]]| {
            let output = Command::new(&program)
                .args(arguments.concat())
                .current_dir(directory.path())
                .output()
                .unwrap();
            let said = String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{said}");
        };
        fs::write(path("names"), "subjectAltName=IP:127.0.0.1").unwrap();
        run(&[
            &["req", "-x509", "-subj", "/CN=weak", "-days", "2"],
            &["-keyout", "authority.key", "-out", "authority.pem"],
            &["-nodes", "-newkey"],
            issuer,
        ]);
        run(&[
            &["req", "-new", "-subj", "/CN=server"],
            &["-keyout", "key.pem", "-out", "request.pem"],
            &["-nodes", "-newkey"],
            key,
        ]);
        run(&[
            &["x509", "-req", "-in", "request.pem", "-days", "2", hash],
            &["-CA", "authority.pem", "-CAkey", "authority.key"],
            &["-CAcreateserial", "-out", "chain.pem"],
            extensions,
        ]);
        let read = |name: &str| fs::read_to_string(path(name)).unwrap();
        Some(Self {
            authority: read("authority.pem"),
            chain: read("chain.pem"),
            key: read("key.pem"),
        })
    }
}

/// The arguments for extensions, which make it version 3.
const V3: &[&str] = &["-extfile", "names"];

/// The arguments for a new key that is not weak.
const P256: [&str; 3] = ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"];

/// A PKCS#8 key in the format that is older than it (PKCS#1 or SEC1), in PEM.
/// None, after a word about it, if OpenSSL is missing.
pub(crate) fn traditional(key_pem: &str) -> Option<String> {
    let mut process = Command::new(program()?)
        .args(["pkey", "-traditional"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = process.stdin.take().unwrap();
    input.write_all(key_pem.as_bytes()).unwrap();
    drop(input);
    let output = process.wait_with_output().unwrap();
    assert!(output.status.success());
    Some(String::from_utf8(output.stdout).unwrap())
}
