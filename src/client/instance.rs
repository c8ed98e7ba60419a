//! What all connections of an instance share: the network, the numbers that
//! `select` knows, and the default time limit.

use crate::network::{Block, Network};
use crate::select::{self, Ready, Registry};
use alloc::rc::Rc;
use core::cell::Cell;

/// The shared state of an instance.
pub struct Instance<N: Network> {
    network: Rc<N>,
    registry: Rc<Registry<N>>,
    default_timeout: Cell<Option<u64>>,
}

impl<N: Network> Instance<N> {
    /// An instance without connections.
    pub fn new(network: N) -> Self {
        Self {
            network: Rc::new(network),
            registry: Rc::default(),
            default_timeout: Cell::new(None),
        }
    }

    /// The network.
    pub fn network(&self) -> &N {
        &self.network
    }

    pub(crate) fn shared_network(&self) -> &Rc<N> {
        &self.network
    }

    pub(crate) fn registry(&self) -> &Rc<Registry<N>> {
        &self.registry
    }

    /// The time limit of connections that set none, in nanoseconds.
    pub fn default_timeout(&self) -> Option<u64> {
        self.default_timeout.get()
    }

    /// Sets it (`socket.setdefaulttimeout`).
    pub fn set_default_timeout(&self, timeout: Option<u64>) {
        self.default_timeout.set(timeout);
    }
}

impl<N: Block> Instance<N> {
    /// Waits for one of these numbers: see [`select::select`].
    ///
    /// # Errors
    /// Those of [`select::select`].
    pub fn select(
        &self,
        readers: &[u64],
        writers: &[u64],
        timeout: Option<u64>,
    ) -> crate::error::Result<Ready> {
        select::select(&*self.network, &self.registry, readers, writers, timeout)
    }
}
