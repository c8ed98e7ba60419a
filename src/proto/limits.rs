//! What a response may take, each limit with its default and its reason.

/// The limits of one connection's responses.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of a line, its line end included. The reference's `_MAXLINE`.
    pub line: usize,
    /// Header lines of one head. The reference's `_MAXHEADERS`.
    pub headers: usize,
    /// Bytes of one head: four lines of the longest kind, more than any common
    /// server sends. The reference has no such limit: 100 lines of 64 KiB.
    pub head: usize,
    /// Interim responses before the final one. The reference gives up at the
    /// hundredth.
    pub interim: usize,
    /// Trailer lines after a chunked body. The reference's.
    pub trailers: usize,
    /// Bytes of chunk extensions of one body: one line of the longest kind.
    pub chunk_extensions: usize,
    /// Bytes of a body that one call returns: three quarters of what Wasmtime copies
    /// for one call with its default settings, 128 MiB, beyond which it traps.
    pub body: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            line: 65_536,
            headers: 100,
            head: 262_144,
            interim: 99,
            trailers: 100,
            chunk_extensions: 65_536,
            body: 96 << 20,
        }
    }
}
