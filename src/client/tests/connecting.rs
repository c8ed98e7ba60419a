//! Names, addresses, and attempts beside each other (RFC 8305).

use super::told::{Kind, Told};
use super::{Instance, SECOND, connect};
use crate::Connection;
use crate::dial::parse_source;
use crate::error::Phase;
use crate::scripted::{Script, Scripted, Step};
use std::net::IpAddr;
use std::rc::Rc;

const ADDRESSES: [&str; 4] = ["2001:db8::1", "2001:db8::2", "192.0.2.1", "192.0.2.2"];

/// A connection to a host with all of [`ADDRESSES`].
fn many(
    scripts: impl IntoIterator<Item = Script>,
) -> (Rc<Instance<Scripted>>, Connection<Scripted>) {
    let mut network = Scripted::new(scripts);
    network.addresses = ADDRESSES.iter().map(|text| text.parse().unwrap()).collect();
    let instance = Rc::new(Instance::new(network));
    let connection = Connection::http(&instance, "host", Some(8080)).unwrap();
    connection.settings.borrow_mut().timeouts.each = Some(Some(60 * SECOND));
    (instance, connection)
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
    let (instance, mut connection) = many([
        at("2001:db8::1", Some(Step::Reset)),
        at("192.0.2.1", Some(Step::Reset)),
        at("2001:db8::2", None),
    ]);
    connection.connect().unwrap();
    assert_eq!(instance.network().connections(), 3);
    use crate::network::Network;
    assert_eq!(instance.network().now(), 0);
}

#[test]
fn silent_address_gets_a_rival_after_a_quarter_of_a_second() {
    let (instance, mut connection) =
        many([at("2001:db8::1", Some(Step::Stall)), at("192.0.2.1", None)]);
    connection.connect().unwrap();
    use crate::network::Network;
    assert_eq!(instance.network().now(), SECOND / 4);
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
    let (instance, mut connection) =
        many([at("192.0.2.1", Some(Step::Reset)), at("192.0.2.2", None)]);
    connection.settings.borrow_mut().source = Some(parse_source("192.0.2.9", 7).unwrap());
    connection.connect().unwrap();
    let local: IpAddr = "192.0.2.9".parse().unwrap();
    for (_, source) in instance.network().dialled() {
        assert_eq!(source, Some((local, 7).into()));
    }
}

#[test]
fn connect_on_an_open_connection_replaces_it() {
    let (instance, mut connection) = connect([Script::default(), Script::default()]);
    connection.connect().unwrap();
    let first = connection.fileno().unwrap();
    connection.connect().unwrap();
    assert_ne!(connection.fileno().unwrap(), first);
    assert_eq!(instance.network().connections(), 2);
    assert!(instance.select(&[first], &[], Some(0)).is_err());
}
