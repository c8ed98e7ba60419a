//! A wire and the one or two exchanges on it. A connection and its responses share
//! a lane; nothing here waits.

use crate::debug;
use crate::error::{Phase, Result};
use crate::network::{Network, Read};
use crate::progress::On;
use crate::source::{Next, Outgoing};
use crate::turn::{Turn, TurnId};
use crate::wire::{Target, Wire};
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use httplib_proto::exchange::{Break, Exchange, Frame, Receiving, Sending, Verdict};
use httplib_proto::framing::Traits;
use httplib_proto::memory;
use httplib_proto::request::last_chunk;

/// How many receives a look before reuse makes at most, when each brings nothing
/// but what is TLS's own.
const LOOKS: usize = 8;

/// A wire, the debug lines that wait for it, and at most two turns: the older one has
/// what comes in, the younger one what goes out.
pub struct Lane<N: Network> {
    network: Rc<N>,
    /// The wire.
    pub wire: Wire<N>,
    /// The older turn first.
    turns: Vec<Turn<N>>,
    /// Lines of debug output that wait for the connection, as the reference prints
    /// what it sends once it is connected.
    unprinted: Vec<String>,
    next_turn: u64,
    /// Bytes were sent that belong to no turn.
    stray: bool,
    /// A stream that belongs to no turn.
    stray_stream: Option<Outgoing<N::Stream>>,
    /// A turn has ended here: what comes before the next request is surplus.
    served: bool,
}

impl<N: Network> Lane<N> {
    /// Begins to open a lane.
    ///
    /// # Errors
    /// Those of [`Wire::dial`].
    pub fn open(network: &Rc<N>, target: Target) -> Result<Self> {
        Ok(Self {
            network: Rc::clone(network),
            wire: Wire::dial(network, target)?,
            turns: Vec::with_capacity(2),
            unprinted: Vec::new(),
            next_turn: 0,
            stray: false,
            stray_stream: None,
            served: false,
        })
    }

    /// Nanoseconds of the network's clock.
    pub fn now(&self) -> u64 {
        self.network.now()
    }

    /// The turn of this number, while it is here.
    pub fn turn(&self, id: TurnId) -> Option<&Turn<N>> {
        self.turns.iter().find(|turn| turn.id == id)
    }

    /// The same, to change it.
    pub fn turn_mut(&mut self, id: TurnId) -> Option<&mut Turn<N>> {
        self.turns.iter_mut().find(|turn| turn.id == id)
    }

    /// All turns, the older one first.
    pub(crate) fn turns_mut(&mut self) -> &mut [Turn<N>] {
        &mut self.turns
    }

    /// The turn that what comes in belongs to.
    pub(crate) fn older(&self) -> Option<&Turn<N>> {
        self.turns.first()
    }

    /// The turn that what goes out belongs to.
    pub(crate) fn younger(&self) -> Option<&Turn<N>> {
        self.turns.last()
    }

    /// Whether a response is still to be read.
    pub fn has_unread(&self) -> bool {
        self.turns.first().is_some_and(|turn| turn.is_read)
    }

    /// The wire and a turn, both to be changed.
    pub(crate) fn parts(&mut self, id: TurnId) -> Option<(&mut Wire<N>, &mut Turn<N>)> {
        let turn = self.turns.iter_mut().find(|turn| turn.id == id)?;
        Some((&mut self.wire, turn))
    }

    /// Whether another request can be sent here. With `reconnect_stale` not where
    /// the peer has ended the connection; without, that shows in the response, as in
    /// the reference.
    ///
    /// # Errors
    /// Out of memory, before anything was found out.
    pub fn accepts(&mut self, reconnect_stale: bool) -> Result<bool> {
        if self.wire.is_closed() || self.wire.is_write_broken() || self.stray_stream.is_some() {
            return Ok(false);
        }
        if let Some(older) = self.older() {
            let receiving = older.exchange.receiving();
            let surplus = receiving.rests() && !self.wire.input.is_empty();
            return Ok(self.turns.len() == 1
                && older.exchange.sending() == Sending::Done
                && older.outgoing.is_none()
                && !matches!(receiving, Receiving::Broken(_))
                && !surplus);
        }
        Ok(!self.served || self.probe(reconnect_stale)?)
    }

