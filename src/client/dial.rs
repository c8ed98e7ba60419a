//! From a host name to a connected socket: resolve, then try the addresses,
//! each a little after the one before, until one answers (RFC 8305).

use crate::error::{Code, Error, Phase, Result, value};
use crate::network::{Lookup, Network, NextAddress, Socket};
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

/// How long an attempt has before the next address is tried beside it: the
/// Connection Attempt Delay that RFC 8305, section 5, recommends.
const ATTEMPT_DELAY: u64 = 250_000_000;

/// Where this side of a connection is bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// `None`: any address.
    pub address: Option<IpAddr>,
    /// 0: any free port.
    pub port: u16,
}

/// A connection that is being opened.
pub struct Dial<N: Network> {
    port: u16,
    source: Option<Source>,
    lookup: Option<N::Lookup>,
    addresses: VecDeque<SocketAddr>,
    attempts: Vec<N::Socket>,
    /// When the next address is to be tried though others may still answer.
    next_attempt: u64,
    last_error: Option<Error>,
}

impl<N: Network> Dial<N> {
    /// Begins: an IP address needs no lookup.
    ///
    /// # Errors
    /// `name-resolution`, `os-error`.
    pub fn start(network: &N, host: &str, port: u16, source: Option<Source>) -> Result<Self> {
        let mut dial = Self {
            port,
            source,
            lookup: None,
            addresses: VecDeque::new(),
            attempts: Vec::new(),
            next_attempt: 0,
            last_error: None,
        };
        match literal(host, port) {
            Some(address) => dial.addresses.push_back(address),
            None if host.is_empty() => {
                return Err(Error::from(Code::NameUnresolvable).in_phase(Phase::Resolve));
            }
            None => {
                let lookup = network.lookup(host);
                dial.lookup = Some(lookup.map_err(|error| error.in_phase(Phase::Resolve))?);
            }
        }
        Ok(dial)
    }

    /// What is being done.
    pub fn phase(&self) -> Phase {
        if self.lookup.is_some() {
            Phase::Resolve
        } else {
            Phase::Connect
        }
    }

    /// Goes on; the socket when one is connected.
    ///
    /// # Errors
    /// `name-resolution`; the error of the last address when none answers.
    pub fn advance(&mut self, network: &N) -> Result<Option<N::Socket>> {
        self.resolve()
            .map_err(|error| error.in_phase(Phase::Resolve))?;
        if self.lookup.is_some() {
            return Ok(None);
        }
        self.connect(network)
            .map_err(|error| error.in_phase(Phase::Connect))
    }

    fn resolve(&mut self) -> Result<()> {
        while let Some(lookup) = &mut self.lookup {
            match lookup.next()? {
                NextAddress::Address(address) => {
                    self.addresses
                        .push_back(SocketAddr::new(address, self.port));
                }
                NextAddress::Blocked => return Ok(()),
                NextAddress::End => {
                    self.lookup = None;
                    interleave(&mut self.addresses);
                }
            }
        }
        Ok(())
    }

    fn connect(&mut self, network: &N) -> Result<Option<N::Socket>> {
        loop {
            if let Some(socket) = self.poll_attempts() {
                return Ok(Some(socket));
            }
            let alone = self.attempts.is_empty();
            let Some(&address) = self.addresses.front() else {
                return if alone { Err(self.failure()) } else { Ok(None) };
            };
            let now = network.now();
            if !alone && (self.is_one_port() || now < self.next_attempt) {
                return Ok(None);
            }
            self.addresses.pop_front();
            self.next_attempt = now.saturating_add(ATTEMPT_DELAY);
            match self.attempt(network, address) {
                Ok(socket) => self.attempts.push(socket),
                Err(error) => self.last_error = Some(error),
            }
        }
    }

    fn poll_attempts(&mut self) -> Option<N::Socket> {
        let mut index = 0;
        while index < self.attempts.len() {
            match self.attempts[index].finish_connect() {
                Ok(true) => return Some(self.attempts.swap_remove(index)),
                Ok(false) => index += 1,
                Err(error) => {
                    self.last_error = Some(error);
                    self.attempts.remove(index);
                }
            }
        }
        None
    }

    fn attempt(&self, network: &N, address: SocketAddr) -> Result<N::Socket> {
        let source = match self.source {
            None => None,
            Some(source) => {
                let any = match address {
                    SocketAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
                    SocketAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
                };
                let own = source.address.unwrap_or(any);
                if own.is_ipv4() != address.is_ipv4() {
                    return Err(Code::SourceOfOtherFamily.into());
                }
                Some(SocketAddr::new(own, source.port))
            }
        };
        network.dial(address, source)
    }

    fn failure(&mut self) -> Error {
        self.last_error
            .take()
            .unwrap_or_else(|| Error::from(Code::NameUnresolvable))
    }

    /// What tells that `advance` may come further.
    pub fn events(&self, events: &mut Vec<N::Event>) {
        match &self.lookup {
            Some(lookup) => events.push(lookup.event()),
            None => events.extend(self.attempts.iter().map(Socket::connecting)),
        }
    }

    /// A time at which it can in any case: that of the next address, or now.
    pub fn wake(&self) -> Option<u64> {
        if self.lookup.is_some() {
            return None;
        }
        if self.attempts.is_empty() {
            return Some(0);
        }
        let waits = !self.addresses.is_empty() && !self.is_one_port();
        waits.then_some(self.next_attempt)
    }

    /// Two attempts from one port would take it from each other.
    fn is_one_port(&self) -> bool {
        self.source.is_some_and(|source| source.port != 0)
    }
}

/// Alternates the address families, beginning with the one that the resolver
/// put first (RFC 8305, section 4).
fn interleave(addresses: &mut VecDeque<SocketAddr>) {
    let first_is_ipv4 = addresses.front().is_some_and(SocketAddr::is_ipv4);
    let (mut first, mut second): (VecDeque<_>, VecDeque<_>) = addresses
        .drain(..)
        .partition(|address| address.is_ipv4() == first_is_ipv4);
    while !(first.is_empty() && second.is_empty()) {
        addresses.extend(first.pop_front());
        addresses.extend(second.pop_front());
    }
}

/// An IP address; an IPv6 one may have a zone (RFC 4007, section 11), which is a
/// number here, because names of interfaces are the host's.
fn literal(host: &str, port: u16) -> Option<SocketAddr> {
    if let Some((address, zone)) = host.split_once('%') {
        let (address, zone) = (address.parse().ok()?, zone.parse().ok()?);
        return Some(SocketAddrV6::new(address, port, 0, zone).into());
    }
    Some(SocketAddr::new(host.parse().ok()?, port))
}

/// Parses the address of a [`Source`]; empty text is any address.
///
/// # Errors
/// `value-error`.
pub fn parse_source(address: &str, port: u16) -> Result<Source> {
    let address = match address {
        "" => None,
        text => Some(
            text.parse()
                .map_err(|_| value("the source address is neither empty nor an IP address"))?,
        ),
    };
    Ok(Source { address, port })
}
