//! What a [`Host`] holds: the store, how it is entered, and what is in it.

use std::time::{Duration, Instant};

use wasmtime::Store;
use wasmtime::component::{
    ComponentNamedList, Instance as RawInstance, Lift, Lower, Resource, ResourceAny, ResourceTable,
};
use wasmtime_wasi::p2::DynInputStream;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

use crate::bindings::HttplibStreaming as Exports;
use crate::bindings::exports::httplib::http::client::Guest as Client;
use crate::bindings::exports::httplib::streaming::requests::Guest as Streaming;
use crate::engine::{STATUS, linked_component, metered_component};
use crate::faults::Faults;
use crate::memory::MemoryMeter;
use crate::watch;
use crate::{Host, HttpError, TrapHandler};

/// More fuel than can be used.
const TANK: u64 = u64::MAX;

/// How an instance is watched.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Watch {
    /// Its instructions are counted.
    pub(crate) metered: bool,
    /// How long a call may take.
    pub(crate) patience: Option<Duration>,
}

/// The store of one instance, and its exports.
pub(crate) struct Instance {
    pub(crate) store: Store<State>,
    raw: RawInstance,
    exports: Exports,
    pub(crate) captured: MemoryOutputPipe,
    on_trap: TrapHandler,
    /// How long a call may take, of a host that is watched.
    patience: Option<Duration>,
    /// After a trap the instance cannot be entered, not even to drop things.
    trapped: bool,
}

impl Instance {
    pub(crate) fn new(
        wasi: WasiCtx,
        captured: MemoryOutputPipe,
        watched: Watch,
        on_trap: TrapHandler,
    ) -> wasmtime::Result<Self> {
        let linked = match (watched.metered, watched.patience) {
            (true, _) => metered_component()?,
            (false, None) => linked_component()?,
            (false, Some(_)) => watch::linked_component()?,
        };
        let state = State {
            wasi,
            table: ResourceTable::new(),
            memory: MemoryMeter::default(),
            calls: 0,
            faults: Faults::default(),
            deadline: None,
        };
        let mut store = Store::new(linked.engine(), state);
        store.limiter(|state| &mut state.memory);
        if watched.metered {
            store.set_fuel(TANK)?;
        } else {
            watch::begin(&mut store, watched.patience);
        }
        let raw = linked.instance_pre().instantiate(&mut store)?;
        let exports = Exports::new(&mut store, &raw)?;
        Ok(Self {
            store,
            raw,
            exports,
            captured,
            on_trap,
            patience: watched.patience,
            trapped: false,
        })
    }

    pub(crate) fn fuel_used(&self) -> Option<u64> {
        self.store.get_fuel().ok().map(|left| TANK - left)
    }

    pub(crate) fn calls_to_the_host(&self) -> u64 {
        self.store.data().calls
    }
}

/// A resource of the component; dropped with its last owner, because a
/// `ResourceAny` does not drop itself.
pub(crate) struct Owned {
    pub(crate) host: Host,
    pub(crate) handle: ResourceAny,
}

impl Drop for Owned {
    fn drop(&mut self) {
        let mut instance = self.host.0.borrow_mut();
        if instance.trapped {
            return;
        }
        let patience = instance.patience;
        watch::begin(&mut instance.store, patience);
        if let Err(trap) = self.handle.resource_drop(&mut instance.store) {
            instance.trapped = true;
            if !std::thread::panicking() {
                let on_trap = instance.on_trap;
                drop(instance);
                on_trap(trap);
            }
        }
    }
}

impl Host {
    pub(crate) fn own(&self, handle: ResourceAny) -> Owned {
        Owned {
            host: self.clone(),
            handle,
        }
    }

    /// Calls a function that returns a `result` with our error resource.
    pub(crate) fn fallible<T>(
        &self,
        call: impl FnOnce(&Client, &mut Store<State>) -> wasmtime::Result<Result<T, ResourceAny>>,
    ) -> Result<T, HttpError> {
        self.infallible(call)
            .map_err(|handle| HttpError::take(self.own(handle)))
    }

    /// Calls a function that cannot fail, except by a trap.
    pub(crate) fn infallible<T>(
        &self,
        call: impl FnOnce(&Client, &mut Store<State>) -> wasmtime::Result<T>,
    ) -> T {
        self.enter(|instance| call(instance.exports.httplib_http_client(), &mut instance.store))
    }

    /// Calls a function of the package `httplib:streaming` with a stream of the
    /// host's.
    pub(crate) fn streaming(
        &self,
        stream: DynInputStream,
        call: impl FnOnce(
            &Streaming,
            &mut Store<State>,
            Resource<DynInputStream>,
        ) -> wasmtime::Result<Result<(), ResourceAny>>,
    ) -> Result<(), HttpError> {
        self.enter(|instance| {
            let stream = instance.store.data_mut().table.push(stream)?;
            let streaming = instance.exports.httplib_streaming_requests();
            call(streaming, &mut instance.store, stream)
        })
        .map_err(|handle| HttpError::take(self.own(handle)))
    }

    /// Calls a function of the interface `status`, without generated bindings.
    pub(crate) fn status<A, R>(&self, name: &str, arguments: A) -> R
    where
        A: ComponentNamedList + Lower,
        R: Lift + 'static,
        (R,): ComponentNamedList,
    {
        self.enter(|instance| {
            let Instance { store, raw, .. } = instance;
            let function = raw
                .get_export_index(&mut *store, None, STATUS)
                .and_then(|status| raw.get_export_index(&mut *store, Some(&status), name))
                .ok_or_else(|| wasmtime::Error::msg(format!("there is no {STATUS}#{name}")))?;
            let (value,) = raw
                .get_typed_func::<A, (R,)>(&mut *store, function)?
                .call(&mut *store, arguments)?;
            Ok(value)
        })
    }

    fn enter<T>(&self, call: impl FnOnce(&mut Instance) -> wasmtime::Result<T>) -> T {
        let mut instance = self.0.borrow_mut();
        let patience = instance.patience;
        watch::begin(&mut instance.store, patience);
        match call(&mut instance) {
            Ok(value) => value,
            Err(trap) => {
                instance.trapped = true;
                let on_trap = instance.on_trap;
                drop(instance);
                on_trap(trap)
            }
        }
    }
}

/// A duration as the contract has it; half a millennium is the longest.
pub(crate) fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// What the store holds for WASI, for the meters, and for what watches and disturbs
/// it.
pub(crate) struct State {
    wasi: WasiCtx,
    pub(crate) table: ResourceTable,
    pub(crate) memory: MemoryMeter,
    calls: u64,
    pub(crate) faults: Faults,
    /// When the call that is under way has to be over.
    pub(crate) deadline: Option<Instant>,
}

impl WasiView for State {
    /// Each imported function, and each drop of an imported resource, begins here.
    fn ctx(&mut self) -> WasiCtxView<'_> {
        self.calls += 1;
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}
