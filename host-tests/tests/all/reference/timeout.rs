//! `TimeoutTest`: which time limit applies.

use std::thread;

use httplib_host_tests::{Connection, ErrorKind, Host, Phase};

use super::LIMIT;
use crate::servers::{Scheme, ok};

#[test]
fn timeout_attribute() {
    // Answers too late for the limit, but does.
    let server = Scheme::Http.server(|peer| {
        peer.request()?;
        thread::sleep(2 * LIMIT);
        peer.send(ok("late"))
    });
    let host = Host::new();
    let ask = |set: fn(&Connection)| {
        let connection = Scheme::Http.connection(&host, server.port());
        set(&connection);
        connection.request("GET", "/", None, &[]).unwrap();
        connection.get_response()?.read(None)
    };
    let assert_timed_out = |set: fn(&Connection)| {
        let error = ask(set).err().unwrap();
        assert_eq!(error.kind, ErrorKind::TimedOut);
        assert_eq!(error.phase, Some(Phase::FirstByte));
    };
    // None was set: the default's, which is none at first.
    assert_eq!(ask(|_| {}).unwrap(), b"late");
    host.set_default_timeout(Some(LIMIT));
    assert_timed_out(|_| {});
    // None at all was set: it waits, whatever the default is.
    let body = ask(|connection| connection.set_timeout(None)).unwrap();
    assert_eq!(body, b"late");
    // A number was set.
    host.set_default_timeout(None);
    assert_timed_out(|connection| connection.set_timeout(Some(LIMIT)));
}
