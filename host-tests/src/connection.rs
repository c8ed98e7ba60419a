//! The resource `connection`.

use std::time::Duration;

use crate::instance::{Owned, nanoseconds};
use crate::{Body, HttpError, Message, Response, TlsInfo};

/// The resource `connection`; dropped by itself, and in no need of the host
/// beside it.
pub struct Connection(Owned);

/// A setter of the contract: an argument that is passed on as it is, or
/// through a conversion.
macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident $call:ident($argument:ident: $from:ty => $to:expr);)*) => {
        $($(#[$doc])* pub fn $name(&self, $argument: $from) {
            let Owned { host, handle } = &self.0;
            host.infallible(|client, store| client.connection().$call(store, *handle, $to));
        })*
    };
}

impl Connection {
    pub(crate) fn new(owned: Owned) -> Self {
        Self(owned)
    }

    setters! {
        /// `connection.set-timeout`.
        set_timeout call_set_timeout(timeout: Option<Duration> => timeout.map(nanoseconds));
        /// `connection.set-resolve-timeout`.
        set_resolve_timeout call_set_resolve_timeout(timeout: Option<Duration> => timeout.map(nanoseconds));
        /// `connection.set-connect-timeout`.
        set_connect_timeout call_set_connect_timeout(timeout: Option<Duration> => timeout.map(nanoseconds));
        /// `connection.set-tls-timeout`.
        set_tls_timeout call_set_tls_timeout(timeout: Option<Duration> => timeout.map(nanoseconds));
        /// `connection.set-write-timeout`.
        set_write_timeout call_set_write_timeout(timeout: Option<Duration> => timeout.map(nanoseconds));
        /// `connection.set-first-byte-timeout`.
        set_first_byte_timeout call_set_first_byte_timeout(timeout: Option<Duration> => timeout.map(nanoseconds));
        /// `connection.set-between-bytes-timeout`.
        set_between_bytes_timeout call_set_between_bytes_timeout(timeout: Option<Duration> => timeout.map(nanoseconds));
        /// `connection.set-total-timeout`.
        set_total_timeout call_set_total_timeout(timeout: Option<Duration> => timeout.map(nanoseconds));
        /// `connection.set-continue-timeout`.
        set_continue_timeout call_set_continue_timeout(timeout: Option<Duration> => timeout.map(nanoseconds));
        /// `connection.set-auto-open`.
        set_auto_open call_set_auto_open(auto_open: bool => auto_open);
        /// `connection.set-debug-level`.
        set_debug_level call_set_debug_level(level: u32 => level);
        /// `connection.set-strict`.
        set_strict call_set_strict(strict: bool => strict);
        /// `connection.set-reconnect-stale`.
        set_reconnect_stale call_set_reconnect_stale(reconnect: bool => reconnect);
        /// `connection.set-max-response-headers`.
        set_max_response_headers call_set_max_response_headers(count: u32 => count);
        /// `connection.set-max-line`.
        set_max_line call_set_max_line(bytes: u32 => bytes);
        /// `connection.set-max-head`.
        set_max_head call_set_max_head(bytes: u32 => bytes);
        /// `connection.set-max-interim-responses`.
        set_max_interim_responses call_set_max_interim_responses(count: u32 => count);
        /// `connection.set-max-trailers`.
        set_max_trailers call_set_max_trailers(count: u32 => count);
        /// `connection.set-max-chunk-extensions`.
        set_max_chunk_extensions call_set_max_chunk_extensions(bytes: u32 => bytes);
        /// `connection.set-max-body`.
        set_max_body call_set_max_body(bytes: u64 => bytes);
    }

