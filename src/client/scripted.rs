//! A network that follows a script, for tests: what each connection brings, where
//! it blocks, and a clock that only moves while waiting.

use crate::error::{Code, Result};
use crate::network::{
    Block, ByteStream, Direction, Log, Lookup, Network, NextAddress, Read, Side, Socket, Taken,
    Transport,
};
use httplib_proto::body::End;
use httplib_proto::buffer::Buffer;
use httplib_proto::memory::OutOfMemory;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;

/// What happens next on one way of a connection.
#[derive(Clone, Debug)]
pub enum Step {
    /// Received: these bytes. Sent: room for so many.
    Data(Vec<u8>),
    /// Room for so many bytes.
    Room(usize),
    /// Blocked until there was a wait.
    Wait,
    /// Blocked for ever.
    Stall,
    /// The peer's orderly end.
    End,
    /// The peer's reset.
    Reset,
}

/// One connection.
#[derive(Clone, Debug, Default)]
pub struct Script {
    /// The address that it answers at; `None` for any.
    pub address: Option<IpAddr>,
    /// Before it is connected: `Wait`, `Stall` or `Reset` (refused).
    pub connect: VecDeque<Step>,
    /// What is received. Blocked for ever after the last step.
    pub incoming: VecDeque<Step>,
    /// What can be sent. Everything after the last step.
    pub outgoing: VecDeque<Step>,
}

impl Script {
    /// A connection that brings these pieces, blocking between them, and then
    /// ends or stays open.
    pub fn pieces(pieces: &[&[u8]], ends: bool) -> Self {
        let mut incoming = VecDeque::new();
        for piece in pieces.iter().filter(|piece| !piece.is_empty()) {
            incoming.push_back(Step::Wait);
            incoming.push_back(Step::Data(piece.to_vec()));
        }
        if ends {
            incoming.push_back(Step::Wait);
            incoming.push_back(Step::End);
        }
        Self {
            incoming,
            ..Self::default()
        }
    }
}

/// The network.
#[derive(Default)]
pub struct Scripted {
    /// The connections to come, in the order in which they are made.
    pub scripts: RefCell<VecDeque<Script>>,
    /// The addresses that every name has.
    pub addresses: Vec<IpAddr>,
    /// How many waits there may be, if that is bounded: one more is a panic, and one
    /// that nothing would end is an error instead of a panic.
    pub waits_left: Cell<Option<u64>>,
    clock: Cell<u64>,
    sockets: RefCell<Vec<Rc<RefCell<State>>>>,
    /// What was printed.
    pub printed: RefCell<String>,
}

#[derive(Debug)]
struct State {
    script: Script,
    sent: Vec<u8>,
    source: Option<SocketAddr>,
    remote: SocketAddr,
    shut_down: bool,
}

impl Scripted {
    /// A network whose first connections follow these scripts.
    pub fn new(scripts: impl IntoIterator<Item = Script>) -> Self {
        Self {
            scripts: RefCell::new(scripts.into_iter().collect()),
            addresses: vec![IpAddr::from([192, 0, 2, 1])],
            ..Self::default()
        }
    }

    /// Lets the stall that comes first on any way of a connection pass, or the
    /// first of the connection to come.
    pub fn release_stall(&self) {
        let sockets = self.sockets.borrow();
        let mut coming = self.scripts.borrow_mut();
        let mut release = |script: &mut Script| {
            for steps in [
                &mut script.connect,
                &mut script.outgoing,
                &mut script.incoming,
            ] {
                if matches!(steps.front(), Some(Step::Stall)) {
                    steps.pop_front();
                    return true;
                }
            }
            false
        };
        let _ = sockets
            .iter()
            .any(|state| release(&mut state.borrow_mut().script))
            || coming.iter_mut().any(&mut release);
    }

    /// How many connections were made.
    pub fn connections(&self) -> usize {
        self.sockets.borrow().len()
    }

