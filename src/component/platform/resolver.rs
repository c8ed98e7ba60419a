//! Host names to addresses, by the host's resolver.

use super::{Event, convert};
use alloc::rc::Rc;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use httplib_client::error::Result;
use httplib_client::network::{Lookup, NextAddress};
use wasi::sockets::ip_name_lookup::{ResolveAddressStream, resolve_addresses};
use wasi::sockets::network::{ErrorCode, IpAddress, Network};

/// A lookup that is under way.
pub struct Resolver {
    // Before the stream, so that it is dropped first.
    event: Event,
    addresses: ResolveAddressStream,
}

impl Resolver {
    /// Starts a lookup.
    pub fn start(network: &Network, name: &str) -> Result<Self> {
        let addresses = resolve_addresses(network, name).map_err(|code| match code {
            // The host cannot make a name of this text.
            ErrorCode::InvalidArgument => convert(ErrorCode::NameUnresolvable),
            code => convert(code),
        })?;
        Ok(Self {
            event: Rc::new(addresses.subscribe()),
            addresses,
        })
    }
}

impl Lookup for Resolver {
    type Event = Event;

    fn next(&mut self) -> Result<NextAddress> {
        match self.addresses.resolve_next_address() {
            Ok(Some(address)) => Ok(NextAddress::Address(from_wasi(address))),
            Ok(None) => Ok(NextAddress::End),
            Err(ErrorCode::WouldBlock) => Ok(NextAddress::Blocked),
            Err(code) => Err(convert(code)),
        }
    }

    fn event(&self) -> Event {
        Rc::clone(&self.event)
    }
}

fn from_wasi(address: IpAddress) -> IpAddr {
    match address {
        IpAddress::Ipv4((a, b, c, d)) => Ipv4Addr::new(a, b, c, d).into(),
        IpAddress::Ipv6((a, b, c, d, e, f, g, h)) => Ipv6Addr::new(a, b, c, d, e, f, g, h).into(),
    }
}
