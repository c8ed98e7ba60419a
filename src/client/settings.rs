//! What a caller can set on a connection; its responses follow.

use crate::dial::Source;
use crate::error::Phase;
use httplib_proto::limits::Limits;
use httplib_proto::request::HttpVersion;

/// Time limits in nanoseconds.
#[derive(Clone, Debug, Default)]
pub struct Timeouts {
    /// Every single operation. `None`: not set, the default applies;
    /// `Some(None)`: no limit.
    pub each: Option<Option<u64>>,
    /// Instead of `each` for resolving.
    pub resolve: Option<u64>,
    /// Instead of `each` for connecting.
    pub connect: Option<u64>,
    /// Instead of `each` for the TLS handshake.
    pub tls: Option<u64>,
    /// Instead of `each` for sending.
    pub write: Option<u64>,
    /// Instead of `each` until the first byte of the response.
    pub first_byte: Option<u64>,
    /// Instead of `each` between bytes of the response.
    pub between_bytes: Option<u64>,
    /// From the start of a request to the end of its response.
    pub total: Option<u64>,
}

impl Timeouts {
    /// The limit of a phase, where `default` applies to connections that have
    /// none of their own.
    pub fn of(&self, phase: Phase, default: Option<u64>) -> Option<u64> {
        let own = match phase {
            // It has a time of its own, `continue_timeout`.
            Phase::Continue if self.is_nonblocking(default) => return Some(0),
            Phase::Continue => return None,
            Phase::Resolve => self.resolve,
            Phase::Connect | Phase::Tunnel => self.connect,
            Phase::Tls => self.tls,
            Phase::Send => self.write,
            Phase::FirstByte => self.first_byte,
            Phase::Head | Phase::Body => self.between_bytes,
            Phase::Other => None,
        };
        own.or_else(|| self.each.unwrap_or(default))
    }

    /// Whether operations do not wait at all.
    pub fn is_nonblocking(&self, default: Option<u64>) -> bool {
        self.each.unwrap_or(default) == Some(0)
    }
}

/// Everything that can be set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Time limits.
    pub timeouts: Timeouts,
    /// Limits of responses.
    pub limits: Limits,
    /// Where this side is bound.
    pub source: Option<Source>,
    /// Above zero: print what is sent and received.
    pub debug_level: u32,
    /// Whether a status line is required.
    pub strict: bool,
    /// Whether a kept connection that the peer closed is replaced at once.
    pub reconnect_stale: bool,
    /// Whether sending opens a connection where there is none.
    pub auto_open: bool,
    /// The version that requests are written in.
    pub http_version: HttpVersion,
    /// The most bytes that are taken from a stream at a time.
    pub block_size: usize,
    /// How long a body waits for a 100 (Continue), in nanoseconds. `None`: until
    /// there is an answer; 0: not at all.
    pub continue_timeout: Option<u64>,
}

/// The reference's (`blocksize`).
const BLOCK_SIZE: usize = 8192;

/// A second: enough for an answer from far away, and little beside a body that
/// is worth asking for.
const CONTINUE_TIMEOUT: u64 = 1_000_000_000;

impl Default for Settings {
    fn default() -> Self {
        Self {
            timeouts: Timeouts::default(),
            limits: Limits::default(),
            source: None,
            debug_level: 0,
            strict: true,
            reconnect_stale: false,
            auto_open: true,
            http_version: HttpVersion::Http11,
            block_size: BLOCK_SIZE,
            continue_timeout: Some(CONTINUE_TIMEOUT),
        }
    }
}
