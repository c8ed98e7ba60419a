//! Host names and ports as a caller writes them, and the `Host` field made of
//! them (RFC 9112, section 3.2; the reference's `_get_hostport`).

use crate::error::{Result, caller};
use crate::memory;
use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

/// The most bytes of a label and of a whole name (RFC 1035, section 2.3.4).
const MAX_LABEL: usize = 63;
const MAX_NAME: usize = 253;

/// A server's name or address, without brackets, and its port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authority {
    /// A name, an IPv4 or an IPv6 address.
    pub host: String,
    /// 0 to 65535.
    pub port: u16,
}

impl Authority {
    /// Takes `host` as it is if there is a port, else splits `host:port`.
    ///
    /// # Errors
    /// `invalid-url` for a port that is no number up to 65535, and for control
    /// characters or spaces in the host.
    pub fn parse(host: &str, port: Option<u16>, default_port: u16) -> Result<Self> {
        let (host, port) = match port {
            Some(port) => (host, port),
            None => split_port(host, default_port)?,
        };
        let host = host
            .strip_prefix('[')
            .and_then(|inner| inner.strip_suffix(']'))
            .unwrap_or(host);
        if let Some(found) = host.bytes().find(|byte| matches!(byte, 0..=0x20 | 0x7F)) {
            return Err(caller::control_characters("URL", host.as_bytes(), found));
        }
        Ok(Self {
            host: memory::copy_text(host)?,
            port,
        })
    }

    /// The value of the `Host` field: the port is left out if it is the default
    /// one, an IPv6 address gets brackets and loses its zone.
    ///
    /// # Errors
    /// Those of [`to_ascii`].
    pub fn field(&self, default_port: u16) -> Result<Vec<u8>> {
        let mut field = self.bracketed()?;
        if self.port != default_port {
            field.push_str(&format!(":{}", self.port));
        }
        Ok(field.into_bytes())
    }

    /// `host:port`, the target of a CONNECT (RFC 9112, section 3.2.3).
    ///
    /// # Errors
    /// Those of [`to_ascii`].
    pub fn connect_target(&self) -> Result<String> {
        Ok(format!("{}:{}", self.bracketed()?, self.port))
    }

    fn bracketed(&self) -> Result<String> {
        let host = to_ascii(&self.host)?;
        Ok(if host.contains(':') {
            format!("[{}]", without_zone(&host))
        } else {
            host.into_owned()
        })
    }
}

/// A host name as the network knows it: ASCII as it is, anything else by UTS-46,
/// non-transitional.
///
/// # Errors
/// `unicode-encode-error` for a name or a label that is too long, before and after
/// mapping, and for a name that UTS-46 does not take.
pub fn to_ascii(host: &str) -> Result<Cow<'_, str>> {
    let name = host.strip_suffix('.').unwrap_or(host);
    if name.len() > MAX_NAME {
        return Err(caller::invalid_name(host, "host name too long"));
    }
    if name.split('.').any(|label| label.len() > MAX_LABEL) && !name.contains(':') {
        return Err(caller::invalid_name(host, "label too long"));
    }
    if host.is_ascii() {
        return Ok(host.into());
    }
    Uts46::new()
        .to_ascii(
            host.as_bytes(),
            AsciiDenyList::URL,
            Hyphens::Allow,
            DnsLength::VerifyAllowRootDot,
        )
        .map_err(|_| caller::invalid_name(host, "not a host name by UTS-46"))
}

fn split_port(host: &str, default_port: u16) -> Result<(&str, u16)> {
    let bracket = host.rfind(']');
    match host.rfind(':') {
        Some(colon) if bracket.is_none_or(|bracket| colon > bracket) => {
            let (name, port) = (&host[..colon], &host[colon + 1..]);
            let numeric = port.bytes().all(|byte| byte.is_ascii_digit());
            match port.parse() {
                _ if port.is_empty() => Ok((name, default_port)),
                Ok(number) if numeric => Ok((name, number)),
                _ => Err(caller::nonnumeric_port(port)),
            }
        }
        _ => Ok((host, default_port)),
    }
}

/// An IPv6 address without its zone identifier (RFC 6874).
pub fn without_zone(host: &str) -> &str {
    host.split('%').next().unwrap_or(host)
}

/// The `Host` of a request target that is an absolute URL: its authority, with
/// its port, without user information and zone. `None` for other targets.
///
/// # Errors
/// Out of memory.
pub fn of_absolute_url(url: &[u8]) -> Result<Option<Vec<u8>>> {
    let Some((start, end)) = host_of_absolute_url(url) else {
        return Ok(None);
    };
    let mut host = Vec::new();
    memory::reserve_exact(&mut host, start.len() + end.len())?;
    host.extend_from_slice(start);
    host.extend_from_slice(end);
    Ok(Some(host))
}

