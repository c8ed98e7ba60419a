//! The TLS of the component against others: every suite, every group and every
//! kind of key that both sides have, always verified.

mod chains;
mod client_certificates;
mod client_hello;
mod hello;
mod keys;
mod matrix;
mod table;
mod versions;

use httplib_host_tests::{Connection, Host, TlsContext};

/// A new connection to this machine.
fn connection(host: &Host, port: u16, context: &TlsContext) -> Connection {
    host.https("127.0.0.1", port, Some(context)).unwrap()
}

/// The body of a GET, as text.
fn body(connection: &Connection) -> String {
    connection.request("GET", "/", None, &[]).unwrap();
    let response = connection.get_response().unwrap();
    assert_eq!(response.status(), 200);
    String::from_utf8_lossy(&response.read(None).unwrap()).into_owned()
}
