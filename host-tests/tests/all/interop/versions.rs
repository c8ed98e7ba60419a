//! The lowest and the highest version, against servers of each.

use httplib_host_tests::{ErrorKind, Host, Phase};
use rustls::crypto::aws_lc_rs;

use super::connection;
use super::table::Version::{self, Tls12, Tls13};
use crate::peers::nginx::{Block, Nginx};
use crate::peers::s_server::SServer;
use crate::servers::certificates::local_identity;
use crate::servers::{Server, answering, ok, trusting_context};

/// What servers have.
const SERVERS: [&[Version]; 3] = [&[Tls12], &[Tls13], &[Tls12, Tls13]];

/// Minimum, maximum, and what is agreed on with each server.
const SETTINGS: [(Version, Version, [Option<Version>; 3]); 3] = [
    (Tls12, Tls12, [Some(Tls12), None, Some(Tls12)]),
    (Tls12, Tls13, [Some(Tls12), Some(Tls13), Some(Tls13)]),
    (Tls13, Tls13, [None, Some(Tls13), Some(Tls13)]),
];

const PROTOCOL_VERSION: u8 = 70;

#[test]
fn highest_common_version_is_agreed_on_with_rustls() {
    let servers = SERVERS.map(|versions| {
        let versions: Vec<_> = versions.iter().map(|version| version.rustls()).collect();
        let config = local_identity().config(aws_lc_rs::default_provider(), &versions);
        Server::start(Some(config.into()), answering(ok("hello")))
    });
    agrees(servers.each_ref().map(Server::port));
}

#[test]
fn highest_common_version_is_agreed_on_with_nginx() {
    let blocks = SERVERS.map(|versions| {
        let names: Vec<_> = versions.iter().map(|version| version.name()).collect();
        Block::tls(&names.join(" "), "return 200;")
    });
    let Some(nginx) = Nginx::serve(local_identity(), &blocks) else {
        return;
    };
    agrees(nginx.ports().try_into().unwrap());
}

#[test]
fn highest_common_version_is_agreed_on_with_s_server() {
    let servers = SERVERS.map(|versions| match versions {
        [only] => SServer::start(&["-www", only.option()]),
        _ => SServer::start(&["-www"]),
    });
    let [Some(tls12), Some(tls13), Some(both)] = &servers else {
        return;
    };
    agrees([tls12.port, tls13.port, both.port]);
}

fn agrees(ports: [u16; 3]) {
    let host = Host::new();
    for (minimum, maximum, agreed) in SETTINGS {
        let context = trusting_context(&host);
        context
            .set_versions(minimum.number(), maximum.number())
            .unwrap();
        for (port, agreed) in ports.into_iter().zip(agreed) {
            let connection = connection(&host, port, &context);
            let result = connection.connect();
            let Some(agreed) = agreed else {
                let error = result.unwrap_err();
                assert_eq!(error.kind, ErrorKind::Tls, "{error}");
                assert_eq!(error.phase, Some(Phase::Tls));
                assert_eq!(error.tls_alert_received, Some(PROTOCOL_VERSION), "{error}");
                continue;
            };
            result.unwrap();
            assert_eq!(connection.tls_info().unwrap().version, agreed.number());
        }
    }
}
