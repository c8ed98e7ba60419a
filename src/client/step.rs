//! The steps of a lane: opening, sending, receiving a head, a body. None waits;
//! each says how far it came, and goes on where an earlier one stopped.

use crate::debug;
use crate::error::{Call, Phase, Result};
use crate::lane::Lane;
use crate::network::{Network, RECEIVE, Read};
use crate::progress::{Blocked, On, SHARE, Step, Stepped, done};
use crate::settings::Settings;
use crate::source::Next;
use crate::turn::{Patience, TurnId};
use httplib_proto::exchange::{Blame, Break, Decoded, Received, Sending};
use httplib_proto::memory;
use httplib_proto::response::Head;

/// How many heads a step takes at most before it looks up.
const HEADS: usize = 32;
/// How many pieces of a body a step decodes at most before it looks up.
const PIECES: usize = 512;

/// Opens the wire: connects, and makes tunnel and TLS.
///
/// # Errors
/// Those of [`crate::wire::Wire::open`].
pub fn open<N: Network>(lane: &mut Lane<N>) -> Stepped<()> {
    if lane.wire.is_open() {
        return Ok(Step::Done(()));
    }
    done!(lane.wire.open());
    lane.print_waiting();
    Ok(Step::Done(()))
}

/// Opens, then sends what is queued, and the body that is not held back.
///
/// # Errors
/// Those of `open` and of [`crate::wire::Wire::write`]; those of the stream that a
/// body comes from.
pub fn send<N: Network>(lane: &mut Lane<N>) -> Stepped<()> {
    done!(open(lane));
    let mut pieces = 0;
    loop {
        // What the caller has is put together, so that small pieces leave together.
        let fed = match lane.is_body_here() {
            true => Some(lane.feed()?),
            false => None,
        };
        if matches!(fed, Some(Next::Piece | Next::Empty)) {
            continue;
        }
        let written = lane.wire.write();
        if let Err(error) = &written
            && !error.is_memory()
        {
            lane.write_broke();
        }
        let waits = match written? {
            Step::Done(()) => On::default(),
            Step::Spent(phase) => return Ok(Step::Spent(phase)),
            Step::Blocked(blocked) if !lane.wire.output.is_empty() => {
                return Ok(Step::Blocked(blocked));
            }
            // Only ciphertext is left, and there may be room for more.
            Step::Blocked(blocked) => blocked.on,
        };
        let source = On {
            source: true,
            ..On::default()
        };
        match lane.feed()? {
            Next::Piece | Next::Empty => {}
            Next::Blocked => return Ok(Step::Blocked(Blocked::on(Phase::Send, waits.or(source)))),
            Next::End if !lane.wire.output.is_empty() => {}
            Next::End if waits == On::default() => return Ok(Step::Done(())),
            Next::End => return Ok(Step::Blocked(Blocked::on(Phase::Send, waits))),
        }
        pieces += 1;
        if pieces > SHARE / 4096 {
            return Ok(Step::Spent(Phase::Send));
        }
    }
}

/// Sends everything, also a body that waits for a 100 (Continue).
///
/// # Errors
/// Those of `send` and of `wait_for_continue`.
pub fn send_all<N: Network>(lane: &mut Lane<N>, settings: &Settings) -> Stepped<()> {
    if let Some(id) = lane
        .younger()
        .filter(|turn| turn.holds_body())
        .map(|turn| turn.id)
    {
        done!(wait_for_continue(lane, id, settings));
    }
    send(lane)
}

/// Sends everything, then ends this side's sending.
///
/// # Errors
/// Those of `send`.
pub fn shutdown<N: Network>(lane: &mut Lane<N>) -> Stepped<()> {
    done!(send(lane));
    lane.wire.shutdown()
}

/// Opens and sends, then receives once; done when something was received or the
/// end was seen. A peer that answers before it has read everything is heard.
///
/// # Errors
/// Those of `open`; of sending only short memory: other failures show in what
/// follows. Those of [`crate::wire::Wire::receive`].
fn receive<N: Network>(lane: &mut Lane<N>, phase: Phase, max: usize) -> Stepped<()> {
    done!(open(lane));
    let sending = match send(lane) {
        Ok(Step::Done(())) => None,
        Ok(step) => Some(step),
        Err(error) if error.is_memory() => return Err(error),
        Err(_) => None,
    };
    let read = lane.wire.receive(max);
    let read = read.map_err(|error| error.in_phase(phase))?;
    Ok(match (read, sending) {
        (Read::Some | Read::End(_), _) => Step::Done(()),
        (Read::Nothing, _) => Step::Spent(phase),
        (Read::Blocked, None) => Step::Blocked(Blocked::on(phase, READ)),
        (Read::Blocked, Some(Step::Blocked(blocked))) => Step::Blocked(Blocked {
            on: blocked.on.or(READ),
            ..blocked
        }),
        (Read::Blocked, Some(_)) => Step::Spent(Phase::Send),
    })
}

