//! The `message` resource.

use super::bindings::exports::httplib::http::client::{self as wit, GuestMessage};
use super::call::{Result, call};
use super::convert;
use alloc::string::String;
use alloc::vec::Vec;
use httplib_proto::encode;
use httplib_proto::headers::Headers;
use httplib_proto::latin1;
use httplib_proto::limits::Limits;
use httplib_proto::message;

pub struct Message(Headers);

/// A message of these headers, which is empty where memory is short.
pub(super) fn copied(headers: &Headers) -> wit::Message {
    owned(headers.try_clone().unwrap_or_default())
}

fn owned(headers: Headers) -> wit::Message {
    wit::Message::new(Message(headers))
}

/// A name that is not Latin-1 is the name of no field.
fn name(text: &str) -> Vec<u8> {
    encode::latin1(text).unwrap_or_default()
}

/// The name of the header that parameters are asked of.
fn header(header: Option<String>) -> Vec<u8> {
    header.map_or_else(|| b"content-type".into(), |header| name(&header))
}

impl Message {
    fn content_type(&self) -> (String, String) {
        let media_type = message::content_type(&self.0);
        let (main, sub) = media_type.split_once('/').unwrap_or_default();
        (main.into(), sub.into())
    }
}

impl GuestMessage for Message {
    fn parse(data: Vec<u8>) -> Result<wit::Message> {
        call(|| message::parse(&data, &Limits::default()).map(owned))
    }

    fn get(&self, key: String, default: Option<String>) -> Option<String> {
        let key = name(&key);
        let first = self.0.get_all(&key).next();
        first.map(latin1::decode).or(default)
    }

    fn get_all(&self, key: String) -> Vec<String> {
        self.0.get_all(&name(&key)).map(latin1::decode).collect()
    }

    fn get_joined(&self, key: String, default: Option<String>) -> Option<String> {
        let joined = self.0.joined(&name(&key));
        joined.map(|value| latin1::decode(&value)).or(default)
    }

    fn items(&self) -> Vec<(String, String)> {
        convert::pairs(&self.0)
    }

    fn keys(&self) -> Vec<String> {
        self.0.iter().map(|field| latin1::decode(field.0)).collect()
    }

    fn values(&self) -> Vec<String> {
        self.0.iter().map(|field| latin1::decode(field.1)).collect()
    }

    fn contains(&self, key: String) -> bool {
        self.0.get_all(&name(&key)).next().is_some()
    }

    fn len(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }

    fn get_content_type(&self) -> String {
        message::content_type(&self.0)
    }

    fn get_content_maintype(&self) -> String {
        self.content_type().0
    }

    fn get_content_subtype(&self) -> String {
        self.content_type().1
    }

    fn get_content_charset(&self) -> Option<String> {
        let charset = message::parameter(&self.0, b"content-type", "charset");
        charset.map(|charset| charset.to_ascii_lowercase())
    }

    fn get_param(&self, key: String, of: Option<String>) -> Option<String> {
        message::parameter(&self.0, &header(of), &key)
    }

    fn get_params(&self, of: Option<String>) -> Vec<(String, String)> {
        message::parameters(&self.0, &header(of)).unwrap_or_default()
    }

    fn get_filename(&self) -> Option<String> {
        message::filename(&self.0)
    }

    fn get_boundary(&self) -> Option<String> {
        let boundary = message::parameter(&self.0, b"content-type", "boundary");
        boundary.map(|boundary| boundary.trim_end().into())
    }

    fn get_date(&self, key: String) -> Option<i64> {
        message::date(&self.0, &name(&key))
    }

    fn as_string(&self) -> String {
        message::to_text(&self.0)
    }
}
