//! The `connection` resource, `select`, and which types are the resources of `client`.

use super::bindings::exports::httplib::http::client::{
    self as wit, Body, Guest, GuestConnection, TlsContextBorrow,
};
use super::call::{Result, call};
use super::message::{self, Message};
use super::response::Response;
use super::tls::{TlsContext, TlsInfo, default_context};
use super::{Component, convert, instance};
use crate::platform::Wasi;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;
use httplib_client::Source;
use httplib_client::dial;
use httplib_client::error::{Error, Result as CoreResult, value};
use httplib_client::network::Side;
use httplib_client::settings::{Settings, Timeouts};
use httplib_proto::limits::Limits;
use httplib_proto::request::HttpVersion;

pub struct Connection(pub(super) RefCell<httplib_client::Connection<Wasi>>);

impl Guest for Component {
    type Connection = Connection;
    type Response = Response;
    type TlsContext = TlsContext;
    type TlsInfo = TlsInfo;
    type Message = Message;
    type Error = Error;

    fn select(
        readers: Vec<u64>,
        writers: Vec<u64>,
        timeout: Option<u64>,
    ) -> Result<(Vec<u64>, Vec<u64>)> {
        call(|| instance().select(&readers, &writers, timeout))
    }

    fn set_default_timeout(timeout: Option<u64>) {
        instance().set_default_timeout(timeout);
    }
}

impl Connection {
    fn owned(
        connection: impl FnOnce() -> CoreResult<httplib_client::Connection<Wasi>>,
    ) -> Result<wit::Connection> {
        call(|| connection().map(|made| wit::Connection::new(Self(RefCell::new(made)))))
    }

    fn set(&self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.0.borrow().settings.borrow_mut());
    }

    fn timeouts(&self, change: impl FnOnce(&mut Timeouts)) {
        self.set(|settings| change(&mut settings.timeouts));
    }

    fn limits(&self, change: impl FnOnce(&mut Limits)) {
        self.set(|settings| change(&mut settings.limits));
    }
}

impl GuestConnection for Connection {
    fn http(host: String, port: Option<u16>) -> Result<wit::Connection> {
        Self::owned(|| httplib_client::Connection::http(instance(), &host, port))
    }

    fn https(
        host: String,
        port: Option<u16>,
        context: Option<TlsContextBorrow<'_>>,
    ) -> Result<wit::Connection> {
        let context = match &context {
            Some(context) => Rc::clone(&context.get::<TlsContext>().0),
            None => Rc::clone(default_context()),
        };
        Self::owned(|| httplib_client::Connection::https(instance(), &host, port, context))
    }

    fn set_timeout(&self, timeout: Option<u64>) {
        self.timeouts(|timeouts| timeouts.each = Some(timeout));
    }

    fn set_resolve_timeout(&self, timeout: Option<u64>) {
        self.timeouts(|timeouts| timeouts.resolve = timeout);
    }

    fn set_connect_timeout(&self, timeout: Option<u64>) {
        self.timeouts(|timeouts| timeouts.connect = timeout);
    }

    fn set_tls_timeout(&self, timeout: Option<u64>) {
        self.timeouts(|timeouts| timeouts.tls = timeout);
    }

    fn set_write_timeout(&self, timeout: Option<u64>) {
        self.timeouts(|timeouts| timeouts.write = timeout);
    }

    fn set_first_byte_timeout(&self, timeout: Option<u64>) {
        self.timeouts(|timeouts| timeouts.first_byte = timeout);
    }

    fn set_between_bytes_timeout(&self, timeout: Option<u64>) {
        self.timeouts(|timeouts| timeouts.between_bytes = timeout);
    }

    fn set_total_timeout(&self, timeout: Option<u64>) {
        self.0.borrow_mut().set_total_timeout(timeout);
    }

    fn set_source_address(&self, address: String, port: u16) -> Result<()> {
        let source = call(|| dial::parse_source(&address, port))?;
        self.set(|settings| settings.source = Some(source));
        Ok(())
    }

    fn host(&self) -> String {
        self.0.borrow().authority().host.clone()
    }

    fn port(&self) -> u16 {
        self.0.borrow().authority().port
    }

    fn set_tunnel(
        &self,
        host: String,
        port: Option<u16>,
        headers: Vec<(String, String)>,
    ) -> Result<()> {
        call(|| self.0.borrow_mut().set_tunnel(&host, port, headers))
    }

    fn get_proxy_response_headers(&self) -> Option<wit::Message> {
        self.0.borrow().proxy_headers(message::copied)
    }

