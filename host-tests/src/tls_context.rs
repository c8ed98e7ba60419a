//! The resource `tls-context`.

use wasmtime::component::ResourceAny;

use crate::instance::Owned;
use crate::{HttpError, ServerName};

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

    /// `tls-context.clear-roots`.
    pub fn clear_roots(&self) {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.tls_context().call_clear_roots(store, *handle));
    }

    /// `tls-context.load-cert-chain`.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn load_cert_chain(&self, chain: &[u8], key: Option<&[u8]>) -> Result<(), HttpError> {
        let Owned { host, handle } = &self.0;
        host.fallible(|client, store| {
            client
                .tls_context()
                .call_load_cert_chain(store, *handle, chain, key)
        })
    }

    /// `tls-context.set-check-hostname`.
    pub fn set_check_hostname(&self, check: bool) {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| {
            client
                .tls_context()
                .call_set_check_hostname(store, *handle, check)
        });
    }

    /// `tls-context.set-verify-mode`.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn set_verify_mode(&self, required: bool) -> Result<(), HttpError> {
        let Owned { host, handle } = &self.0;
        host.fallible(|client, store| {
            client
                .tls_context()
                .call_set_verify_mode(store, *handle, required)
        })
    }

    /// `tls-context.set-minimum-version` and `set-maximum-version`.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn set_versions(&self, minimum: u16, maximum: u16) -> Result<(), HttpError> {
        let Owned { host, handle } = &self.0;
        // In the order in which neither is ever above the other.
        host.fallible(|client, store| {
            client
                .tls_context()
                .call_set_minimum_version(store, *handle, 0x0303)
        })?;
        host.fallible(|client, store| {
            client
                .tls_context()
                .call_set_maximum_version(store, *handle, maximum)
        })?;
        host.fallible(|client, store| {
            client
                .tls_context()
                .call_set_minimum_version(store, *handle, minimum)
        })
    }

    /// `tls-context.set-alpn-protocols`.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn set_alpn_protocols(&self, protocols: &[&str]) -> Result<(), HttpError> {
        let Owned { host, handle } = &self.0;
        host.fallible(|client, store| {
            client
                .tls_context()
                .call_set_alpn_protocols(store, *handle, protocols)
        })
    }

    /// `tls-context.set-server-name`.
    pub fn set_server_name(&self, name: ServerName<'_>) {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| {
            client
                .tls_context()
                .call_set_server_name(store, *handle, name)
        });
    }

    /// `tls-context.set-keylog`.
    pub fn set_keylog(&self, on: bool) {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.tls_context().call_set_keylog(store, *handle, on));
    }

    /// `tls-context.take-keylog`.
    #[must_use]
    pub fn take_keylog(&self) -> Vec<String> {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.tls_context().call_take_keylog(store, *handle))
    }

    /// `tls-context.set-suppress-ragged-eofs`.
    pub fn set_suppress_ragged_eofs(&self, suppress: bool) {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| {
            client
                .tls_context()
                .call_set_suppress_ragged_eofs(store, *handle, suppress)
        });
    }

    /// `tls-context.set-session-resumption`.
    pub fn set_session_resumption(&self, resume: bool) {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| {
            client
                .tls_context()
                .call_set_session_resumption(store, *handle, resume)
        });
    }
}

/// All that the resource `tls-info` tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsInfo {
    /// 0x0303 or 0x0304.
    pub version: u16,
    /// Its name in IANA's registry.
    pub cipher_suite: String,
    /// Its name in IANA's registry.
    pub group: Option<String>,
    /// The application protocol.
    pub alpn_protocol: Option<String>,
    /// Whether a session was resumed.
    pub resumed: bool,
    /// In DER, the server's own first.
    pub peer_certificates: Vec<Vec<u8>>,
}

impl TlsInfo {
    /// Reads the resource and drops it.
    pub(crate) fn take(owned: Owned) -> Self {
        let Owned { host, handle } = &owned;
        let handle = *handle;
        host.infallible(|client, store| {
            let info = client.tls_info();
            Ok(Self {
                version: info.call_version(&mut *store, handle)?,
                cipher_suite: info.call_cipher_suite(&mut *store, handle)?,
                group: info.call_group(&mut *store, handle)?,
                alpn_protocol: info.call_alpn_protocol(&mut *store, handle)?,
                resumed: info.call_resumed(&mut *store, handle)?,
                peer_certificates: info.call_peer_certificates(&mut *store, handle)?,
            })
        })
    }
}
