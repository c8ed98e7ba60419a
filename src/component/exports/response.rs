//! The `response` resource.

use super::bindings::exports::httplib::http::client::{self as wit, GuestResponse};
use super::call::{Result, call};
use super::convert;
use super::message;
use super::tls::TlsInfo;
use crate::platform::Wasi;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;
use httplib_client::network::Side;
use httplib_proto::encode;
use httplib_proto::latin1;

pub struct Response(pub(super) Rc<RefCell<httplib_client::Response<Wasi>>>);

impl GuestResponse for Response {
    fn status(&self) -> u16 {
        self.0.borrow().head().status
    }

    fn reason(&self) -> String {
        latin1::decode(&self.0.borrow().head().reason)
    }

    fn version(&self) -> u8 {
        self.0.borrow().head().version.number()
    }

    fn get_header(&self, name: String, default: Option<String>) -> Option<String> {
        // A name that is not Latin-1 is the name of no header.
        let value = encode::latin1(&name)
            .ok()
            .and_then(|name| self.0.borrow().head().headers.joined(&name));
        value.map(|value| latin1::decode(&value)).or(default)
    }

    fn get_headers(&self) -> Vec<(String, String)> {
        convert::pairs(&self.0.borrow().head().headers)
    }

    fn read(&self, amt: Option<u64>) -> Result<Vec<u8>> {
        call(|| self.0.borrow_mut().read(amt))
    }

    fn read1(&self, amt: Option<u64>) -> Result<Vec<u8>> {
        call(|| self.0.borrow_mut().read1(amt))
    }

    fn readline(&self, limit: Option<u64>) -> Result<Vec<u8>> {
        call(|| self.0.borrow_mut().read_line(limit))
    }

    fn readlines(&self, hint: Option<u64>) -> Result<Vec<Vec<u8>>> {
        call(|| self.0.borrow_mut().read_lines(hint))
    }

    fn peek(&self, amt: Option<u64>) -> Result<Vec<u8>> {
        call(|| self.0.borrow_mut().peek(amt))
    }

    fn msg(&self) -> wit::Message {
        message::copied(&self.0.borrow().head().headers)
    }

    fn url(&self) -> String {
        self.0.borrow().url().into()
    }

    fn will_close(&self) -> bool {
        self.0.borrow().close_reason().is_some()
    }

    fn close_reason(&self) -> Option<String> {
        let reason = self.0.borrow().close_reason();
        reason.map(|reason| reason.name().into())
    }

    fn length(&self) -> Option<u64> {
        self.0.borrow().length()
    }

    fn chunked(&self) -> bool {
        self.0.borrow().is_chunked()
    }

    fn trailers(&self) -> Vec<(String, String)> {
        let pairs = self.0.borrow().trailers(convert::pairs);
        pairs.unwrap_or_default()
    }

    fn interim_responses(&self) -> Vec<(u16, String, Vec<(String, String)>)> {
        let response = self.0.borrow();
        let heads = response.interim().iter().map(|head| {
            (
                head.status,
                latin1::decode(&head.reason),
                convert::pairs(&head.headers),
            )
        });
        heads.collect()
    }

    fn is_closed(&self) -> bool {
        self.0.borrow().is_closed()
    }

    fn closed(&self) -> bool {
        self.0.borrow().was_closed()
    }

    fn readable(&self) -> bool {
        true
    }

    fn writable(&self) -> bool {
        self.0.borrow().is_writable()
    }

    fn seekable(&self) -> bool {
        false
    }

    fn write(&self, data: Vec<u8>) -> Result<()> {
        call(|| self.0.borrow_mut().write(data))
    }

    fn flush(&self) -> Result<()> {
        call(|| self.0.borrow_mut().flush())
    }

    fn shutdown(&self) -> Result<()> {
        call(|| self.0.borrow_mut().shutdown())
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