const READ: On = On {
    dial: false,
    read: true,
    write: false,
    source: false,
};

/// Waits for the head of the response.
///
/// # Errors
/// Those of `receive` and of [`httplib_proto::exchange::Exchange::receive`]: again
/// at every call. Without a head, the error of the stream that the body comes from.
pub fn head<N: Network>(lane: &mut Lane<N>, id: TurnId, settings: &Settings) -> Stepped<Head> {
    // What a proxy answers is no response.
    done!(open(lane));
    match lane.turn_mut(id) {
        Some(turn) if turn.holds_body() => {
            done!(wait_for_continue(lane, id, settings));
        }
        // Whoever wants the answer waits for no word to go on any more.
        Some(turn) => turn.patience = Patience::Over,
        None => {}
    }
    for _ in 0..HEADS {
        if let Some(head) = take_head(lane, id)? {
            return Ok(Step::Done(head));
        }
        if parse(lane, id, settings)? {
            continue;
        }
        let phase = phase_of(lane, id);
        let received = receive(lane, phase, RECEIVE);
        match &received {
            Err(error) if !error.is_memory() => lost(lane, id, error),
            Ok(Step::Blocked(_)) => fail_without_source(lane, id)?,
            _ => {}
        }
        done!(received);
    }
    Ok(Step::Spent(Phase::Head))
}

fn take_head<N: Network>(lane: &mut Lane<N>, id: TurnId) -> Result<Option<Head>> {
    let turn = lane.turn_mut(id).ok_or(Call::NotConnected)?;
    if let Some(error) = &turn.failure {
        return Err(error.clone());
    }
    if let Some(head) = &turn.head {
        // What getters return is a copy, which cannot fail any more.
        let heads = turn.interim.iter().chain([head]);
        let copies: usize = heads.map(|head| head.headers.size_as_pairs()).sum();
        memory::ensure(copies + memory::HEADROOM)?;
    }
    Ok(turn.head.take())
}

/// The request can never be whole, and no head is there.
fn fail_without_source<N: Network>(lane: &Lane<N>, id: TurnId) -> Result<()> {
    let Some(turn) = lane.turn(id) else {
        return Ok(());
    };
    match &turn.source_error {
        Some(error) if turn.exchange.sending() == Sending::Failed(Blame::Source) => {
            Err(error.clone())
        }
        _ => Ok(()),
    }
}

fn phase_of<N: Network>(lane: &Lane<N>, id: TurnId) -> Phase {
    let begun = lane
        .turn(id)
        .is_some_and(|turn| !turn.exchange.is_before_head());
    match begun || !lane.wire.input.is_empty() {
        true => Phase::Head,
        false => Phase::FirstByte,
    }
}

/// Reading failed: what was received is all there will be.
fn lost<N: Network>(lane: &mut Lane<N>, id: TurnId, error: &crate::error::Error) {
    if let Some(turn) = lane.turn_mut(id)
        && lane_is_open(error)
    {
        turn.exchange.broke(Break::Lost);
        turn.failure = Some(error.clone());
    }
}

/// Whether an error is one of an open connection, as against of opening it.
fn lane_is_open(error: &crate::error::Error) -> bool {
    matches!(
        error.phase(),
        Some(Phase::FirstByte | Phase::Head | Phase::Body | Phase::Continue)
    )
}

/// Parses a line or a head of what was received, and prints it if that is wanted;
/// whether there was one.
fn parse<N: Network>(lane: &mut Lane<N>, id: TurnId, settings: &Settings) -> Result<bool> {
    let Some((wire, turn)) = lane.parts(id) else {
        return Err(Call::NotConnected.into());
    };
    // Until the wire is open, what is there is a proxy's answer to CONNECT.
    if wire.is_opening() {
        return Ok(false);
    }
    memory::reserve(&mut turn.interim, 1)?;
    let end = wire.end();
    let received = turn
        .exchange
        .receive(&mut wire.input, end, settings.strict, &settings.limits);
    turn.looked = match received {
        Ok(Received::NeedMore) => wire.input.len(),
        _ => 0,
    };
    let shown = settings.debug_level > 0;
    let line = match received {
        Ok(Received::NeedMore) => return Ok(false),
        Ok(Received::StatusLine(line)) => shown.then(|| debug::reply(&line)),
        Ok(Received::Interim(head, raw)) => {
            if head.status == 100 {
                turn.patience = Patience::Over;
            }
            turn.interim.push(head);
            shown.then(|| debug::interim(&raw))
        }
        Ok(Received::Final(head)) => {
            turn.patience = Patience::Over;
            drop_withheld(turn);
            let line = shown.then(|| debug::headers(&head.headers));
            turn.head = Some(head);
            line
        }
        Err(error) => {
            let error = crate::error::Error::from(error);
            if !error.is_memory() {
                turn.failure = Some(error.clone());
                drop_withheld(turn);
            }
            return Err(error);
        }
    };
    lane.print(line.flatten());
    Ok(true)
}

