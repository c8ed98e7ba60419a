//! Names, addresses, and attempts beside each other (RFC 8305).

use super::{SECOND, World, connect};
use crate::Connection;
use crate::transport::scripted::{Script, Scripted, Step};
use crate::transport::tcp::parse_source;
use httplib_proto::error::{Kind, Phase};
use std::net::IpAddr;
use std::rc::Rc;

const ADDRESSES: [&str; 4] = ["2001:db8::1", "2001:db8::2", "192.0.2.1", "192.0.2.2"];

/// A connection to a host with all of [`ADDRESSES`].
fn many(scripts: impl IntoIterator<Item = Script>) -> (Rc<World<Scripted>>, Connection<Scripted>) {
    let mut network = Scripted::new(scripts);
    network.addresses = ADDRESSES.iter().map(|text| text.parse().unwrap()).collect();
    let world = Rc::new(World::new(network));
    let connection = Connection::http(&world, "host", Some(8080)).unwrap();
    connection.settings.borrow_mut().timeouts.each = Some(Some(60 * SECOND));
    (world, connection)
}

fn at(address: &str, step: Option<Step>) -> Script {
    Script {
        address: Some(address.parse().unwrap()),
        connect: step.into_iter().collect(),
        ..Script::default()
    }
}

#[test]
fn families_alternate_and_a_refusal_moves_on_at_once() {
    let (world, mut connection) = many([
        at("2001:db8::1", Some(Step::Reset)),
        at("192.0.2.1", Some(Step::Reset)),
        at("2001:db8::2", None),
    ]);
    connection.connect().unwrap();
    assert_eq!(world.network.connections(), 3);
    use crate::transport::Network;
    assert_eq!(world.network.now(), 0);
}

#[test]
fn silent_address_gets_a_rival_after_a_quarter_of_a_second() {
    let (world, mut connection) =
        many([at("2001:db8::1", Some(Step::Stall)), at("192.0.2.1", None)]);
    connection.connect().unwrap();
    use crate::transport::Network;
    assert_eq!(world.network.now(), SECOND / 4);
}

#[test]
fn last_address_s_error_is_reported_when_none_answers() {
    let (_, mut connection) = many(
        ["2001:db8::1", "192.0.2.1", "2001:db8::2", "192.0.2.2"].map(|a| at(a, Some(Step::Reset))),
    );
    let error = connection.connect().unwrap_err();
    assert_eq!(error.kind(), Kind::ConnectionRefused);
    assert_eq!(error.details().phase, Some(Phase::Connect));
    assert_eq!(error.details().host.as_deref(), Some("host"));
    assert_eq!(error.details().socket_code, Some("connection-refused"));
}

#[test]
fn failed_connect_leaves_sent_without_a_connection() {
    let (_, mut connection) = connect([at("192.0.2.1", Some(Step::Reset)), Script::default()]);
    let error = connection
        .request("GET", "/", None, &[], false)
        .unwrap_err();
    assert_eq!(error.kind(), Kind::ConnectionRefused);
    assert_eq!(
        connection.get_response().unwrap_err().kind(),
        Kind::NotConnected
    );
    assert_eq!(connection.flush().unwrap_err().kind(), Kind::NotConnected);
    let error = connection
        .request("GET", "/", None, &[], false)
        .unwrap_err();
    assert_eq!(error.details().state, Some("Request-sent"));
    connection.close();
    connection.request("GET", "/", None, &[], false).unwrap();
}

#[test]
fn source_address_picks_the_family_and_a_fixed_port_one_attempt_at_a_time() {
    let (world, mut connection) = many([at("192.0.2.1", Some(Step::Reset)), at("192.0.2.2", None)]);
    connection.settings.borrow_mut().source = Some(parse_source("192.0.2.9", 7).unwrap());
    connection.connect().unwrap();
    let local: IpAddr = "192.0.2.9".parse().unwrap();
    for (_, source) in world.network.dialled() {
        assert_eq!(source, Some((local, 7).into()));
    }
}

#[test]
fn connect_on_an_open_connection_replaces_it() {
    let (world, mut connection) = connect([Script::default(), Script::default()]);
    connection.connect().unwrap();
    let first = connection.fileno().unwrap();
    connection.connect().unwrap();
    assert_ne!(connection.fileno().unwrap(), first);
    assert_eq!(world.network.connections(), 2);
    assert!(world.find(first).is_none());
}
