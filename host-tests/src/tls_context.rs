//! The resource `tls-context`.

use wasmtime::component::ResourceAny;

use crate::HttpError;
use crate::instance::Owned;

/// The resource `tls-context`; dropped by itself, and in no need of the host
/// beside it.
pub struct TlsContext(Owned);

impl TlsContext {
    pub(crate) fn new(owned: Owned) -> Self {
        Self(owned)
    }

    pub(crate) fn handle(&self) -> ResourceAny {
        self.0.handle
    }

    /// `tls-context.load-verify-locations`: PEM or DER; how many were added.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn load_verify_locations(&self, data: &[u8]) -> Result<u32, HttpError> {
        let Owned { host, handle } = &self.0;
        host.fallible(|client, store| {
            client
                .tls_context()
                .call_load_verify_locations(store, *handle, data)
        })
    }
}
