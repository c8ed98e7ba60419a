//! The `tls-context` and `tls-info` resources.

use super::bindings::exports::httplib::http::client::{
    self as wit, GuestTlsContext, GuestTlsInfo, ServerName,
};
use super::call::{Result, call};
use crate::platform::{Single, wall_clock};
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;
use httplib_client::SharedContext;
use httplib_client::error::value;
use httplib_proto::encode;
use httplib_proto::latin1;
use httplib_tls::{self as tls, Context, Info, VerifyMode, Version};

pub struct TlsContext(pub(super) SharedContext);
pub struct TlsInfo(Info);

/// The context of connections that were given none: one for all, so that they
/// share sessions and the roots are read once.
pub(super) fn default_context() -> &'static SharedContext {
    static CONTEXT: Single<SharedContext> = Single::new();
    CONTEXT.get_or_init(|| Rc::new(RefCell::new(Context::new(wall_clock))))
}

impl TlsContext {
    fn of(context: Context) -> Self {
        Self(Rc::new(RefCell::new(context)))
    }

    fn change<T>(
        &self,
        change: impl FnOnce(&mut Context) -> core::result::Result<T, tls::Error>,
    ) -> Result<T> {
        call(|| change(&mut self.0.borrow_mut()))
    }
}

impl GuestTlsContext for TlsContext {
    fn new() -> Self {
        Self::of(Context::new(wall_clock))
    }

    fn unverified() -> wit::TlsContext {
        wit::TlsContext::new(Self::of(Context::unverified(wall_clock)))
    }

    fn load_verify_locations(&self, data: Vec<u8>) -> Result<u32> {
        let added = self.change(|context| context.load_verify_locations(&data))?;
        Ok(u32::try_from(added).unwrap_or(u32::MAX))
    }

    fn clear_roots(&self) {
        self.0.borrow_mut().clear_roots();
    }

    fn load_cert_chain(&self, chain: Vec<u8>, key: Option<Vec<u8>>) -> Result<()> {
        self.change(|context| context.load_cert_chain(&chain, key.as_deref()))
    }

    fn set_check_hostname(&self, check: bool) {
        self.0.borrow_mut().set_check_hostname(check);
    }

    fn set_verify_mode(&self, required: bool) -> Result<()> {
        let mode = if required {
            VerifyMode::Required
        } else {
            VerifyMode::None
        };
        self.change(|context| context.set_verify_mode(mode))
    }

    fn set_minimum_version(&self, version: u16) -> Result<()> {
        let version = parse_version(version)?;
        self.change(|context| context.set_minimum_version(version))
    }

    fn set_maximum_version(&self, version: u16) -> Result<()> {
        let version = parse_version(version)?;
        self.change(|context| context.set_maximum_version(version))
    }

    fn set_alpn_protocols(&self, protocols: Vec<String>) -> Result<()> {
        let protocols = protocols.iter().map(|name| encode::latin1(name));
        let protocols = protocols
            .collect::<httplib_proto::error::Result<_>>()
            .map_err(httplib_client::error::Error::from)?;
        self.change(|context| context.set_alpn(protocols))
    }

    fn set_server_name(&self, name: ServerName) {
        self.0.borrow_mut().set_server_name(match name {
            ServerName::Host => tls::ServerName::Host,
            ServerName::Name(name) => tls::ServerName::Override(name),
            ServerName::Omitted => tls::ServerName::Omit,
        });
    }

    fn set_keylog(&self, on: bool) {
        self.0.borrow_mut().set_keylog(on);
    }

    fn take_keylog(&self) -> Vec<String> {
        self.0.borrow().take_keylog()
    }

    fn set_suppress_ragged_eofs(&self, suppress: bool) {
        self.0.borrow_mut().set_suppress_ragged_eofs(suppress);
    }

    fn set_session_resumption(&self, resume: bool) {
        self.0.borrow_mut().set_resumption(resume);
    }
}

fn parse_version(number: u16) -> httplib_client::error::Result<Version> {
    match number {
        0x0303 => Ok(Version::Tls12),
        0x0304 => Ok(Version::Tls13),
        _ => Err(value(
            "the TLS version is neither 0x0303 (1.2) nor 0x0304 (1.3)",
        )),
    }
}

impl TlsInfo {
    pub(super) fn owned(info: Option<Info>) -> Option<wit::TlsInfo> {
        info.map(|info| wit::TlsInfo::new(Self(info)))
    }
}

impl GuestTlsInfo for TlsInfo {
    fn version(&self) -> u16 {
        match self.0.version {
            Version::Tls12 => 0x0303,
            Version::Tls13 => 0x0304,
        }
    }

    fn cipher_suite(&self) -> String {
        self.0.suite.clone()
    }

    fn group(&self) -> Option<String> {
        self.0.group.clone()
    }

    fn alpn_protocol(&self) -> Option<String> {
        self.0.alpn.as_deref().map(latin1::decode)
    }

    fn resumed(&self) -> bool {
        self.0.resumed
    }

    fn peer_certificates(&self) -> Vec<Vec<u8>> {
        self.0.peer_certificates.clone()
    }
}
