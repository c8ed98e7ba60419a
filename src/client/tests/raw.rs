//! Raw byte streams after 101 and CONNECT.

use super::told::{Kind, Told};
use super::{Connection, Scripted, SharedResponse, connect};
use crate::scripted::{Script, Step};

const SWITCHING: &[u8] = b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\nfirst";

type Instance = std::rc::Rc<super::Instance<Scripted>>;

/// A raw stream on which these pieces come.
fn switched(pieces: &[&[u8]], ends: bool) -> (Instance, Connection<Scripted>, SharedResponse) {
    let pieces = [&[SWITCHING], pieces].concat();
    let (instance, mut connection) = connect([Script::pieces(&pieces, ends)]);
    let headers = [("Upgrade".into(), "x".into())];
    connection
        .request("GET", "/", None, &headers, false)
        .unwrap();
    let response = connection.get_response().unwrap();
    (instance, connection, response)
}

#[test]
fn bytes_go_both_ways() {
    let (instance, connection, response) = switched(&[b"second"], true);
    let mut response = response.borrow_mut();
    assert!(response.is_writable());
    assert!(connection.fileno().is_err());
    let start = instance.network().sent(0).len();
    assert_eq!(response.read(Some(5)).unwrap(), b"first");
    response.write(b"hello".to_vec()).unwrap();
    assert_eq!(&instance.network().sent(0)[start..], b"hello");
    assert_eq!(response.read(None).unwrap(), b"second");
    assert!(response.is_writable() && response.is_closed());
}

#[test]
fn each_way_ends_by_itself() {
    let (instance, _connection, response) = switched(&[b"second"], true);
    let mut response = response.borrow_mut();
    assert!(!instance.network().is_shut_down(0));
    response.shutdown().unwrap();
    assert!(instance.network().is_shut_down(0));
    assert_eq!(
        response.write(b"x".to_vec()).unwrap_err().kind(),
        Kind::UnsupportedOperation
    );
    assert_eq!(response.read(None).unwrap(), b"firstsecond");
    assert!(response.is_closed());
    response.close();
    assert_eq!(
        response.write(b"x".to_vec()).unwrap_err().kind(),
        Kind::ValueError
    );
}

#[test]
fn blocked_write_is_sent_once_by_flush() {
    let script = Script {
        outgoing: [Step::Room(4096)].into(),
        ..Script::pieces(&[b"HTTP/1.1 200 OK\r\n\r\n"], false)
    };
    let (instance, mut connection) = connect([script]);
    connection
        .request("CONNECT", "h:1", None, &[], false)
        .unwrap();
    let response = connection.get_response().unwrap();
    let mut response = response.borrow_mut();
    connection.settings.borrow_mut().timeouts.each = Some(Some(0));
    let start = instance.network().sent(0).len();
    let error = response.write(vec![b'x'; 8192]).unwrap_err();
    assert_eq!(error.kind(), Kind::WouldBlock);
    response.flush().unwrap();
    assert_eq!(instance.network().sent(0).len() - start, 8192);
}

#[test]
fn only_what_was_asked_for_is_raw() {
    for (method, answer) in [
        ("GET", &b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"[..]),
        ("CONNECT", b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"),
    ] {
        let (_, mut connection) = connect([Script::pieces(&[answer], false)]);
        connection.request(method, "h:1", None, &[], false).unwrap();
        let response = connection.get_response().unwrap();
        assert!(!response.borrow().is_writable(), "{method}");
        let error = response.borrow_mut().write(b"x".to_vec()).unwrap_err();
        assert_eq!(error.kind(), Kind::UnsupportedOperation);
    }
    let (_, mut connection) = connect([Script::pieces(&[SWITCHING], false)]);
    connection.request("GET", "/", None, &[], false).unwrap();
    let error = connection.get_response().unwrap_err();
    assert_eq!(error.kind(), Kind::HttpException);
}