    /// Looks, without waiting, whether the wire is as it was left.
    fn probe(&mut self, reconnect_stale: bool) -> Result<bool> {
        if !self.wire.is_open() || !self.wire.output.is_empty() || !self.wire.input.is_empty() {
            return Ok(false);
        }
        for _ in 0..LOOKS {
            match self.wire.receive(1) {
                Ok(Read::Blocked) => return Ok(true),
                Ok(Read::Nothing) => {}
                Ok(Read::Some) => return Ok(false),
                Err(error) if error.is_memory() => return Err(error),
                Ok(Read::End(_)) | Err(_) => return Ok(!reconnect_stale),
            }
        }
        Ok(false)
    }

    /// Begins a turn: queues the head of its request, and its body unless that is
    /// held back or a stream.
    ///
    /// # Errors
    /// Out of memory; then there is no turn, and `head` is as it was.
    pub fn begin(
        &mut self,
        exchange: Exchange,
        head: &mut Vec<u8>,
        outgoing: Option<Outgoing<N::Stream>>,
        started: Option<u64>,
        shown: bool,
    ) -> Result<TurnId> {
        let line = shown.then(|| debug::sent(head));
        self.wire.output.push(head)?;
        self.print(line.flatten());
        let exchange = match core::mem::take(&mut self.stray) {
            true => Exchange::stray(exchange.traits().clone()),
            false => exchange,
        };
        let id = self.add(exchange, started);
        if let Some(turn) = self.turn_mut(id) {
            turn.outgoing = outgoing;
        }
        Ok(id)
    }

    /// Begins a turn whose request was sent elsewhere, or will be sent as bytes that
    /// nothing announces.
    pub fn begin_stray(&mut self, traits: Traits, started: Option<u64>) -> TurnId {
        self.add(Exchange::stray(traits), started)
    }

    fn add(&mut self, exchange: Exchange, started: Option<u64>) -> TurnId {
        let id = TurnId(self.next_turn);
        self.next_turn += 1;
        let begun_at = self.wire.received();
        self.turns.push(Turn::new(id, exchange, started, begun_at));
        id
    }

    /// Whether a body is still on its way from the caller to the wire.
    pub fn is_sending_body(&self) -> bool {
        match self.younger() {
            Some(turn) => turn.outgoing.is_some(),
            None => self.stray_stream.is_some(),
        }
    }

    /// Whether that body is here as a whole, and may be sent.
    pub(crate) fn is_body_here(&self) -> bool {
        self.younger().is_some_and(|turn| {
            let is_here = turn.outgoing.as_ref().is_some_and(Outgoing::is_here);
            is_here && !turn.exchange.is_held()
        })
    }

    /// Queues bytes of the caller's as they are.
    ///
    /// # Errors
    /// Out of memory; then nothing was queued.
    pub fn send_bytes(&mut self, bytes: &mut Vec<u8>, shown: bool) -> Result<()> {
        let line = shown.then(|| debug::sent(bytes));
        let length = bytes.len() as u64;
        self.wire.output.push(bytes)?;
        self.print(line.flatten());
        match self.turns.last_mut() {
            _ if length == 0 => {}
            Some(turn) => {
                turn.exchange.release();
                turn.exchange.send_piece(length);
            }
            None => self.stray = true,
        }
        Ok(())
    }

    /// Sends a stream of the caller's as it is, to its end.
    pub fn send_stream(&mut self, outgoing: Outgoing<N::Stream>) {
        match self.turns.last_mut() {
            Some(turn) => {
                turn.exchange.release();
                turn.outgoing = Some(outgoing);
            }
            None => self.stray_stream = Some(outgoing),
        }
    }

    /// Whether something is still to be sent.
    pub(crate) fn is_sending(&self) -> bool {
        self.is_sending_body() || !self.wire.is_drained()
    }

    /// Where a call is that is to do this.
    pub(crate) fn phase(&self, wanted: Phase) -> Phase {
        match self.wire.opening_waits_for() {
            Some(blocked) => blocked.phase,
            None if self.is_sending() => Phase::Send,
            None => wanted,
        }
    }

    /// Adds the events of this set.
    pub(crate) fn events(&self, on: On, events: &mut Vec<N::Event>) {
        self.wire.events(on, events);
        if on.source {
            events.extend(self.source_event());
        }
    }

