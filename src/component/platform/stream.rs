//! Streams that callers hand to the component.

use super::Event;
use alloc::format;
use alloc::rc::Rc;
use core::cell::OnceCell;
use httplib_client::transport::{ByteStream, Read};
use httplib_proto::error::{Error, Kind, Phase, Result};
use wasi::io::streams::{InputStream, StreamError};

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

    fn read(&mut self, max: usize) -> Result<Read> {
        match self.stream.read(max as u64) {
            Ok(bytes) if bytes.is_empty() => Ok(Read::Blocked),
            Ok(bytes) => Ok(Read::Data(bytes)),
            Err(StreamError::Closed) => Ok(Read::End { ragged: false }),
            Err(StreamError::LastOperationFailed(error)) => {
                let text = format!("the stream of the body failed: {}", error.to_debug_string());
                Err(Error::new(Kind::OsError, text).in_phase(Phase::Send))
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