    /// `connection.host`.
    #[must_use]
    pub fn host(&self) -> String {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.connection().call_host(store, *handle))
    }

    /// `connection.port`.
    #[must_use]
    pub fn port(&self) -> u16 {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.connection().call_port(store, *handle))
    }

    /// `connection.local-address`.
    #[must_use]
    pub fn local_address(&self) -> Option<(String, u16)> {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.connection().call_local_address(store, *handle))
    }

    /// `connection.peer-address`.
    #[must_use]
    pub fn peer_address(&self) -> Option<(String, u16)> {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.connection().call_peer_address(store, *handle))
    }

    /// `connection.set-tunnel`.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn set_tunnel(
        &self,
        target: &str,
        port: impl Into<Option<u16>>,
        headers: &[(&str, &str)],
    ) -> Result<(), HttpError> {
        let port = port.into();
        let Owned { host, handle } = &self.0;
        host.fallible(|client, store| {
            client
                .connection()
                .call_set_tunnel(store, *handle, target, port, headers)
        })
    }

    /// `connection.set-block-size`.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn set_block_size(&self, bytes: u32) -> Result<(), HttpError> {
        let Owned { host, handle } = &self.0;
        host.fallible(|client, store| {
            client
                .connection()
                .call_set_block_size(store, *handle, bytes)
        })
    }

    /// `connection.set-http-version`.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn set_http_version(&self, version: u8) -> Result<(), HttpError> {
        let Owned { host, handle } = &self.0;
        host.fallible(|client, store| {
            client
                .connection()
                .call_set_http_version(store, *handle, version)
        })
    }

    /// `connection.put-trailer`.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn put_trailer(&self, name: &str, values: &[&str]) -> Result<(), HttpError> {
        let Owned { host, handle } = &self.0;
        host.fallible(|client, store| {
            client
                .connection()
                .call_put_trailer(store, *handle, name, values)
        })
    }

    /// `connection.wait-for-continue`.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn wait_for_continue(&self) -> Result<bool, HttpError> {
        let Owned { host, handle } = &self.0;
        host.fallible(|client, store| client.connection().call_wait_for_continue(store, *handle))
    }

    /// `connection.abort`.
    pub fn abort(&self) {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.connection().call_abort(store, *handle));
    }

    /// `connection.get-proxy-response-headers`.
    #[must_use]
    pub fn proxy_response_headers(&self) -> Option<Message> {
        let Owned { host, handle } = &self.0;
        let message = host.infallible(|client, store| {
            client
                .connection()
                .call_get_proxy_response_headers(store, *handle)
        });
        message.map(|message| Message::new(host.own(message)))
    }

    pub(crate) fn owned(&self) -> &Owned {
        &self.0
    }

    /// `connection.set-source-address`.
    ///
    /// # Errors
    ///
    /// The component's, as of all the functions below.
    pub fn set_source_address(&self, address: &str, port: u16) -> Result<(), HttpError> {
        let Owned { host, handle } = &self.0;
        host.fallible(|client, store| {
            client
                .connection()
                .call_set_source_address(store, *handle, address, port)
        })
    }

    /// `connection.request`, with `encode-chunked` false.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn request(
        &self,
        method: &str,
        url: &str,
        body: Option<Body<'_>>,
        headers: &[(&str, &str)],
    ) -> Result<(), HttpError> {
        self.request_encoded(method, url, body, headers, false)
    }

    /// `connection.request`.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn request_encoded(
        &self,
        method: &str,
        url: &str,
        body: Option<Body<'_>>,
        headers: &[(&str, &str)],
        encode_chunked: bool,
    ) -> Result<(), HttpError> {
        let Owned { host, handle } = &self.0;
        host.fallible(|client, store| {
            client.connection().call_request(
                store,
                *handle,
                method,
                url,
                body,
                headers,
                encode_chunked,
            )
        })
    }

    /// `connection.get-response`.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn get_response(&self) -> Result<Response, HttpError> {
        let Owned { host, handle } = &self.0;
        host.fallible(|client, store| client.connection().call_get_response(store, *handle))
            .map(|response| Response::new(host.own(response)))
    }

    /// `connection.put-request`, with both skip flags false.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn put_request(&self, method: &str, url: &str) -> Result<(), HttpError> {
        self.put_request_skipping(method, url, false, false)
    }

    /// `connection.put-request`.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn put_request_skipping(
        &self,
        method: &str,
        url: &str,
        skip_host: bool,
        skip_accept_encoding: bool,
    ) -> Result<(), HttpError> {
        let Owned { host, handle } = &self.0;
        host.fallible(|client, store| {
            client.connection().call_put_request(
                store,
                *handle,
                method,
                url,
                skip_host,
                skip_accept_encoding,
            )
        })
    }

    /// `connection.put-header`.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn put_header(&self, name: &str, values: &[&str]) -> Result<(), HttpError> {
        let Owned { host, handle } = &self.0;
        host.fallible(|client, store| {
            client
                .connection()
                .call_put_header(store, *handle, name, values)
        })
    }

    /// `connection.end-headers`.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn end_headers(
        &self,
        body: Option<Body<'_>>,
        encode_chunked: bool,
    ) -> Result<(), HttpError> {
        let Owned { host, handle } = &self.0;
        host.fallible(|client, store| {
            client
                .connection()
                .call_end_headers(store, *handle, body, encode_chunked)
        })
    }

    /// `connection.send`.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn send(&self, data: &[u8]) -> Result<(), HttpError> {
        let Owned { host, handle } = &self.0;
        host.fallible(|client, store| client.connection().call_send(store, *handle, data))
    }

    /// `connection.flush`.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn flush(&self) -> Result<(), HttpError> {
        let Owned { host, handle } = &self.0;
        host.fallible(|client, store| client.connection().call_flush(store, *handle))
    }

    /// `connection.connect`.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn connect(&self) -> Result<(), HttpError> {
        let Owned { host, handle } = &self.0;
        host.fallible(|client, store| client.connection().call_connect(store, *handle))
    }

    /// `connection.close`.
    pub fn close(&self) {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.connection().call_close(store, *handle));
    }

    /// `connection.tls-info`.
    #[must_use]
    pub fn tls_info(&self) -> Option<TlsInfo> {
        let Owned { host, handle } = &self.0;
        let info =
            host.infallible(|client, store| client.connection().call_tls_info(store, *handle));
        info.map(|info| TlsInfo::take(host.own(info)))
    }

    /// `connection.fileno`.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn fileno(&self) -> Result<u64, HttpError> {
        let Owned { host, handle } = &self.0;
        host.fallible(|client, store| client.connection().call_fileno(store, *handle))
    }
}
