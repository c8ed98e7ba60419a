//! Large bodies: each cipher, in both versions of TLS and both directions.

use httplib_host_tests::Host;
use rustls::CipherSuite::{self, *};
use rustls::NamedGroup;

use crate::ceilings::Ceilings;
use crate::certificates::{Chain, Keys};
use crate::clients::{Client, Guest, Native, Tls};
use crate::schedule::Schedule;
use crate::server::Server;
use crate::table::{self, Figures, rate};
use crate::{Result, cost};

/// The ciphers, and their suites in TLS 1.3 and 1.2.
const CIPHERS: [(&str, CipherSuite, CipherSuite); 3] = [
    (
        "CHACHA20_POLY1305",
        TLS13_CHACHA20_POLY1305_SHA256,
        TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    ),
    (
        "AES_128_GCM",
        TLS13_AES_128_GCM_SHA256,
        TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    ),
    (
        "AES_256_GCM",
        TLS13_AES_256_GCM_SHA384,
        TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    ),
];

const COLUMNS: [&str; 8] = [
    "cipher",
    "TLS",
    "direction",
    "guest, MB/s",
    "native, MB/s",
    "guest / native",
    "ceiling, MB/s",
    "guest / ceiling",
];

/// Servers, clients, and the figures so far.
pub(crate) struct Bench {
    ceilings: Ceilings,
    plain: Server,
    sockets: PerDirection<Figures>,
    ciphers: Vec<Cipher>,
}

struct Cipher {
    name: &'static str,
    alone: Figures,
    pairs: Vec<Pair>,
}

/// The two clients of one server.
struct Pair {
    version: &'static str,
    suite: CipherSuite,
    server: Server,
    guest: Guest,
    native: Native,
    figures: PerDirection<Rates>,
}

#[derive(Default)]
struct PerDirection<T> {
    download: T,
    upload: T,
}

#[derive(Default)]
struct Rates {
    guest: Figures,
    native: Figures,
}

impl Bench {
    pub(crate) fn new() -> Result<Self> {
        let host = Host::new();
        let chain = Chain::new(Keys::P256)?;
        let ciphers = CIPHERS.map(|(name, tls13, tls12)| {
            let pairs = [("1.3", tls13), ("1.2", tls12)];
            Ok(Cipher {
                name,
                alone: Figures::default(),
                pairs: pairs
                    .map(|(version, suite)| Pair::new(&host, &chain, version, suite))
                    .into_iter()
                    .collect::<Result<_>>()?,
            })
        });
        Ok(Self {
            ceilings: Ceilings::new()?,
            plain: Server::http()?,
            sockets: PerDirection::default(),
            ciphers: ciphers.into_iter().collect::<Result<_>>()?,
        })
    }

    /// Measures everything once.
    pub(crate) fn round(&mut self, schedule: &Schedule) -> Result<()> {
        let Self {
            ceilings, plain, ..
        } = self;
        let bytes = schedule.bytes;
        let sockets = &mut self.sockets;
        for (name, figures) in [
            ("receive", &mut sockets.download),
            ("send", &mut sockets.upload),
        ] {
            figures.push(rate(bytes, ceilings.socket(name, plain, bytes)?));
        }
        for cipher in &mut self.ciphers {
            // Each byte is sealed and opened.
            let alone = ceilings.cipher(cipher.name, bytes)?;
            cipher.alone.push(rate(2 * bytes, alone));
            for pair in &mut cipher.pairs {
                pair.round(bytes)?;
            }
        }
        Ok(())
    }

    pub(crate) fn table(&self) -> String {
        let mut text = table::head(&COLUMNS);
        for cipher in &self.ciphers {
            for Pair {
                version, figures, ..
            } in &cipher.pairs
            {
                for (direction, Rates { guest, native }, socket) in [
                    ("download", &figures.download, &self.sockets.download),
                    ("upload", &figures.upload, &self.sockets.upload),
                ] {
                    let ceiling = cipher.alone.with(socket, in_series);
                    text += &table::row(&[
                        cipher.name.to_owned(),
                        (*version).to_owned(),
                        direction.to_owned(),
                        guest.to_string(),
                        native.to_string(),
                        format!("{:.2}", guest.over(native)),
                        ceiling.to_string(),
                        format!("{:.2}", guest.over(&ceiling)),
                    ]);
                }
            }
        }
        text += "\n";
        text += &table::head(&["alone in the guest", "MB/s"]);
        for cipher in &self.ciphers {
            let name = format!("{}, sealing and opening", cipher.name);
            text += &table::row(&[name, cipher.alone.to_string()]);
        }
        let PerDirection { download, upload } = &self.sockets;
        for (name, figures) in [("socket, receiving", download), ("socket, sending", upload)] {
            text += &table::row(&[name.to_owned(), figures.to_string()]);
        }
        text
    }
}

impl Pair {
    fn new(host: &Host, chain: &Chain, version: &'static str, suite: CipherSuite) -> Result<Self> {
        let server = Server::https(chain, suite, &[NamedGroup::X25519])?;
        let tls = Some(Tls {
            root: &chain.root,
            resumption: false,
        });
        Ok(Self {
            version,
            suite,
            guest: Guest::new(host, server.port, tls)?,
            native: Native::new(server.port, tls)?,
            server,
            figures: PerDirection::default(),
        })
    }

    fn round(&mut self, bytes: u64) -> Result<()> {
        let download = |client: &dyn Client| self.rate(bytes, || client.get(bytes));
        let upload = |client: &dyn Client| self.rate(bytes, || client.post(bytes));
        let figures = [
            download(&self.guest)?,
            download(&self.native)?,
            upload(&self.guest)?,
            upload(&self.native)?,
        ];
        let PerDirection { download, upload } = &mut self.figures;
        download.guest.push(figures[0]);
        download.native.push(figures[1]);
        upload.guest.push(figures[2]);
        upload.native.push(figures[3]);
        Ok(())
    }

    fn rate(&self, bytes: u64, transfer: impl FnMut() -> Result<()>) -> Result<f64> {
        let (cost, agreed) = cost::of_client(&self.server, 1, transfer)?;
        match agreed.as_slice() {
            [agreed] if agreed.suite == self.suite => Ok(rate(bytes, cost)),
            _ => Err(format!("not {:?}, but {agreed:?}", self.suite).into()),
        }
    }
}

/// The rate of two things that are done to every byte, one after the other.
fn in_series(one: f64, other: f64) -> f64 {
    1.0 / (1.0 / one + 1.0 / other)
}
