//! The `requests` interface of the package `httplib:streaming`.

use super::Component;
use super::bindings::exports::httplib::http::client::ConnectionBorrow;
use super::bindings::exports::httplib::streaming::requests::Guest;
use super::call::{Result, call};
use super::client::Connection;
use crate::platform::WasiStream;
use alloc::string::String;
use alloc::vec::Vec;
use httplib_client::Source;
use wasi::io::streams::InputStream;

impl Guest for Component {
    fn request(
        conn: ConnectionBorrow<'_>,
        method: String,
        url: String,
        body: InputStream,
        length: Option<u64>,
        headers: Vec<(String, String)>,
        encode_chunked: bool,
    ) -> Result<()> {
        let body = Source::Stream(WasiStream::new(body), length);
        let mut connection = conn.get::<Connection>().0.borrow_mut();
        call(|| connection.request(&method, &url, Some(body), &headers, encode_chunked))
    }

    fn end_headers(
        conn: ConnectionBorrow<'_>,
        body: InputStream,
        length: Option<u64>,
        encode_chunked: bool,
    ) -> Result<()> {
        let body = Source::Stream(WasiStream::new(body), length);
        let mut connection = conn.get::<Connection>().0.borrow_mut();
        call(|| connection.end_headers(Some(body), encode_chunked))
    }

    fn send(conn: ConnectionBorrow<'_>, data: InputStream) -> Result<()> {
        let mut connection = conn.get::<Connection>().0.borrow_mut();
        call(|| connection.send_stream(WasiStream::new(data)))
    }
}
