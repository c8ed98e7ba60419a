//! The choices that a context offers.

use alloc::string::String;

/// Whether the server's certificate must lead to a trusted root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerifyMode {
    /// It need not: whoever is in between can read and change everything.
    None,
    /// It must (RFC 5280, section 6).
    Required,
}

/// A version of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// RFC 5246.
    Tls12,
    /// RFC 8446.
    Tls13,
}

/// The name that is sent to the server (RFC 6066, section 3) and that its
/// certificate must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerName {
    /// The host's. An IP address is never sent.
    Host,
    /// This one instead of the host's.
    Override(String),
    /// None is sent; the certificate must have the host's.
    Omit,
}
