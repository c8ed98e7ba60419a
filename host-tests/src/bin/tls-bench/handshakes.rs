//! Handshakes, full and resumed: what an HTTPS connection with a small GET costs
//! beyond the same one without TLS.

use httplib_host_tests::Host;
use rustls::CipherSuite::{self, *};
use rustls::HandshakeKind::{self, Full, FullWithHelloRetryRequest, Resumed};
use rustls::NamedGroup::{self, *};

use crate::certificates::{Chain, Keys};
use crate::clients::{Client, Guest, Native, Tls};
use crate::schedule::Schedule;
use crate::server::{Agreed, Server};
use crate::table::{self, Figures, each};
use crate::{Result, cost};

/// A handshake as it is to come out.
#[derive(Clone, Copy)]
struct Handshake {
    version: &'static str,
    suite: CipherSuite,
    /// The guest's group, and the native client's, which has no X25519MLKEM768.
    groups: [Option<NamedGroup>; 2],
    keys: Keys,
    kind: HandshakeKind,
}

const TLS13: Handshake = Handshake {
    version: "1.3",
    suite: TLS13_CHACHA20_POLY1305_SHA256,
    groups: [Some(X25519MLKEM768), Some(X25519)],
    keys: Keys::P256,
    kind: Full,
};

const TLS12: Handshake = Handshake {
    version: "1.2",
    suite: TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    groups: [Some(X25519); 2],
    ..TLS13
};

const HANDSHAKES: [Handshake; 12] = [
    TLS13,
    Handshake {
        groups: [Some(X25519); 2],
        ..TLS13
    },
    // Both clients guess another group first.
    Handshake {
        groups: [Some(secp256r1); 2],
        kind: FullWithHelloRetryRequest,
        ..TLS13
    },
    Handshake {
        groups: [Some(secp384r1); 2],
        kind: FullWithHelloRetryRequest,
        ..TLS13
    },
    Handshake {
        keys: Keys::Rsa2048,
        ..TLS13
    },
    TLS12,
    Handshake {
        groups: [Some(secp256r1); 2],
        ..TLS12
    },
    Handshake {
        groups: [Some(secp384r1); 2],
        ..TLS12
    },
    Handshake {
        suite: TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        keys: Keys::Rsa2048,
        ..TLS12
    },
    Handshake {
        kind: Resumed,
        ..TLS13
    },
    Handshake {
        groups: [Some(X25519); 2],
        kind: Resumed,
        ..TLS13
    },
    Handshake {
        groups: [None; 2],
        kind: Resumed,
        ..TLS12
    },
];

const COLUMNS: [&str; 9] = [
    "handshake",
    "TLS",
    "group",
    "certificates",
    "guest, µs",
    "native, µs",
    "guest / native",
    "guest, all, µs",
    "native, all, µs",
];

/// A body that fits a record beside its head.
const BODY: u64 = 100;

/// Servers, clients, and the figures so far.
pub(crate) struct Bench {
    plain: Pair,
    rows: Vec<(Handshake, Pair)>,
}

/// The two clients of one server, and what a connection costs them.
struct Pair {
    server: Server,
    guest: (Guest, Figures),
    native: (Native, Figures),
}

impl Bench {
    pub(crate) fn new() -> Result<Self> {
        let host = Host::new();
        let chains = [Chain::new(Keys::P256)?, Chain::new(Keys::Rsa2048)?];
        let mut rows = Vec::new();
        for handshake in HANDSHAKES {
            let chain = match handshake.keys {
                Keys::P256 => &chains[0],
                Keys::Rsa2048 => &chains[1],
            };
            rows.push((handshake, handshake.pair(&host, chain)?));
        }
        Ok(Self {
            plain: Pair::new(&host, Server::http()?, None)?,
            rows,
        })
    }

    /// Measures everything once.
    pub(crate) fn round(&mut self, schedule: &Schedule) -> Result<()> {
        self.plain.round(schedule.connections, None)?;
        for (handshake, pair) in &mut self.rows {
            pair.round(schedule.connections, Some(handshake))?;
        }
        Ok(())
    }

    pub(crate) fn table(&self) -> String {
        let mut text = table::head(&COLUMNS);
        let plain = [&self.plain.guest.1, &self.plain.native.1];
        for (handshake, pair) in &self.rows {
            let all = [&pair.guest.1, &pair.native.1];
            let [guest, native] = [0, 1].map(|side| all[side].with(plain[side], |a, b| a - b));
            text += &table::row(&[
                handshake.name().to_owned(),
                handshake.version.to_owned(),
                handshake.group(),
                handshake.keys.name().to_owned(),
                guest.to_string(),
                native.to_string(),
                format!("{:.2}", guest.over(&native)),
                all[0].to_string(),
                all[1].to_string(),
            ]);
        }
        let [guest, native] = plain.map(Figures::to_string);
        let none = || "-".to_owned();
        text += &table::row(&[
            "none: plain HTTP".to_owned(),
            none(),
            none(),
            none(),
            none(),
            none(),
            none(),
            guest,
            native,
        ]);
        text
    }
}

impl Handshake {
    fn pair(&self, host: &Host, chain: &Chain) -> Result<Pair> {
        let groups: Vec<NamedGroup> = match self.groups {
            [Some(guest), Some(native)] => vec![guest, native],
            // A resumed session of TLS 1.2 does without, but not the one before it.
            _ => vec![X25519],
        };
        let server = Server::https(chain, self.suite, &groups)?;
        let tls = Tls {
            root: &chain.root,
            resumption: self.kind == Resumed,
        };
        Pair::new(host, server, Some(tls))
    }

    fn name(&self) -> &'static str {
        match self.kind {
            Full => "full",
            FullWithHelloRetryRequest => "full, after HelloRetryRequest",
            Resumed => "resumed",
        }
    }

    fn group(&self) -> String {
        match self.groups {
            [Some(guest), Some(native)] if guest == native => format!("{guest:?}"),
            [Some(guest), Some(native)] => format!("{guest:?}, native {native:?}"),
            _ => "-".to_owned(),
        }
    }

    /// Whether all connections of a client came out like this.
    fn check(&self, group: Option<NamedGroup>, agreed: &[Agreed]) -> Result<()> {
        let expected = Agreed {
            suite: self.suite,
            group,
            kind: self.kind,
        };
        match agreed.iter().find(|&agreed| *agreed != expected) {
            Some(other) => Err(format!("not {expected:?}, but {other:?}").into()),
            None => Ok(()),
        }
    }
}

impl Pair {
    fn new(host: &Host, server: Server, tls: Option<Tls<'_>>) -> Result<Self> {
        let guest = Guest::new(host, server.port, tls)?;
        let native = Native::new(server.port, tls)?;
        // The first connections get sessions to resume.
        for client in [&guest as &dyn Client, &native] {
            cost::of_client(&server, 1, || client.get(BODY))?;
        }
        Ok(Self {
            server,
            guest: (guest, Figures::default()),
            native: (native, Figures::default()),
        })
    }

    fn round(&mut self, connections: usize, expected: Option<&Handshake>) -> Result<()> {
        let Self {
            server,
            guest,
            native,
        } = self;
        let groups = expected.map_or([None; 2], |handshake| handshake.groups);
        for (client, figures, group) in [
            (&guest.0 as &dyn Client, &mut guest.1, groups[0]),
            (&native.0, &mut native.1, groups[1]),
        ] {
            let (cost, agreed) = cost::of_client(server, connections, || client.get(BODY))?;
            if let Some(expected) = expected {
                expected.check(group, &agreed)?;
            }
            figures.push(each(cost, connections));
        }
        Ok(())
    }
}
