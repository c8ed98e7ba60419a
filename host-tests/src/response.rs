//! The resource `response`.

use crate::instance::Owned;
use crate::{HttpError, Message, TlsInfo};

/// Status, reason and headers of an interim response.
pub type InterimResponse = (u16, String, Vec<(String, String)>);

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

    /// `response.url`.
    #[must_use]
    pub fn url(&self) -> String {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.response().call_url(store, *handle))
    }

    /// `response.will-close`.
    #[must_use]
    pub fn will_close(&self) -> bool {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.response().call_will_close(store, *handle))
    }

    /// `response.close-reason`.
    #[must_use]
    pub fn close_reason(&self) -> Option<String> {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.response().call_close_reason(store, *handle))
    }

    /// `response.length`.
    #[must_use]
    pub fn length(&self) -> Option<u64> {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.response().call_length(store, *handle))
    }

    /// `response.chunked`.
    #[must_use]
    pub fn chunked(&self) -> bool {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.response().call_chunked(store, *handle))
    }

    /// `response.trailers`.
    #[must_use]
    pub fn trailers(&self) -> Vec<(String, String)> {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.response().call_trailers(store, *handle))
    }

    /// `response.interim-responses`.
    #[must_use]
    pub fn interim_responses(&self) -> Vec<InterimResponse> {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.response().call_interim_responses(store, *handle))
    }

    /// `response.closed`.
    #[must_use]
    pub fn closed(&self) -> bool {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.response().call_closed(store, *handle))
    }

    /// `response.readable`.
    #[must_use]
    pub fn readable(&self) -> bool {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.response().call_readable(store, *handle))
    }

    /// `response.writable`.
    #[must_use]
    pub fn writable(&self) -> bool {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.response().call_writable(store, *handle))
    }

    /// `response.seekable`.
    #[must_use]
    pub fn seekable(&self) -> bool {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.response().call_seekable(store, *handle))
    }

    /// `response.local-address`.
    #[must_use]
    pub fn local_address(&self) -> Option<(String, u16)> {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.response().call_local_address(store, *handle))
    }

    /// `response.peer-address`.
    #[must_use]
    pub fn peer_address(&self) -> Option<(String, u16)> {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.response().call_peer_address(store, *handle))
    }

    /// `response.readline`.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn readline(&self, limit: Option<u64>) -> Result<Vec<u8>, HttpError> {
        let Owned { host, handle } = &self.0;
        host.fallible(|client, store| client.response().call_readline(store, *handle, limit))
    }

    /// `response.readlines`.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn readlines(&self, hint: Option<u64>) -> Result<Vec<Vec<u8>>, HttpError> {
        let Owned { host, handle } = &self.0;
        host.fallible(|client, store| client.response().call_readlines(store, *handle, hint))
    }

    /// `response.peek`.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn peek(&self, amount: Option<u64>) -> Result<Vec<u8>, HttpError> {
        let Owned { host, handle } = &self.0;
        host.fallible(|client, store| client.response().call_peek(store, *handle, amount))
    }

    /// `response.write`.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn write(&self, data: &[u8]) -> Result<(), HttpError> {
        let Owned { host, handle } = &self.0;
        host.fallible(|client, store| client.response().call_write(store, *handle, data))
    }

    /// `response.flush`.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn flush(&self) -> Result<(), HttpError> {
        let Owned { host, handle } = &self.0;
        host.fallible(|client, store| client.response().call_flush(store, *handle))
    }

    /// `response.shutdown`.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn shutdown(&self) -> Result<(), HttpError> {
        let Owned { host, handle } = &self.0;
        host.fallible(|client, store| client.response().call_shutdown(store, *handle))
    }

    /// `response.abort`.
    pub fn abort(&self) {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.response().call_abort(store, *handle));
    }

    /// `response.msg`.
    #[must_use]
    pub fn msg(&self) -> Message {
        let Owned { host, handle } = &self.0;
        let message = host.infallible(|client, store| client.response().call_msg(store, *handle));
        Message::new(host.own(message))
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
