//! The wait for a 100 (Continue) between the head and the body of a request (RFC
//! 9110, section 10.1.1).

use super::Connection;
use super::link::Link;
use super::settings::Timeouts;
use super::wait::Waiter;
use crate::transport::Network;
use alloc::rc::Rc;
use core::cell::RefCell;
use core::task::Poll;
use httplib_proto::error::{Phase, Result, caller};
use httplib_proto::response::Event;

/// How the wait for a 100 (Continue) ended.
enum Answer {
    /// With a 100, or with its time: the body goes out.
    Continue,
    /// With a final answer, or with nonsense: it does not.
    Final,
}

impl<N: Network> Connection<N> {
    /// Whether the body of the request is held back at first. Not while an earlier
    /// response is unread: its body comes before any answer.
    pub(super) fn waits_for_continue(&self) -> bool {
        self.exchange.traits.expects_continue
            && self.settings.borrow().continue_timeout != Some(0)
            && !self.has_unread()
    }

    /// Sends what is queued and, if a body is held back, waits for the word to
    /// send it.
    pub(super) fn send_queued(&mut self) -> Result<()> {
        self.drive(Link::advance_send)?;
        if self.held.is_some() {
            self.await_continue()?;
            self.drive(Link::advance_send)?;
        }
        Ok(())
    }

    /// Waits for a 100 (Continue) until its time is over, and queues or gives up
    /// the body that is held back. Whether the server has not answered otherwise.
    ///
    /// # Errors
    /// See the WIT.
    pub fn wait_for_continue(&mut self) -> Result<bool> {
        self.state.check_response(self.has_unread())?;
        self.await_continue()
    }

    fn await_continue(&mut self) -> Result<bool> {
        let Some(link) = self.link.clone() else {
            return Err(caller::not_connected());
        };
        let answer = self.answer_or_time(&link);
        let answer = answer.map_err(|error| self.after_failure(error))?;
        link.borrow_mut().wake = None;
        self.exchange.continue_until = None;
        let held = self.held.take();
        match answer {
            Answer::Continue => {
                if let Some(held) = held {
                    self.queue_body(&mut link.borrow_mut(), held);
                }
                Ok(true)
            }
            Answer::Final => {
                self.exchange.unfinished = true;
                Ok(false)
            }
        }
    }

    fn answer_or_time(&mut self, link: &Rc<RefCell<Link<N>>>) -> Result<Answer> {
        let settings = self.settings.borrow().clone();
        // This wait has a limit of its own, which is no error.
        let nonblocking = settings
            .timeouts
            .is_nonblocking(self.world.default_timeout.get());
        let timeouts = Timeouts {
            each: Some(nonblocking.then_some(0)),
            total: settings.timeouts.total,
            ..Timeouts::default()
        };
        let world = Rc::clone(&self.world);
        let mut waiter = Waiter::new(&world, &timeouts, self.exchange.started);
        let exchange = &mut self.exchange;
        waiter.run(link, |link| {
            if exchange.early.is_some() || exchange.failure.is_some() {
                return Ok(Poll::Ready(Answer::Final));
            }
            if link.advance_send()?.is_pending() {
                return Ok(Poll::Pending);
            }
            let now = world.network.now();
            let until = exchange.continue_until.get_or_insert_with(|| {
                settings
                    .continue_timeout
                    .map(|time| now.saturating_add(time))
            });
            link.wake = Some(*until);
            let over = until.is_some_and(|until| now >= until);
            loop {
                match exchange.receive(&world, link, &settings) {
                    Ok(Event::Interim(head, _)) => {
                        let go = head.status == 100;
                        exchange.interim.push(head);
                        if go {
                            return Ok(Poll::Ready(Answer::Continue));
                        }
                    }
                    Ok(Event::Final(head)) => {
                        exchange.early = Some(head);
                        return Ok(Poll::Ready(Answer::Final));
                    }
                    Ok(Event::StatusLine(_)) => {}
                    Ok(Event::NeedMore) => {
                        if link.advance_receive(Phase::FirstByte)?.is_ready() {
                            continue;
                        }
                        return Ok(match over {
                            true => Poll::Ready(Answer::Continue),
                            false => Poll::Pending,
                        });
                    }
                    // `get-response` reports it.
                    Err(error) => {
                        exchange.failure = Some(error);
                        return Ok(Poll::Ready(Answer::Final));
                    }
                }
            }
        })
    }
}
