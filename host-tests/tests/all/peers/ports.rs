//! Ports for servers that cannot ask for a free one.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::Mutex;

/// Below the ports that systems give to sockets that ask for none, so that no
/// socket of the tests gets one of these by chance.
const FIRST: u16 = 10_000;
const END: u16 = 32_000;

/// Ports that nobody listens at; each is given once, because some time goes by
/// before it is used.
pub(super) fn free_ports(count: usize) -> Vec<u16> {
    static NEXT: Mutex<Option<u16>> = Mutex::new(None);
    let mut next = NEXT.lock().unwrap();
    let mut ports = Vec::new();
    while ports.len() < count {
        // Processes that run side by side begin at different places.
        let port = next.unwrap_or_else(|| {
            let places = u32::from(END - FIRST);
            let place = std::process::id().wrapping_mul(499) % places;
            FIRST + u16::try_from(place).unwrap()
        });
        *next = Some(if port + 1 == END { FIRST } else { port + 1 });
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            ports.push(port);
        }
    }
    ports
}
