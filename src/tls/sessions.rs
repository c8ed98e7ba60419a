//! The session store: what resumption needs, for all the connections of a
//! context.
//!
//! rustls keeps no sessions of its own without `std`.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use core::fmt;
use core::sync::atomic::{AtomicUsize, Ordering};
use rustls::NamedGroup;
use rustls::client::{ClientSessionStore, Tls12ClientSessionValue, Tls13ClientSessionValue};
use rustls::pki_types::ServerName;
use spin::Mutex;

/// How many servers are remembered; the one unused for longest makes room.
const MAX_SERVERS: usize = 256;
/// How many TLS 1.3 tickets are kept for each: one for every connection opened
/// at the same time, since a ticket is used once (RFC 8446, appendix C.4).
pub(crate) const MAX_TICKETS: usize = 8;

/// Sessions by server name, the server used last at the back.
#[derive(Default)]
pub(crate) struct Sessions {
    // Boxed, so that the list is small and grows cheaply.
    servers: Mutex<VecDeque<Box<Server>>>,
    largest: AtomicUsize,
}

struct Server {
    name: ServerName<'static>,
    group: Option<NamedGroup>,
    tls12: Option<Tls12ClientSessionValue>,
    tls13: VecDeque<Tls13ClientSessionValue>,
}

impl Sessions {
    /// There may have been a ticket of at most so many bytes; rustls does not
    /// tell how large one is.
    pub(crate) fn note(&self, bytes: usize) {
        self.largest.fetch_max(bytes, Ordering::Relaxed);
    }

    /// The most bytes that a ticket can have.
    pub(crate) fn largest(&self) -> usize {
        self.largest.load(Ordering::Relaxed)
    }

    fn find<T>(
        &self,
        name: &ServerName<'_>,
        get: impl FnOnce(&mut Server) -> Option<T>,
    ) -> Option<T> {
        let mut servers = self.servers.lock();
        let index = servers.iter().rposition(|server| server.name == *name)?;
        let mut server = servers.remove(index)?;
        let found = get(&mut server);
        servers.push_back(server);
        found
    }

    fn edit(&self, name: ServerName<'static>, change: impl FnOnce(&mut Server)) {
        let mut servers = self.servers.lock();
        let known = servers.iter().rposition(|server| server.name == name);
        let mut server = known
            .and_then(|index| servers.remove(index))
            .unwrap_or_else(|| {
                Box::new(Server {
                    name,
                    group: None,
                    tls12: None,
                    tls13: VecDeque::new(),
                })
            });
        change(&mut server);
        if servers.len() == MAX_SERVERS {
            servers.pop_front();
        }
        servers.push_back(server);
    }
}

impl ClientSessionStore for Sessions {
    fn set_kx_hint(&self, name: ServerName<'static>, group: NamedGroup) {
        self.edit(name, |server| server.group = Some(group));
    }

    fn kx_hint(&self, name: &ServerName<'_>) -> Option<NamedGroup> {
        self.find(name, |server| server.group)
    }

    fn set_tls12_session(&self, name: ServerName<'static>, value: Tls12ClientSessionValue) {
        self.edit(name, |server| server.tls12 = Some(value));
    }

    fn tls12_session(&self, name: &ServerName<'_>) -> Option<Tls12ClientSessionValue> {
        self.find(name, |server| server.tls12.clone())
    }

    fn remove_tls12_session(&self, name: &ServerName<'static>) {
        self.find(name, |server| server.tls12.take());
    }

    fn insert_tls13_ticket(&self, name: ServerName<'static>, value: Tls13ClientSessionValue) {
        self.edit(name, |server| {
            if server.tls13.len() == MAX_TICKETS {
                server.tls13.pop_front();
            }
            server.tls13.push_back(value);
        });
    }

    fn take_tls13_ticket(&self, name: &ServerName<'static>) -> Option<Tls13ClientSessionValue> {
        self.find(name, |server| server.tls13.pop_back())
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions")
    }
}