    /// What tells that the stream of a body may have more to give.
    pub(crate) fn source_event(&self) -> Option<N::Event> {
        let outgoing = match self.turns.last() {
            Some(turn) => &turn.outgoing,
            None => &self.stray_stream,
        };
        outgoing.as_ref()?.event()
    }

    /// Moves what is there of the younger turn's body to the wire, a block of a
    /// stream at a time. What came of it; `End` also where there is no body, or one
    /// that is held back.
    ///
    /// # Errors
    /// Those of [`Outgoing::next`]; the turn cannot be completed after one of the
    /// stream's.
    pub(crate) fn feed(&mut self) -> Result<Next> {
        let (slot, exchange) = match self.turns.last_mut() {
            Some(turn) if turn.exchange.is_held() => return Ok(Next::End),
            Some(turn) => (&mut turn.outgoing, Some(&mut turn.exchange)),
            None => (&mut self.stray_stream, None),
        };
        let Some(outgoing) = slot else {
            return Ok(Next::End);
        };
        let chunks = exchange
            .as_ref()
            .is_some_and(|exchange| exchange.frame() == Frame::Chunk);
        let shown = outgoing.shown;
        let output = &mut self.wire.output;
        let next = outgoing.next().map_err(|error| error.in_phase(Phase::Send));
        let line = match &next {
            Ok(Next::Piece) => {
                let length = outgoing.piece.len() as u64;
                let line = shown.then(|| debug::piece(&outgoing.piece, chunks));
                match chunks {
                    true => output.push_chunk(&mut outgoing.piece)?,
                    false => output.push(&mut outgoing.piece)?,
                }
                match exchange {
                    Some(exchange) => exchange.send_piece(length),
                    None => self.stray = true,
                }
                line.flatten()
            }
            Ok(Next::Empty) => shown.then(debug::empty_item),
            Ok(Next::Blocked) => None,
            Ok(Next::End) => {
                let mut line = None;
                if chunks {
                    let mut end = last_chunk(&outgoing.trailers)?;
                    line = shown.then(|| debug::sent(&end)).flatten();
                    output.push(&mut end)?;
                }
                *slot = None;
                if let Some(exchange) = exchange {
                    exchange.send_end();
                }
                line
            }
            Err(error) if error.is_memory() => None,
            Err(error) => {
                *slot = None;
                if let Some(turn) = self.turns.last_mut() {
                    turn.exchange.source_failed();
                    turn.source_error = Some(error.clone());
                }
                None
            }
        };
        self.print(line);
        next
    }

    /// Writing failed: no turn's request can be completed.
    pub(crate) fn write_broke(&mut self) {
        for turn in &mut self.turns {
            turn.exchange.write_broke();
            turn.outgoing = None;
        }
        self.stray_stream = None;
    }

    /// The end of a turn: its response has ended, or is given up. The wire is closed
    /// unless it can be used again.
    pub fn finish(&mut self, id: TurnId) -> Option<(Turn<N>, Verdict)> {
        let index = self.turns.iter().position(|turn| turn.id == id)?;
        let mut turn = self.turns.remove(index);
        turn.exchange.broke(Break::Unread);
        turn.outgoing = None;
        let last = self.turns.is_empty();
        let surplus = match self.turns.first() {
            None => !self.wire.input.is_empty(),
            // What came before the younger request was sent is no answer to it.
            Some(younger) => self.consumed() < younger.begun_at,
        };
        let unsent = last && !self.wire.is_flushed();
        let verdict = turn.exchange.verdict(surplus, unsent);
        self.served = true;
        if verdict != Verdict::Keep {
            self.wire.close();
        }
        Some((turn, verdict))
    }

    /// How many of the received bytes were consumed.
    fn consumed(&self) -> u64 {
        self.wire.received() - self.wire.input.len() as u64
    }

    /// Prints a line of debug output, now or once the wire is open.
    pub fn print(&mut self, line: Option<String>) {
        let Some(line) = line else { return };
        if !self.wire.is_opening() {
            self.network.print(&line);
        } else if memory::reserve(&mut self.unprinted, 1).is_ok() {
            self.unprinted.push(line);
        }
    }

    /// Prints the lines that waited for the wire to be open.
    pub(crate) fn print_waiting(&mut self) {
        for line in core::mem::take(&mut self.unprinted) {
            self.network.print(&line);
        }
    }
}
