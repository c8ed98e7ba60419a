//! The raw byte stream that a connection becomes after 101 (Switching Protocols)
//! and after a 2xx answer to CONNECT (RFC 9110, sections 7.8 and 9.3.6): reading
//! is the response's as ever, writing is here.

use super::link::{Link, Step};
use super::response::{Response, naming_host};
use super::wait::Waiter;
use crate::transport::Network;
use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::RefCell;
use httplib_proto::error::{Result, caller};

/// The ways of a raw stream that are open.
#[derive(Clone, Copy, Debug)]
pub struct Ways {
    /// From the peer.
    pub reading: bool,
    /// To the peer.
    pub writing: bool,
}

impl Default for Ways {
    fn default() -> Self {
        Self {
            reading: true,
            writing: true,
        }
    }
}

impl<N: Network> Response<N> {
    /// Whether bytes can be written.
    pub fn is_writable(&self) -> bool {
        self.link.is_some() && self.raw.is_some_and(|ways| ways.writing)
    }

    /// Writes to the raw stream.
    ///
    /// # Errors
    /// See the WIT.
    pub fn write(&mut self, data: Vec<u8>) -> Result<()> {
        let link = self.writable_link("write")?;
        link.borrow_mut().queue(data, false);
        self.drive(Link::advance_send)
    }

    /// Goes on with what an earlier `write` left.
    ///
    /// # Errors
    /// See the WIT.
    pub fn flush(&mut self) -> Result<()> {
        if self.was_closed() {
            return Err(caller::value("I/O operation on closed file."));
        }
        if self.is_writable() {
            return self.drive(Link::advance_send);
        }
        Ok(())
    }

    /// Ends the writing.
    ///
    /// # Errors
    /// See the WIT.
    pub fn shutdown(&mut self) -> Result<()> {
        self.writable_link("shutdown")?;
        self.drive(Link::advance_shutdown)?;
        if let Some(ways) = &mut self.raw {
            ways.writing = false;
            if !ways.reading {
                self.release();
            }
        }
        Ok(())
    }

    fn writable_link(&self, operation: &str) -> Result<Rc<RefCell<Link<N>>>> {
        match &self.link {
            Some(link) if self.is_writable() => Ok(Rc::clone(link)),
            _ if self.was_closed() => Err(caller::value("I/O operation on closed file.")),
            _ => Err(caller::unsupported(operation)),
        }
    }

    fn drive(&mut self, step: fn(&mut Link<N>) -> Step<()>) -> Result<()> {
        let Some(link) = self.link.clone() else {
            return Ok(());
        };
        let timeouts = self.settings.borrow().timeouts.clone();
        Waiter::new(&self.world, &timeouts, self.started)
            .run(&link, step)
            .map_err(|error| naming_host(error, &link.borrow()))
    }
}
