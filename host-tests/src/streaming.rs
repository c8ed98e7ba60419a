//! The package `httplib:streaming`: bodies that come from a stream.

use wasmtime_wasi::p2::InputStream;

use crate::instance::Owned;
use crate::{Connection, HttpError};

/// A body that the host's stream has.
pub struct StreamBody {
    stream: Box<dyn InputStream>,
    length: Option<u64>,
}

impl StreamBody {
    /// As many bytes as the stream has.
    pub fn new(stream: impl InputStream) -> Self {
        Self {
            stream: Box::new(stream),
            length: None,
        }
    }

    /// So many bytes of the stream.
    #[must_use]
    pub fn of_length(self, length: u64) -> Self {
        Self {
            length: Some(length),
            ..self
        }
    }
}

impl Connection {
    /// `requests.request`.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn request_stream(
        &self,
        method: &str,
        url: &str,
        body: StreamBody,
        headers: &[(&str, &str)],
        encode_chunked: bool,
    ) -> Result<(), HttpError> {
        let Owned { host, handle } = self.owned();
        let StreamBody { stream, length } = body;
        host.streaming(stream, |requests, store, stream| {
            requests.call_request(
                store,
                *handle,
                method,
                url,
                stream,
                length,
                headers,
                encode_chunked,
            )
        })
    }

    /// `requests.end-headers`.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn end_headers_stream(
        &self,
        body: StreamBody,
        encode_chunked: bool,
    ) -> Result<(), HttpError> {
        let Owned { host, handle } = self.owned();
        let StreamBody { stream, length } = body;
        host.streaming(stream, |requests, store, stream| {
            requests.call_end_headers(store, *handle, stream, length, encode_chunked)
        })
    }

    /// `requests.send`.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn send_stream(&self, stream: impl InputStream) -> Result<(), HttpError> {
        let Owned { host, handle } = self.owned();
        host.streaming(Box::new(stream), |requests, store, stream| {
            requests.call_send(store, *handle, stream)
        })
    }
}