    /// What was sent on a connection.
    pub fn sent(&self, connection: usize) -> Vec<u8> {
        self.sockets.borrow()[connection].borrow().sent.clone()
    }

    /// Whether this side of a connection was shut down.
    pub fn is_shut_down(&self, connection: usize) -> bool {
        self.sockets.borrow()[connection].borrow().shut_down
    }

    /// Where each connection went, and from where.
    pub fn dialled(&self) -> Vec<(SocketAddr, Option<SocketAddr>)> {
        let sockets = self.sockets.borrow();
        let ends = |state: &Rc<RefCell<State>>| (state.borrow().remote, state.borrow().source);
        sockets.iter().map(ends).collect()
    }
}

/// A socket of the script.
pub struct ScriptedSocket(Rc<RefCell<State>>);

/// One way of a socket, or its connecting.
#[derive(Clone)]
pub struct Event(Rc<RefCell<State>>, Way);

#[derive(Clone, Copy)]
enum Way {
    Connect,
    Read,
    Write,
}

impl Event {
    /// Passes a wait; whether there was one to pass, or nothing to wait for.
    fn pass(&self) -> bool {
        let mut state = self.0.borrow_mut();
        let script = &mut state.script;
        let steps = match self.1 {
            Way::Connect => &mut script.connect,
            Way::Read => &mut script.incoming,
            Way::Write => &mut script.outgoing,
        };
        match steps.front() {
            Some(Step::Wait) => {
                steps.pop_front();
                true
            }
            Some(Step::Stall) => false,
            Some(_) => true,
            None => !matches!(self.1, Way::Read),
        }
    }
}

/// The next bytes that come in.
fn take(state: &RefCell<State>, max: usize) -> Result<Taken> {
    let steps = &mut state.borrow_mut().script.incoming;
    match steps.front_mut() {
        Some(Step::Data(bytes)) if bytes.len() > max => {
            let rest = bytes.split_off(max);
            Ok(Taken::Data(std::mem::replace(bytes, rest)))
        }
        Some(Step::Data(bytes)) => {
            let bytes = std::mem::take(bytes);
            steps.pop_front();
            Ok(Taken::Data(bytes))
        }
        Some(Step::End) => Ok(Taken::End),
        Some(Step::Reset) => Err(Code::ConnectionReset.into()),
        _ => Ok(Taken::Blocked),
    }
}

impl Transport for ScriptedSocket {
    type Event = Event;

    fn read(&mut self, into: &mut Buffer, max: usize) -> Result<Read> {
        into.reserve(max)?;
        Ok(match take(&self.0, max)? {
            Taken::Data(bytes) => {
                into.push(bytes)?;
                Read::Some
            }
            Taken::Blocked => Read::Blocked,
            Taken::End => Read::End(End::Clean),
        })
    }

    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        let mut state = self.0.borrow_mut();
        let room = match state.script.outgoing.front_mut() {
            Some(Step::Room(0)) => {
                state.script.outgoing.pop_front();
                return Ok(0);
            }
            Some(Step::Room(room)) => {
                let count = bytes.len().min(*room);
                *room -= count;
                count
            }
            Some(Step::Reset) => return Err(Code::ConnectionBroken.into()),
            Some(_) => 0,
            None => bytes.len(),
        };
        state.sent.extend_from_slice(&bytes[..room]);
        Ok(room)
    }

    fn shutdown(&mut self) -> Result<bool> {
        self.0.borrow_mut().shut_down = true;
        Ok(true)
    }

    fn address(&self, side: Side) -> Option<SocketAddr> {
        let state = self.0.borrow();
        match side {
            Side::Local => state.source,
            Side::Peer => Some(state.remote),
        }
    }

    fn event(&self, direction: Direction) -> Event {
        let way = match direction {
            Direction::Read => Way::Read,
            Direction::Write => Way::Write,
        };
        Event(Rc::clone(&self.0), way)
    }
}