fn drop_withheld<N: Network>(turn: &mut crate::turn::Turn<N>) {
    if turn.exchange.sending() == Sending::Withheld {
        turn.outgoing = None;
    }
}

/// Waits until the server asks for the body, its time is over, or the final answer
/// came: whether the body is to be sent. It is released then.
///
/// # Errors
/// Those of `send` and of opening. What is wrong with the answer is for `head` to
/// report.
pub fn wait_for_continue<N: Network>(
    lane: &mut Lane<N>,
    id: TurnId,
    settings: &Settings,
) -> Stepped<bool> {
    done!(open(lane));
    for _ in 0..HEADS {
        let turn = lane.turn(id).ok_or(Call::NotConnected)?;
        if turn.head.is_some() || turn.failure.is_some() {
            return Ok(Step::Done(false));
        }
        let patience = turn.patience;
        if patience == Patience::Over {
            return Ok(Step::Done(true));
        }
        match parse(lane, id, settings) {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) if error.is_memory() => return Err(error),
            Err(_) => continue,
        }
        let until = match patience {
            Patience::Until(until) => Some(until),
            // Its time begins when the head is on its way.
            _ if matches!(send(lane)?, Step::Done(())) => {
                let now = lane.now();
                let until = settings
                    .continue_timeout
                    .map(|time| now.saturating_add(time));
                set_patience(lane, id, Patience::Until(until));
                Some(until)
            }
            _ => None,
        };
        let received = match receive(lane, Phase::Continue, RECEIVE) {
            Err(error) if error.is_memory() || !lane_is_open(&error) => return Err(error),
            Err(error) => {
                lost(lane, id, &error);
                continue;
            }
            Ok(received) => received,
        };
        match received {
            Step::Done(()) => {}
            Step::Blocked(_) | Step::Spent(_)
                if until.flatten().is_some_and(|until| lane.now() >= until) =>
            {
                set_patience(lane, id, Patience::Over);
                if let Some(turn) = lane.turn_mut(id) {
                    turn.exchange.release();
                }
            }
            Step::Blocked(blocked) => {
                let wake = until.flatten().into_iter().chain(blocked.wake).min();
                return Ok(Step::Blocked(Blocked { wake, ..blocked }));
            }
            Step::Spent(phase) => return Ok(Step::Spent(phase)),
        }
    }
    Ok(Step::Spent(Phase::Continue))
}

fn set_patience<N: Network>(lane: &mut Lane<N>, id: TurnId, patience: Patience) {
    if let Some(turn) = lane.turn_mut(id) {
        turn.patience = patience;
    }
}

/// How much of a body is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// So many bytes decoded altogether, or the end.
    Length(usize),
    /// One piece of at most so many bytes.
    Piece(usize),
}

/// Decodes the body until what is wanted is there; what came last.
///
/// # Errors
/// Those of `receive` and of [`httplib_proto::exchange::Exchange::decode`].
pub fn body<N: Network>(
    lane: &mut Lane<N>,
    id: TurnId,
    want: Want,
    settings: &Settings,
) -> Stepped<Decoded> {
    let mut moved = 0;
    for _ in 0..PIECES {
        let Some((wire, turn)) = lane.parts(id) else {
            return Ok(Step::Done(Decoded::End));
        };
        let before = turn.decoded.len();
        let max = match want {
            Want::Length(length) => length.saturating_sub(before),
            Want::Piece(max) => max,
        };
        let end = wire.end();
        let decoded = turn.exchange.decode(
            &mut wire.input,
            end,
            max,
            &settings.limits,
            &mut turn.decoded,
        );
        turn.looked = match decoded {
            Ok(Decoded::NeedMore) => wire.input.len(),
            _ => 0,
        };
        match decoded? {
            Decoded::NeedMore => {}
            Decoded::Data => {
                let length = turn.decoded.len();
                let enough = match want {
                    Want::Length(wanted) => length >= wanted,
                    Want::Piece(_) => true,
                };
                if enough {
                    return Ok(Step::Done(Decoded::Data));
                }
                moved += length - before;
                if moved >= SHARE {
                    return Ok(Step::Spent(Phase::Body));
                }
                continue;
            }
            decoded => return Ok(Step::Done(decoded)),
        }
        let max = match turn.exchange.is_chunked() {
            true => RECEIVE,
            // No more than is wanted, so that whole pieces go through uncopied.
            false => max.clamp(1, RECEIVE),
        };
        let received = receive(lane, Phase::Body, max);
        if let Err(error) = &received
            && !error.is_memory()
            && let Some(turn) = lane.turn_mut(id)
        {
            turn.exchange.broke(Break::Lost);
        }
        done!(received);
    }
    Ok(Step::Spent(Phase::Body))
}
