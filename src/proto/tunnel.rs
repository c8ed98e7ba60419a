//! The CONNECT exchange with a proxy (RFC 9110, section 9.3.6; the reference's
//! `set_tunnel` and `_tunnel`).

use super::host::Authority;
use super::request::{HttpVersion, RequestHead, has_field};
use super::response::Head;
use crate::error::{Error, Kind, Result, caller};
use crate::latin1;
use crate::literal;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Where a tunnel leads, and what the proxy is told beside that.
#[derive(Clone, Debug)]
pub struct Tunnel {
    /// The server behind the proxy.
    pub authority: Authority,
    headers: Vec<(String, String)>,
}

impl Tunnel {
    /// Checks everything that CONNECT will carry.
    ///
    /// # Errors
    /// `invalid-url` for the port; `value-error` for control characters in the host
    /// and for headers that could be read as more than one; `unicode-encode-error`.
    pub fn new(
        host: &str,
        port: Option<u16>,
        default_port: u16,
        headers: Vec<(String, String)>,
    ) -> Result<Self> {
        let authority =
            Authority::parse(host, port, default_port).map_err(|error| match error.kind() {
                Kind::InvalidUrl if error.details().message.starts_with("nonnumeric") => error,
                _ => caller::tunnel_host(host),
            })?;
        let tunnel = Self { authority, headers };
        tunnel.request(HttpVersion::Http11)?;
        Ok(tunnel)
    }

    /// The request: `Host` comes last, unless there is one among the headers.
    ///
    /// # Errors
    /// As [`Tunnel::new`].
    pub fn request(&self, version: HttpVersion) -> Result<Vec<u8>> {
        let target = self.authority.connect_target()?;
        let mut head = RequestHead::new("CONNECT", &target, version)?;
        for (name, value) in &self.headers {
            head.put(name, core::slice::from_ref(value))?;
        }
        if !has_field(&self.headers, "host") {
            head.put_checked(b"Host", target.as_bytes());
        }
        Ok(head.finish())
    }
}

/// Whether the proxy opened the tunnel: 200 alone, as in the reference.
///
/// # Errors
/// `os-error` for any other answer.
pub fn check(head: &Head) -> Result<()> {
    if head.status == 200 {
        return Ok(());
    }
    let text = format!(
        "Tunnel connection failed: {} {}",
        head.status,
        literal::excerpt(&head.reason, latin1::decode)
    );
    Err(Error::new(Kind::OsError, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(host: &str, port: Option<u16>, headers: &[(&str, &str)]) -> Result<String> {
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).into(), (*value).into()))
            .collect();
        let tunnel = Tunnel::new(host, port, 443, headers)?;
        Ok(latin1::decode(&tunnel.request(HttpVersion::Http11)?))
    }

    #[test]
    fn target_has_its_port_always_and_brackets_where_needed() {
        let plain = request("h", None, &[]).unwrap();
        assert_eq!(plain, "CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n");
        let ipv6 = request("[::1]:8", None, &[]).unwrap();
        assert_eq!(ipv6, "CONNECT [::1]:8 HTTP/1.1\r\nHost: [::1]:8\r\n\r\n");
        let mapped = request("b\u{fc}cher.de", Some(80), &[]).unwrap();
        assert!(mapped.starts_with("CONNECT xn--bcher-kva.de:80 HTTP/1.1\r\n"));
    }

    #[test]
    fn headers_keep_their_order_and_may_bring_the_host() {
        let own = request("h", None, &[("X", "1"), ("host", "other")]).unwrap();
        assert_eq!(own, "CONNECT h:443 HTTP/1.1\r\nX: 1\r\nhost: other\r\n\r\n");
        let added = request("h", None, &[("X", "1")]).unwrap();
        assert!(added.ends_with("X: 1\r\nHost: h:443\r\n\r\n"));
    }

    #[test]
    fn what_could_inject_is_refused_at_once() {
        for (host, headers) in [
            ("h\r\nX: 1", &[][..]),
            ("a b", &[]),
            ("h", &[("A\r\nB", "1")]),
            ("h", &[("A", "1\r\nB: 2")]),
        ] {
            let error = request(host, Some(1), headers).unwrap_err();
            assert_eq!(error.kind(), Kind::ValueError, "{host:?}");
        }
        let error = request("h:x", None, &[]).unwrap_err();
        assert_eq!(error.kind(), Kind::InvalidUrl);
    }
}
