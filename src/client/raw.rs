//! The raw byte stream that a connection becomes after 101 (Switching Protocols)
//! and after a 2xx answer to CONNECT (RFC 9110, sections 7.8 and 9.3.6): reading
//! is the response's as ever, writing is here.

use crate::error::{Call as Misuse, Error, Phase, Result, value};
use crate::network::{Block, Network};
use crate::response::Response;
use crate::step;
use alloc::vec::Vec;
use httplib_proto::exchange::Sending;

impl<N: Network> Response<N> {
    /// Whether bytes can be written.
    pub fn is_writable(&self) -> bool {
        let sending = self.ask(|turn| turn.exchange.sending());
        self.watched().is_some() && sending == Some(Sending::Raw)
    }

    fn check_writable(&self, operation: &'static str) -> Result<()> {
        if self.is_writable() {
            Ok(())
        } else if self.was_closed() {
            Err(value("I/O operation on closed file."))
        } else {
            Err(Misuse::Unsupported(operation).into())
        }
    }
}

impl<N: Block> Response<N> {
    /// Writes to the raw stream.
    ///
    /// # Errors
    /// See the WIT.
    pub fn write(&mut self, mut data: Vec<u8>) -> Result<()> {
        self.check_writable("write")?;
        if let Some(watched) = self.watched() {
            watched.lane_mut().send_bytes(&mut data, false)?;
        }
        self.call(|response, call| response.drive(call, Phase::Send, step::send))
            .map_err(Error::after_queuing)
    }

    /// Goes on with what an earlier `write` left.
    ///
    /// # Errors
    /// See the WIT.
    pub fn flush(&mut self) -> Result<()> {
        if self.was_closed() {
            return Err(value("I/O operation on closed file."));
        }
        if self.is_writable() {
            return self.call(|response, call| response.drive(call, Phase::Send, step::send));
        }
        Ok(())
    }

    /// Ends the writing.
    ///
    /// # Errors
    /// See the WIT.
    pub fn shutdown(&mut self) -> Result<()> {
        self.check_writable("shutdown")?;
        self.call(|response, call| response.drive(call, Phase::Send, step::shutdown))?;
        self.change(|turn| turn.exchange.shut());
        self.end_if_read_out();
        Ok(())
    }
}
