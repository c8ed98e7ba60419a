//! One instance of the component: the functions that belong to no resource.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use crate::builder::panic_on_trap;
use crate::instance::{Instance, nanoseconds};
use crate::{Connection, HostBuilder, HttpError, TlsContext};

/// One instance of the component. Clones are the same instance, and so are the
/// connections, responses and contexts that come from it.
#[derive(Clone)]
pub struct Host(pub(crate) Rc<RefCell<Instance>>);

impl Host {
    /// An instance with network, whose output is discarded.
    ///
    /// # Panics
    ///
    /// If the component cannot be instantiated.
    #[must_use]
    pub fn new() -> Self {
        match Self::builder().build() {
            Ok(host) => host,
            Err(error) => panic_on_trap(error),
        }
    }

    /// Begins an instance with other settings.
    #[must_use]
    pub fn builder() -> HostBuilder {
        HostBuilder::default()
    }

    /// `connection.http`.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn http(&self, host: &str, port: impl Into<Option<u16>>) -> Result<Connection, HttpError> {
        let port = port.into();
        self.fallible(|client, store| client.connection().call_http(store, host, port))
            .map(|handle| Connection::new(self.own(handle)))
    }

    /// `connection.https`.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn https(
        &self,
        host: &str,
        port: impl Into<Option<u16>>,
        context: Option<&TlsContext>,
    ) -> Result<Connection, HttpError> {
        let port = port.into();
        let context = context.map(TlsContext::handle);
        self.fallible(|client, store| client.connection().call_https(store, host, port, context))
            .map(|handle| Connection::new(self.own(handle)))
    }

    /// The constructor of `tls-context`.
    #[must_use]
    pub fn tls_context(&self) -> TlsContext {
        let handle = self.infallible(|client, store| client.tls_context().call_constructor(store));
        TlsContext::new(self.own(handle))
    }

    /// `tls-context.unverified`.
    #[must_use]
    pub fn unverified_tls_context(&self) -> TlsContext {
        let handle = self.infallible(|client, store| client.tls_context().call_unverified(store));
        TlsContext::new(self.own(handle))
    }

    /// `select`: the ready ones of both lists.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn select(
        &self,
        readers: &[u64],
        writers: &[u64],
        timeout: Option<Duration>,
    ) -> Result<(Vec<u64>, Vec<u64>), HttpError> {
        let timeout = timeout.map(nanoseconds);
        self.fallible(|client, store| client.call_select(store, readers, writers, timeout))
    }

    /// `set-default-timeout`.
    pub fn set_default_timeout(&self, timeout: Option<Duration>) {
        let timeout = timeout.map(nanoseconds);
        self.infallible(|client, store| client.call_set_default_timeout(store, timeout));
    }

    /// The fuel that the component has used so far, about one for each
    /// instruction; none unless the instance is [metered](HostBuilder::metered).
    #[must_use]
    pub fn fuel_used(&self) -> Option<u64> {
        self.0.borrow().fuel_used()
    }

    /// How often the component has called an imported function so far, the drops
    /// of imported resources included.
    #[must_use]
    pub fn calls_to_the_host(&self) -> u64 {
        self.0.borrow().calls_to_the_host()
    }

    /// What the component has printed so far, with [`Output::Capture`].
    #[must_use]
    pub fn debug_output(&self) -> String {
        let captured = self.0.borrow().captured.contents();
        String::from_utf8_lossy(&captured).into_owned()
    }
}

impl Default for Host {
    fn default() -> Self {
        Self::new()
    }
}
