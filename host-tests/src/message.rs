//! The resource `message`.

use crate::instance::Owned;
use crate::{Host, HttpError};

/// The resource `message`; dropped by itself, and in no need of the host beside it.
pub struct Message(Owned);

impl Host {
    /// `message.parse`.
    ///
    /// # Errors
    ///
    /// The component's.
    pub fn parse_message(&self, data: &[u8]) -> Result<Message, HttpError> {
        self.fallible(|client, store| client.message().call_parse(store, data))
            .map(|handle| Message::new(self.own(handle)))
    }
}

impl Message {
    pub(crate) fn new(owned: Owned) -> Self {
        Self(owned)
    }

    /// `message.get`.
    #[must_use]
    pub fn get(&self, name: &str, default: Option<&str>) -> Option<String> {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.message().call_get(store, *handle, name, default))
    }

    /// `message.get-all`.
    #[must_use]
    pub fn get_all(&self, name: &str) -> Vec<String> {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.message().call_get_all(store, *handle, name))
    }

    /// `message.get-joined`.
    #[must_use]
    pub fn get_joined(&self, name: &str, default: Option<&str>) -> Option<String> {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| {
            client
                .message()
                .call_get_joined(store, *handle, name, default)
        })
    }

    /// `message.items`.
    #[must_use]
    pub fn items(&self) -> Vec<(String, String)> {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.message().call_items(store, *handle))
    }

    /// `message.keys`.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.message().call_keys(store, *handle))
    }

    /// `message.values`.
    #[must_use]
    pub fn values(&self) -> Vec<String> {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.message().call_values(store, *handle))
    }

    /// `message.contains`.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.message().call_contains(store, *handle, name))
    }

    /// `message.len`.
    #[must_use]
    pub fn length(&self) -> u32 {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.message().call_len(store, *handle))
    }

    /// `message.get-content-type`.
    #[must_use]
    pub fn content_type(&self) -> String {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.message().call_get_content_type(store, *handle))
    }

    /// `message.get-content-maintype`.
    #[must_use]
    pub fn content_maintype(&self) -> String {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.message().call_get_content_maintype(store, *handle))
    }

    /// `message.get-content-subtype`.
    #[must_use]
    pub fn content_subtype(&self) -> String {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.message().call_get_content_subtype(store, *handle))
    }

    /// `message.get-content-charset`.
    #[must_use]
    pub fn content_charset(&self) -> Option<String> {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.message().call_get_content_charset(store, *handle))
    }

    /// `message.get-param`.
    #[must_use]
    pub fn param(&self, name: &str, header: Option<&str>) -> Option<String> {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| {
            client
                .message()
                .call_get_param(store, *handle, name, header)
        })
    }

    /// `message.get-params`.
    #[must_use]
    pub fn params(&self, header: Option<&str>) -> Vec<(String, String)> {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.message().call_get_params(store, *handle, header))
    }

    /// `message.get-filename`.
    #[must_use]
    pub fn filename(&self) -> Option<String> {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.message().call_get_filename(store, *handle))
    }

    /// `message.get-boundary`.
    #[must_use]
    pub fn boundary(&self) -> Option<String> {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.message().call_get_boundary(store, *handle))
    }

    /// `message.get-date`.
    #[must_use]
    pub fn date(&self, name: &str) -> Option<i64> {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.message().call_get_date(store, *handle, name))
    }

    /// `message.as-string`.
    #[must_use]
    pub fn as_string(&self) -> String {
        let Owned { host, handle } = &self.0;
        host.infallible(|client, store| client.message().call_as_string(store, *handle))
    }
}