/// The same in two parts, between which the zone was.
fn host_of_absolute_url(url: &[u8]) -> Option<(&[u8], &[u8])> {
    if !url.starts_with(b"http") {
        return None;
    }
    let colon = url.iter().position(|&byte| byte == b':')?;
    if !url[..colon].iter().all(u8::is_ascii_alphanumeric) {
        return None;
    }
    let rest = url[colon + 1..].strip_prefix(b"//")?;
    let end = rest
        .iter()
        .position(|byte| b"/?#".contains(byte))
        .unwrap_or(rest.len());
    let authority = &rest[..end];
    let host = match authority.iter().rposition(|&byte| byte == b'@') {
        Some(at) => &authority[at + 1..],
        None => authority,
    };
    if host.is_empty() {
        return None;
    }
    let Some((zone, bracket)) = host
        .iter()
        .position(|&byte| byte == b'%')
        .zip(host.iter().position(|&byte| byte == b']'))
        .filter(|(zone, bracket)| zone < bracket)
    else {
        return Some((host, b""));
    };
    Some((&host[..zone], &host[bracket..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Caller, Error};
    use crate::latin1;

    #[track_caller]
    fn check(text: &str, host: &str, port: u16) {
        let authority = Authority::parse(text, None, 80).unwrap();
        assert_eq!((authority.host.as_str(), authority.port), (host, port));
    }

    #[test]
    fn host_and_port_are_split_at_the_last_colon() {
        check("www.python.org:8000", "www.python.org", 8000);
        check("www.python.org:", "www.python.org", 80);
        check("www.python.org", "www.python.org", 80);
        check("[fe80::207:e9ff:fe9b]:8000", "fe80::207:e9ff:fe9b", 8000);
        check("[fe80::207:e9ff:fe9b]", "fe80::207:e9ff:fe9b", 80);
        check("[fe80::207:e9ff:fe9b]:", "fe80::207:e9ff:fe9b", 80);
        check("::1", ":", 1);
    }

    #[test]
    fn port_that_is_no_number_is_invalid() {
        for text in [
            "h:abc",
            "user:password@h",
            "h:-1",
            "h:+80",
            "h: 80",
            "h:8_0",
            "h:99999",
        ] {
            let error = Authority::parse(text, None, 80).unwrap_err();
            assert!(matches!(error, Error::Caller(Caller::Port(_))), "{text}");
        }
    }

    #[test]
    fn control_characters_in_a_host_are_invalid() {
        for text in ["a b", "a\r\nX: 1", "\x7f", "a\0"] {
            let error = Authority::parse(text, Some(80), 80).unwrap_err();
            assert!(matches!(error, Error::Caller(Caller::Url(_))), "{text:?}");
        }
    }

    #[test]
    fn host_field_brackets_ipv6_and_drops_zone_and_default_port() {
        let field = |host: &str, port| {
            Authority::parse(host, Some(port), 80)
                .unwrap()
                .field(80)
                .unwrap()
        };
        assert_eq!(field("h", 80), b"h");
        assert_eq!(field("h", 81), b"h:81");
        assert_eq!(field("::1", 81), b"[::1]:81");
        assert_eq!(field("fe80::1%2", 80), b"[fe80::1]");
    }

    #[test]
    fn names_are_mapped_by_uts46_within_the_limits_of_dns() {
        let ascii = |host: &str| to_ascii(host).map(Cow::into_owned);
        assert_eq!(ascii("Ex_ample.com").unwrap(), "Ex_ample.com");
        assert_eq!(
            ascii("b\u{fc}cher.example").unwrap(),
            "xn--bcher-kva.example"
        );
        assert_eq!(ascii("B\u{dc}CHER\u{3002}de").unwrap(), "xn--bcher-kva.de");
        assert_eq!(ascii("stra\u{df}e.de").unwrap(), "xn--strae-oqa.de");
        let long = "a".repeat(64);
        let name = "a.".repeat(128);
        let mapped = "\u{fc}".repeat(31);
        ascii(&mapped).unwrap();
        let far_apart = (0..21).map(|n| char::from_u32(0x4E00 + n * 0x3D1).unwrap());
        let grows: String = far_apart.collect();
        for host in [
            &long,
            &name,
            &grows,
            "\u{378}.de",
            "a b\u{fc}.de",
            "\u{fc}..de",
        ] {
            let error = ascii(host).unwrap_err();
            assert!(matches!(error, Error::Caller(Caller::Encode(_))), "{host}");
        }
    }

    #[test]
    fn absolute_url_gives_its_authority() {
        let host = |url: &[u8]| {
            of_absolute_url(url)
                .unwrap()
                .map(|host| latin1::decode(&host))
        };
        assert_eq!(host(b"http://H:8/p").as_deref(), Some("H:8"));
        assert_eq!(host(b"https://u:p@h?q").as_deref(), Some("h"));
        assert_eq!(
            host(b"http://[fe80::1%25e]:8/").as_deref(),
            Some("[fe80::1]:8")
        );
        assert_eq!(host(b"/p"), None);
        assert_eq!(host(b"httpx"), None);
        assert_eq!(host(b"http:///p"), None);
    }
}