    fn set_auto_open(&self, auto_open: bool) {
        self.set(|settings| settings.auto_open = auto_open);
    }

    fn set_block_size(&self, bytes: u32) -> Result<()> {
        if bytes == 0 {
            return Err(value("a block has at least one byte").into());
        }
        self.set(|settings| settings.block_size = bytes as usize);
        Ok(())
    }

    fn set_http_version(&self, version: u8) -> Result<()> {
        let version = match version {
            10 => HttpVersion::Http10,
            11 => HttpVersion::Http11,
            _ => return Err(value("the version is neither 10 nor 11").into()),
        };
        self.set(|settings| settings.http_version = version);
        Ok(())
    }

    fn set_continue_timeout(&self, timeout: Option<u64>) {
        self.set(|settings| settings.continue_timeout = timeout);
    }

    fn set_debug_level(&self, level: u32) {
        self.set(|settings| settings.debug_level = level);
    }

    fn set_strict(&self, strict: bool) {
        self.set(|settings| settings.strict = strict);
    }

    fn set_reconnect_stale(&self, reconnect: bool) {
        self.set(|settings| settings.reconnect_stale = reconnect);
    }

    fn set_max_response_headers(&self, count: u32) {
        self.limits(|limits| limits.headers = count as usize);
    }

    fn set_max_line(&self, bytes: u32) {
        self.limits(|limits| limits.line = bytes as usize);
    }

    fn set_max_head(&self, bytes: u32) {
        self.limits(|limits| limits.head = bytes as usize);
    }

    fn set_max_interim_responses(&self, count: u32) {
        self.limits(|limits| limits.interim = count as usize);
    }

    fn set_max_trailers(&self, count: u32) {
        self.limits(|limits| limits.trailers = count as usize);
    }

    fn set_max_chunk_extensions(&self, bytes: u32) {
        self.limits(|limits| limits.chunk_extensions = bytes as usize);
    }

    fn set_max_body(&self, bytes: u64) {
        self.limits(|limits| limits.body = bytes);
    }

    fn request(
        &self,
        method: String,
        url: String,
        body: Option<Body>,
        headers: Vec<(String, String)>,
        encode_chunked: bool,
    ) -> Result<()> {
        let body = body.map(|body| Source::Here(body.into()));
        let mut connection = self.0.borrow_mut();
        call(|| connection.request(&method, &url, body, &headers, encode_chunked))
    }

    fn get_response(&self) -> Result<wit::Response> {
        call(|| {
            let response = self.0.borrow_mut().get_response();
            response.map(|response| wit::Response::new(Response(response)))
        })
    }

    fn put_request(
        &self,
        method: String,
        url: String,
        skip_host: bool,
        skip_accept_encoding: bool,
    ) -> Result<()> {
        let mut connection = self.0.borrow_mut();
        call(|| connection.put_request(&method, &url, skip_host, skip_accept_encoding))
    }

    fn put_header(&self, name: String, values: Vec<String>) -> Result<()> {
        call(|| self.0.borrow_mut().put_header(&name, &values))
    }

    fn put_trailer(&self, name: String, values: Vec<String>) -> Result<()> {
        call(|| self.0.borrow_mut().put_trailer(&name, &values))
    }

    fn wait_for_continue(&self) -> Result<bool> {
        call(|| self.0.borrow_mut().wait_for_continue())
    }

    fn end_headers(&self, body: Option<Body>, encode_chunked: bool) -> Result<()> {
        let body = body.map(|body| Source::Here(body.into()));
        call(|| self.0.borrow_mut().end_headers(body, encode_chunked))
    }

    fn send(&self, data: Vec<u8>) -> Result<()> {
        call(|| self.0.borrow_mut().send(data))
    }

    fn flush(&self) -> Result<()> {
        call(|| self.0.borrow_mut().flush())
    }

    fn connect(&self) -> Result<()> {
        call(|| self.0.borrow_mut().connect())
    }

    fn close(&self) {
        self.0.borrow_mut().close();
    }

    fn abort(&self) {
        self.0.borrow_mut().abort();
    }

    fn local_address(&self) -> Option<(String, u16)> {
        self.0.borrow().address(Side::Local).map(convert::address)
    }

    fn peer_address(&self) -> Option<(String, u16)> {
        self.0.borrow().address(Side::Peer).map(convert::address)
    }

    fn tls_info(&self) -> Option<wit::TlsInfo> {
        TlsInfo::owned(self.0.borrow().tls_info())
    }

    fn fileno(&self) -> Result<u64> {
        call(|| self.0.borrow().fileno())
    }
}
