//! The request under way, and the head of its response.

use super::link::Link;
use super::response::{self, Response};
use super::settings::Settings;
use super::wait::{Started, Waiter};
use super::world::World;
use super::{Connection, debug};
use crate::transport::Network;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::task::Poll;
use httplib_proto::error::{Error, Kind, Phase, Result, caller};
use httplib_proto::framing::{Decision, RequestTraits};
use httplib_proto::request::Declared;
use httplib_proto::response::{Event, Head, HeadParser};
use httplib_proto::state::State;

/// The request under way, and what came of its response.
#[derive(Default)]
pub(super) struct Exchange {
    pub(super) started: Started,
    /// The target as the caller gave it.
    pub(super) target: String,
    pub(super) traits: RequestTraits,
    pub(super) declared: Option<Declared>,
    /// Bytes of the body, without their coding, but for those of streams.
    pub(super) body_sent: u64,
    /// The body was not sent, or has no end that the server can see.
    pub(super) unfinished: bool,
    /// When the wait for a 100 (Continue) ends, once it has begun.
    pub(super) continue_until: Option<Option<u64>>,
    parser: HeadParser,
    pub(super) interim: Vec<Head>,
    /// The final head, which came while the body was held back.
    pub(super) early: Option<Head>,
    /// The response cannot be understood, and neither can what follows it.
    pub(super) failure: Option<Error>,
}

impl Exchange {
    /// Parses what is there, and prints it if that is wanted.
    pub(super) fn receive<N: Network>(
        &mut self,
        world: &World<N>,
        link: &mut Link<N>,
        settings: &Settings,
    ) -> Result<Event> {
        let ended = link.end().is_some();
        let event = self
            .parser
            .parse(&mut link.input, ended, settings.strict, &settings.limits)?;
        if settings.debug_level > 0 {
            match &event {
                Event::StatusLine(line) => world.network.print(debug::reply(line)),
                Event::Interim(_, raw) => world.network.print(debug::interim(raw)),
                Event::Final(head) => world.network.print(debug::headers(&head.headers)),
                Event::NeedMore => {}
            }
        }
        Ok(event)
    }

    /// Whether the body was not as long as the head said; `fed` bytes of it came
    /// from streams.
    fn is_spoiled(&self, fed: u64) -> bool {
        let sent = self.body_sent + fed;
        self.unfinished
            || match self.declared {
                Some(Declared::Length(length)) => length != sent,
                Some(Declared::Nothing) => sent > 0,
                Some(Declared::Coded) => false,
                Some(Declared::Nonsense) | None => true,
            }
    }
}

impl<N: Network> Connection<N> {
    /// `getresponse`.
    ///
    /// # Errors
    /// See the WIT.
    pub fn get_response(&mut self) -> Result<Rc<RefCell<Response<N>>>> {
        let unread = self.has_unread();
        self.state.check_response(unread)?;
        if self.held.is_some() {
            self.wait_for_continue()?;
        }
        if let Some(error) = &self.exchange.failure {
            return Err(error.clone());
        }
        let decided = self.receive_head().and_then(|head| {
            let decision = Decision::of(&head, &self.exchange.traits)?;
            Ok((head, decision))
        });
        let (head, decision) = decided.map_err(|error| self.after_bad_head(error))?;
        self.state = State::Idle;
        let kept = self.link.clone().filter(|_| !decision.will_close);
        let link = core::mem::replace(&mut self.link, kept);
        let Some(link) = link else {
            return Err(caller::not_connected());
        };
        let url = self.url_of(&self.exchange.target);
        let exchange = core::mem::take(&mut self.exchange);
        let (fed, feeding) = {
            let mut link = link.borrow_mut();
            (core::mem::take(&mut link.fed), link.is_feeding())
        };
        let response = Rc::new(RefCell::new(Response::new(
            &self.world,
            &self.settings,
            link,
            response::Exchange {
                started: exchange.started,
                head: exchange.traits.head,
                spoiled: feeding || exchange.is_spoiled(fed),
                url,
            },
            (exchange.interim, head),
            decision,
        )));
        if !decision.will_close {
            self.unread = Rc::downgrade(&response);
        }
        self.latest = Rc::downgrade(&response);
        Ok(response)
    }

    fn receive_head(&mut self) -> Result<Head> {
        if let Some(head) = self.exchange.early.take() {
            return Ok(head);
        }
        let Some(link) = self.link.clone() else {
            return Err(caller::not_connected());
        };
        let settings = self.settings.borrow().clone();
        let world = &self.world;
        let mut waiter = Waiter::new(world, &settings.timeouts, self.exchange.started);
        let exchange = &mut self.exchange;
        waiter.run(&link, |link| {
            loop {
                match exchange.receive(world, link, &settings)? {
                    Event::NeedMore => {
                        let begun = !exchange.parser.at_start() || !link.input.is_empty();
                        let phase = if begun { Phase::Head } else { Phase::FirstByte };
                        if link.advance_receive(phase)?.is_pending() {
                            return Ok(Poll::Pending);
                        }
                    }
                    Event::StatusLine(_) => {}
                    Event::Interim(head, _) => exchange.interim.push(head),
                    Event::Final(head) => return Ok(Poll::Ready(head)),
                }
            }
        })
    }

    /// The reference's states after an error: a lost connection leaves an idle
    /// one, nonsense leaves one that has to be closed.
    fn after_bad_head(&mut self, error: Error) -> Error {
        if error.is_resumable() {
            return error.with_host(&self.authority.host);
        }
        let open = self
            .link
            .as_ref()
            .is_some_and(|link| link.borrow().is_open());
        if open && error.is_instance(Kind::ConnectionError) {
            self.close();
        } else if open {
            self.exchange.failure = Some(error.clone());
        }
        if error.is_instance(Kind::OsError) {
            self.after_failure(error)
        } else {
            error
        }
    }
}
