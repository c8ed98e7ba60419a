//! What a [`Host`] holds: the store, how it is entered, and what is in it.

use std::time::Duration;

use wasmtime::component::{
    ComponentNamedList, Instance as RawInstance, Lift, Lower, Resource, ResourceAny, ResourceTable,
};
use wasmtime::{ResourceLimiter, Store};
use wasmtime_wasi::p2::DynInputStream;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

use crate::bindings::HttplibStreaming as Exports;
use crate::bindings::exports::httplib::http::client::Guest as Client;
use crate::bindings::exports::httplib::streaming::requests::Guest as Streaming;
use crate::engine::{EPOCH, STATUS, interruptible_component, linked_component};
use crate::{Host, HttpError, TrapHandler};

/// The store of one instance, and its exports.
pub(crate) struct Instance {
    pub(crate) store: Store<State>,
    raw: RawInstance,
    exports: Exports,
    pub(crate) captured: MemoryOutputPipe,
    on_trap: TrapHandler,
    /// In epochs.
    call_limit: Option<u64>,
    /// After a trap the instance cannot be entered, not even to drop things.
    trapped: bool,
}

impl Instance {
    pub(crate) fn new(
        wasi: WasiCtx,
        captured: MemoryOutputPipe,
        on_trap: TrapHandler,
        call_limit: Option<Duration>,
    ) -> wasmtime::Result<Self> {
        let linked = match call_limit {
            None => linked_component()?,
            Some(_) => interruptible_component()?,
        };
        let call_limit = call_limit.map(|limit| {
            let epochs = limit.as_nanos().div_ceil(EPOCH.as_nanos());
            u64::try_from(epochs).unwrap_or(u64::MAX / 2)
        });
        let state = State {
            wasi,
            table: ResourceTable::new(),
            memory: MemoryMeter::default(),
        };
        let mut store = Store::new(linked.engine(), state);
        store.limiter(|state| &mut state.memory);
        if let Some(epochs) = call_limit {
            store.set_epoch_deadline(epochs);
        }
        let raw = linked.instance_pre().instantiate(&mut store)?;
        let exports = Exports::new(&mut store, &raw)?;
        Ok(Self {
            store,
            raw,
            exports,
            captured,
            on_trap,
            call_limit,
            trapped: false,
        })
    }

    /// Gives the next call its time.
    fn begin_call(&mut self) {
        if let Some(epochs) = self.call_limit {
            self.store.set_epoch_deadline(epochs);
        }
    }

    pub(crate) fn memory_peak(&self) -> usize {
        self.store.data().memory.peak
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
        instance.begin_call();
        if !instance.trapped
            && let Err(trap) = self.handle.resource_drop(&mut instance.store)
        {
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
        instance.begin_call();
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

/// What the store holds for WASI and for the meter.
pub(crate) struct State {
    wasi: WasiCtx,
    table: ResourceTable,
    memory: MemoryMeter,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

/// Allows everything and remembers the most that there was, in bytes.
#[derive(Default)]
struct MemoryMeter {
    now: usize,
    peak: usize,
}

impl ResourceLimiter for MemoryMeter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        self.now += desired - current;
        self.peak = self.peak.max(self.now);
        Ok(true)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        _desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(true)
    }
}
