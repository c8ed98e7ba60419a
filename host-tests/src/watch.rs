//! Ends the calls of an instance that is watched, whether they spin or wait.
//!
//! Such instances have an engine of their own, because code that can be interrupted
//! is slower, and a linker whose functions [`faults`](crate::faults) can disturb.

use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use tokio::time::timeout_at;
use wasmtime::component::{Linker, Resource};
use wasmtime::{Engine, Store, StoreContextMut};
use wasmtime_wasi::p2::DynPollable;
use wasmtime_wasi::p2::bindings::io::poll::{Host, HostPollable};
use wasmtime_wasi::runtime::in_tokio;

use crate::bindings::HttplibStreamingPre as ExportsPre;
use crate::engine::{configuration, link_once};
use crate::faults::{self, Fault, IO, Operation};
use crate::instance::State;

/// How often it is looked whether a call spins.
const TICK: Duration = Duration::from_millis(20);

/// The component for instances that are watched.
///
/// # Errors
///
/// Wasmtime's, if the component cannot be compiled or linked.
pub(crate) fn linked_component() -> wasmtime::Result<&'static ExportsPre<State>> {
    static LINKED: OnceLock<Result<ExportsPre<State>, String>> = OnceLock::new();
    link_once(&LINKED, ticking_engine, |linker| {
        linker.allow_shadowing(true);
        watch_waits(linker)?;
        faults::shadow(linker)
    })
}

fn ticking_engine() -> wasmtime::Result<Engine> {
    let engine = Engine::new(configuration().epoch_interruption(true))?;
    let ticking = engine.clone();
    thread::spawn(move || {
        loop {
            thread::sleep(TICK);
            ticking.increment_epoch();
        }
    });
    Ok(engine)
}

/// A call begins that may take so long.
pub(crate) fn begin(store: &mut Store<State>, patience: Option<Duration>) {
    let Some(patience) = patience else { return };
    store.data_mut().deadline = Some(Instant::now() + patience);
    let ticks = patience.as_millis() / TICK.as_millis() + 1;
    store.set_epoch_deadline(u64::try_from(ticks).unwrap_or(u64::MAX));
}

fn watch_waits(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    let mut instance = linker.instance(&format!("wasi:io/poll@{IO}"))?;
    instance.func_wrap(
        "poll",
        |mut store: StoreContextMut<'_, State>, (pollables,): (Vec<Resource<DynPollable>>,)| {
            let state = store.data_mut();
            if let Some(Fault::Shorten) = state.faults.next(Operation::Poll, 0) {
                let all = 0..u32::try_from(pollables.len())?;
                return Ok((all.collect::<Vec<u32>>(),));
            }
            if state.faults.is_stalled() {
                // What is stalled may be ready all the time.
                thread::sleep(Duration::from_millis(1));
            }
            wait(state.deadline, Host::poll(&mut state.table, pollables)).map(|ready| (ready,))
        },
    )?;
    instance.func_wrap(
        "[method]pollable.block",
        |mut store: StoreContextMut<'_, State>, (pollable,): (Resource<DynPollable>,)| {
            let state = store.data_mut();
            wait(
                state.deadline,
                HostPollable::block(&mut state.table, pollable),
            )
        },
    )
}

fn wait<T>(
    deadline: Option<Instant>,
    ready: impl Future<Output = wasmtime::Result<T>>,
) -> wasmtime::Result<T> {
    let Some(deadline) = deadline else {
        return in_tokio(ready);
    };
    in_tokio(async {
        timeout_at(deadline.into(), ready)
            .await
            .unwrap_or_else(|_| Err(wasmtime::Error::msg("a call waits beyond all patience")))
    })
}
