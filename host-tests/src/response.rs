//! The resource `response`.

use crate::instance::Owned;
use crate::{HttpError, TlsInfo};

/// The resource `response`; dropped by itself, and in no need of the host beside
/// it.
pub struct Response(Owned);

impl Response {
    pub(crate) fn new(owned: Owned) -> Self {
        Self(owned)
    }

    /// `response.status`.
    #[must_use]
    pub fn status(&self) -> u16 {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.response().call_status(store, *handle))
    }

    /// `response.reason`.
    #[must_use]
    pub fn reason(&self) -> String {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.response().call_reason(store, *handle))
    }

    /// `response.version`.
    #[must_use]
    pub fn version(&self) -> u8 {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.response().call_version(store, *handle))
    }

    /// `response.get-header`, without a default.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<String> {
        self.get_header(name, None)
    }

    /// `response.get-header`.
    #[must_use]
    pub fn get_header(&self, name: &str, default: Option<&str>) -> Option<String> {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| {
            client
                .response()
                .call_get_header(store, *handle, name, default)
        })
    }

    /// `response.get-headers`.
    #[must_use]
    pub fn get_headers(&self) -> Vec<(String, String)> {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.response().call_get_headers(store, *handle))
    }

    /// `response.read`.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn read(&self, amount: Option<u64>) -> Result<Vec<u8>, HttpError> {
        let Owned { host, handle } = &self.0;
        host.fallible(|client, store| client.response().call_read(store, *handle, amount))
    }

    /// `response.read1`.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn read1(&self, amount: Option<u64>) -> Result<Vec<u8>, HttpError> {
        let Owned { host, handle } = &self.0;
        host.fallible(|client, store| client.response().call_read1(store, *handle, amount))
    }

    /// `response.is-closed`.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.response().call_is_closed(store, *handle))
    }

    /// `response.close`.
    pub fn close(&self) {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.response().call_close(store, *handle));
    }

    /// `response.tls-info`.
    #[must_use]
    pub fn tls_info(&self) -> Option<TlsInfo> {
        let Owned { host, handle } = &self.0;
        let info = host.infallible(|client, store| client.response().call_tls_info(store, *handle));
        info.map(|info| TlsInfo::take(host.own(info)))
    }

    /// `response.fileno`.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn fileno(&self) -> Result<u64, HttpError> {
        let Owned { host, handle } = &self.0;
        host.fallible(|client, store| client.response().call_fileno(store, *handle))
    }
}