impl Socket for ScriptedSocket {
    fn finish_connect(&mut self) -> Result<bool> {
        match self.0.borrow().script.connect.front() {
            None => Ok(true),
            Some(Step::Reset) => Err(Code::ConnectionRefused.into()),
            Some(_) => Ok(false),
        }
    }

    fn connecting(&self) -> Event {
        Event(Rc::clone(&self.0), Way::Connect)
    }
}

/// A stream that gives the incoming steps of a script.
pub struct ScriptedStream(Rc<RefCell<State>>);

impl ScriptedStream {
    /// A stream of these steps.
    pub fn new(script: Script) -> Self {
        Self(Rc::new(RefCell::new(State {
            script,
            sent: Vec::new(),
            source: None,
            remote: SocketAddr::from(([0, 0, 0, 0], 0)),
            shut_down: false,
        })))
    }

    /// What lets the stall that comes first pass, once the stream was given away.
    pub fn releaser(&self) -> impl FnOnce() + use<> {
        let state = Rc::clone(&self.0);
        move || drop(state.borrow_mut().script.incoming.pop_front())
    }
}

impl ByteStream for ScriptedStream {
    type Event = Event;

    fn take(&mut self, max: usize) -> Result<Taken> {
        take(&self.0, max)
    }

    fn event(&self) -> Event {
        Event(Rc::clone(&self.0), Way::Read)
    }
}

/// A lookup that knows all addresses at once.
pub struct ScriptedLookup(VecDeque<IpAddr>);

impl Lookup for ScriptedLookup {
    type Event = Event;

    fn next(&mut self) -> Result<NextAddress> {
        Ok(match self.0.pop_front() {
            Some(address) => NextAddress::Address(address),
            None => NextAddress::End,
        })
    }

    fn event(&self) -> Event {
        // It never blocks, and so is always ready.
        Event(ScriptedStream::new(Script::default()).0, Way::Connect)
    }
}

impl Network for Scripted {
    type Event = Event;
    type Socket = ScriptedSocket;
    type Lookup = ScriptedLookup;
    type Stream = ScriptedStream;

    fn now(&self) -> u64 {
        self.clock.get()
    }

    fn lookup(&self, _name: &str) -> Result<ScriptedLookup> {
        Ok(ScriptedLookup(self.addresses.iter().copied().collect()))
    }

    fn dial(&self, remote: SocketAddr, source: Option<SocketAddr>) -> Result<ScriptedSocket> {
        let script = self.scripts.borrow_mut().pop_front();
        let script = script.expect("a connection that the script does not have");
        if let Some(address) = script.address {
            assert_eq!(address, remote.ip(), "the order of addresses");
        }
        let state = Rc::new(RefCell::new(State {
            script,
            sent: Vec::new(),
            source,
            remote,
            shut_down: false,
        }));
        self.sockets.borrow_mut().push(Rc::clone(&state));
        Ok(ScriptedSocket(state))
    }
}

impl Block for Scripted {
    fn wait(&self, events: &[Event], deadline: Option<u64>) -> Result<Vec<u32>> {
        let bounded = self.waits_left.get().is_some();
        if let Some(left) = self.waits_left.get() {
            let left = left.checked_sub(1).expect("waits without end");
            self.waits_left.set(Some(left));
        }
        let ready: Vec<u32> = (0_u32..)
            .zip(events)
            .filter(|(_, event)| event.pass())
            .map(|(position, _)| position)
            .collect();
        if ready.is_empty() {
            if bounded && deadline.is_none() {
                return Err(OutOfMemory.into());
            }
            let deadline = deadline.expect("the script blocks for ever");
            self.clock.set(self.clock.get().max(deadline));
        }
        Ok(ready)
    }
}

impl Log for Scripted {
    fn print(&self, lines: &str) {
        self.printed.borrow_mut().push_str(lines);
    }
}
