//! What taking the framing away gives.

/// How the bytes of the connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// As the transport's protocol has it.
    Clean,
    /// TLS was cut off without `close_notify`: bytes may be missing.
    Ragged,
}

/// What the body gave next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// More bytes are needed.
    NeedMore,
    /// Bytes of the body were decoded, never of two chunks.
    Data,
    /// As many bytes as were asked for, none, are there.
    Inside,
    /// The body is complete.
    End,
    /// The connection ended too early; so many bytes more were expected, if
    /// that is known.
    Truncated(Option<u64>),
    /// The chunked coding is broken.
    Broken,
}
