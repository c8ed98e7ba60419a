//! `select` and the numbers that it takes.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use httplib_host_tests::{ErrorKind, Host};

use crate::servers::{Gate, PATIENCE, Scheme, answering, ok};
use crate::watchdog::{watched, within};

const SHORT: Duration = Duration::from_millis(50);

#[test]
fn time_that_is_over_gives_two_empty_lists() {
    let host = Host::new();
    let nothing = (Vec::new(), Vec::new());
    assert_eq!(host.select(&[], &[], Some(SHORT)).unwrap(), nothing);
    assert_eq!(
        host.select(&[], &[], Some(Duration::ZERO)).unwrap(),
        nothing
    );
}

#[test]
fn nothing_to_wait_for_is_not_waited_for_without_a_limit() {
    within(20, || {
        let ready = watched().select(&[], &[], None).unwrap();
        assert_eq!(ready, (vec![], vec![]));
    });
}

#[test]
fn nothing_to_wait_for_is_waited_for_with_a_limit() {
    within(20, || {
        let (host, begin) = (watched(), Instant::now());
        let ready = host.select(&[], &[], Some(SHORT * 5)).unwrap();
        assert_eq!(ready, (vec![], vec![]));
        assert!(begin.elapsed() >= SHORT * 5);
    });
}

#[test]
fn connection_without_an_answer_is_not_ready_to_read() {
    for scheme in Scheme::ALL {
        let gate = Gate::default();
        let go_on = gate.clone();
        let server = scheme.server(move |peer| {
            while peer.head()?.is_some() {
                peer.send(ok("hello"))?;
            }
            go_on.wait();
            Ok(())
        });
        let host = Host::new();
        let connection = scheme.connection(&host, server.port());
        connection.connect().unwrap();
        let number = connection.fileno().unwrap();
        let readers = || host.select(&[number], &[], Some(SHORT)).unwrap().0;
        // What TLS 1.3 sends after the handshake is no answer.
        assert_eq!(readers(), Vec::<u64>::new(), "{scheme:?}");
        connection.request("GET", "/", None, &[]).unwrap();
        let response = connection.get_response().unwrap();
        assert_eq!(response.read(None).unwrap(), b"hello");
        assert_eq!(readers(), Vec::<u64>::new(), "{scheme:?}");
        gate.open();
    }
}

#[test]
fn unknown_number_is_a_value_error() {
    let host = Host::new();
    for number in [0, 1, 99, u64::MAX] {
        for (readers, writers) in [(&[number][..], &[][..]), (&[], &[number])] {
            let error = host.select(readers, writers, Some(SHORT)).unwrap_err();
            assert_eq!(error.kind, ErrorKind::ValueError);
        }
    }
}

#[test]
fn number_of_a_closed_connection_is_a_value_error() {
    let server = Scheme::Http.server(answering(ok("hello")));
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.connect().unwrap();
    let number = connection.fileno().unwrap();
    connection.close();
    let error = host.select(&[number], &[], Some(SHORT)).unwrap_err();
    assert_eq!(error.kind, ErrorKind::ValueError);
    let error = connection.fileno().unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotConnected);
}

#[test]
fn number_before_the_first_connect_is_not_connected() {
    let connection = Host::new().http("127.0.0.1", 9).unwrap();
    let error = connection.fileno().unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotConnected);
}

#[test]
fn number_of_an_ended_response_is_a_value_error() {
    let server = Scheme::Http.server(answering(ok("hello")));
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.request("GET", "/", None, &[]).unwrap();
    let response = connection.get_response().unwrap();
    response.fileno().unwrap();
    response.read(None).unwrap();
    let error = response.fileno().unwrap_err();
    assert_eq!(error.kind, ErrorKind::ValueError);
}

#[test]
fn numbers_are_never_used_again() {
    let server = Scheme::Http.server(answering(ok("hello")));
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    let mut seen = BTreeSet::new();
    for _ in 0..50 {
        let other = Scheme::Http.connection(&host, server.port());
        for connection in [&connection, &other] {
            connection.connect().unwrap();
            assert!(seen.insert(connection.fileno().unwrap()));
            connection.close();
        }
    }
}

#[test]
fn open_connection_is_ready_to_write() {
    let server = Scheme::Http.server(answering(ok("hello")));
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    connection.connect().unwrap();
    let number = connection.fileno().unwrap();
    let (readers, writers) = host.select(&[], &[number], Some(PATIENCE)).unwrap();
    assert_eq!((readers, writers), (vec![], vec![number]));
}

#[test]
fn one_ready_connection_among_many_is_found() {
    let gate = Gate::default();
    let go_on = gate.clone();
    let server = Scheme::Http.server(move |peer| {
        peer.request()?;
        if peer.number != 3 {
            go_on.wait();
        }
        peer.send(ok("hello"))
    });
    let host = Host::new();
    let connections = [(); 6].map(|()| {
        let connection = Scheme::Http.connection(&host, server.port());
        connection.request("GET", "/", None, &[]).unwrap();
        connection
    });
    let numbers = connections.each_ref().map(|it| it.fileno().unwrap());
    // With no time limit it returns as soon as there is one.
    let (ready, _) = host.select(&numbers, &[], None).unwrap();
    assert_eq!(ready.len(), 1);
    let index = numbers.iter().position(|&it| it == ready[0]).unwrap();
    let response = connections[index].get_response().unwrap();
    assert_eq!(response.read(None).unwrap(), b"hello");
    gate.open();
}
