//! A connection over the scripted network.

use crate::input::Input;
use crate::{calls, reading};
use httplib_client::scripted::{Script, Scripted, Step};
use httplib_client::{Connection, Instance};
use std::rc::Rc;

/// One second of the network's clock.
pub const SECOND: u64 = 1_000_000_000;

/// How many waits one call may take: more than the scripts have bytes.
pub const WAITS: u64 = 100_000;

/// Any calls in any order, or any ways to read one body.
pub fn connection(data: &[u8]) {
    let mut input = Input::new(data);
    match input.below(2) {
        0 => calls::run(&mut input),
        _ => reading::run(&mut input),
    }
}

/// A connection over a network with these scripts.
pub fn connect(
    scripts: impl IntoIterator<Item = Script>,
) -> (Rc<Instance<Scripted>>, Connection<Scripted>) {
    let instance = Rc::new(Instance::new(Scripted::new(scripts)));
    instance.network().waits_left.set(Some(WAITS));
    let connection = Connection::http(&instance, "host", None).unwrap();
    (instance, connection)
}

/// What comes between the pieces of what is received.
pub fn pause(input: &mut Input<'_>) -> Option<Step> {
    match input.below(8) {
        0..4 => None,
        4..7 => Some(Step::Wait),
        _ => Some(Step::Stall),
    }
}

/// How what is received ends.
pub fn end(input: &mut Input<'_>) -> Option<Step> {
    match input.below(4) {
        0 | 1 => Some(Step::End),
        2 => Some(Step::Reset),
        _ => None,
    }
}
