//! Through a proxy: CONNECT and its answer, before anything else is sent.

use crate::error::{Cause, Phase, Result};
use crate::network::{Direction, Log, Opening, RECEIVE, Read, Transport, print};
use alloc::format;
use alloc::rc::Rc;
use core::cell::RefCell;
use httplib_proto::body::End;
use httplib_proto::buffer::Buffer;
use httplib_proto::headers::Headers;
use httplib_proto::limits::Limits;
use httplib_proto::tunnel::{Answer, Connect};
use httplib_proto::{latin1, literal};

/// Where the header fields of the proxy's answer are kept: they outlive the
/// connection that the proxy refused.
pub type ProxyHeaders = Rc<RefCell<Option<Headers>>>;

/// A tunnel that is being opened.
pub struct Tunnel {
    connect: Connect,
    limits: Limits,
    debug: bool,
    headers: ProxyHeaders,
    printed: bool,
    end: Option<End>,
}

impl Tunnel {
    /// A tunnel that this request asks for; `debug`: the exchange is printed.
    pub fn new(connect: Connect, limits: Limits, debug: bool, headers: ProxyHeaders) -> Self {
        Self {
            connect,
            limits,
            debug,
            headers,
            printed: false,
            end: None,
        }
    }

    /// Goes on. What the proxy sent after its answer stays in `input`.
    ///
    /// # Errors
    /// `Cause::Refused`, what [`Connect::receive`] returns, and network errors.
    pub fn advance(
        &mut self,
        log: &impl Log,
        inner: &mut dyn Transport<Event = impl Clone>,
        input: &mut Buffer,
    ) -> Result<Opening> {
        self.step(log, inner, input)
            .map_err(|error| error.in_phase(Phase::Tunnel))
    }

    fn step(
        &mut self,
        log: &impl Log,
        inner: &mut dyn Transport<Event = impl Clone>,
        input: &mut Buffer,
    ) -> Result<Opening> {
        if self.debug && !core::mem::replace(&mut self.printed, true) {
            let request = self.connect.outgoing();
            print(log, 4 * request.len(), || {
                format!("send: {}\n", literal::bytes(request))
            });
        }
        while !self.connect.outgoing().is_empty() {
            match inner.write(self.connect.outgoing())? {
                0 => return Ok(Opening::Blocked(Direction::Write)),
                count => self.connect.sent(count),
            }
        }
        if !inner.flush()? {
            return Ok(Opening::Blocked(Direction::Write));
        }
        match self.connect.receive(input, self.end, &self.limits)? {
            Answer::NeedMore => {}
            Answer::Open(head) => {
                self.print_headers(log);
                *self.headers.borrow_mut() = Some(head.headers);
                return Ok(Opening::Done);
            }
            Answer::Refused(head) => {
                self.print_headers(log);
                let reason = literal::excerpt(&head.reason, latin1::decode);
                *self.headers.borrow_mut() = Some(head.headers);
                return Err(Cause::Refused(head.status, reason).into());
            }
        }
        Ok(match inner.read(input, RECEIVE)? {
            Read::Some | Read::Nothing => Opening::Moved,
            Read::Blocked => Opening::Blocked(Direction::Read),
            Read::End(end) => {
                self.end = Some(end);
                Opening::Moved
            }
        })
    }

    /// Each line with its line end, the blank one too, as the reference prints
    /// them.
    fn print_headers(&mut self, log: &impl Log) {
        if !self.debug {
            return;
        }
        let raw = self.connect.take_raw();
        for line in raw.split_inclusive(|&byte| byte == b'\n') {
            print(log, 4 * line.len(), || {
                format!("header: {}\n", latin1::decode(line))
            });
        }
    }

    /// What it waits for when it is blocked.
    pub fn waits_for(&self) -> Direction {
        if self.connect.outgoing().is_empty() {
            Direction::Read
        } else {
            Direction::Write
        }
    }
}
