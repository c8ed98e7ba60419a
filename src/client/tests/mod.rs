//! Connections over a scripted network.

mod connecting;
mod continuing;
mod lines;
mod raw;
mod reading;
mod requests;
mod responses;
mod resuming;
mod streams;
mod told;
mod tunnel;

use super::{Connection, Instance, Response};
use crate::scripted::{Script, Scripted};
use std::cell::RefCell;
use std::rc::Rc;

/// One second, the time limit of the tests that let one pass.
const SECOND: u64 = 1_000_000_000;

type SharedResponse = Rc<RefCell<Response<Scripted>>>;

/// A connection over a network that follows these scripts, with a time limit of
/// a second on a clock that only moves when nothing else can.
fn connect(
    scripts: impl IntoIterator<Item = Script>,
) -> (Rc<Instance<Scripted>>, Connection<Scripted>) {
    let instance = Rc::new(Instance::new(Scripted::new(scripts)));
    let connection = Connection::http(&instance, "host", None).unwrap();
    connection.settings.borrow_mut().timeouts.each = Some(Some(SECOND));
    (instance, connection)
}

/// The response to a GET, or another method, of a server that sends this and
/// closes.
fn answer(method: &str, raw: &str) -> (Connection<Scripted>, SharedResponse) {
    let (_, mut connection) = connect([Script::pieces(&[&latin1(raw)], true)]);
    connection.request(method, "/", None, &[], false).unwrap();
    let response = connection.get_response().unwrap();
    (connection, response)
}

fn latin1(text: &str) -> Vec<u8> {
    httplib_proto::encode::latin1(text).unwrap()
}
