//! Streams that callers hand to the component.

use super::Event;
use alloc::rc::Rc;
use core::cell::OnceCell;
use httplib_client::error::{Cause, Result};
use httplib_client::network::{ByteStream, Taken};
use httplib_proto::memory;
use wasi::io::streams::{InputStream, StreamError};

/// The most bytes that are taken at a time, whatever a caller sets.
const MOST: usize = 1 << 20;

/// A stream of a caller's. Fields are dropped in their order, and the host wants
/// children dropped before their parents.
pub struct WasiStream {
    readable: OnceCell<Event>,
    stream: InputStream,
}

impl WasiStream {
    /// Takes the stream over.
    pub fn new(stream: InputStream) -> Self {
        Self {
            readable: OnceCell::new(),
            stream,
        }
    }
}

impl ByteStream for WasiStream {
    type Event = Event;

    fn take(&mut self, max: usize) -> Result<Taken> {
        // What the host copies in cannot fail without a trap.
        let max = memory::available(max.min(MOST))?;
        match self.stream.read(max as u64) {
            Ok(bytes) if bytes.is_empty() => Ok(Taken::Blocked),
            Ok(bytes) => Ok(Taken::Data(bytes)),
            Err(StreamError::Closed) => Ok(Taken::End),
            Err(StreamError::LastOperationFailed(error)) => {
                Err(Cause::Stream(error.to_debug_string()).into())
            }
        }
    }

    fn event(&self) -> Event {
        let event = self
            .readable
            .get_or_init(|| Rc::new(self.stream.subscribe()));
        Rc::clone(event)
    }
}
