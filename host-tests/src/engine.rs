//! What all instances share: the engine, the compiled component, its linker.

use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, Linker};
use wasmtime::{Cache, Config, Engine};

use crate::artifacts::COMPONENT_BYTES;
use crate::bindings::HttplibStreamingPre as ExportsPre;
use crate::instance::State;

/// How often the epoch of [`interruptible_component`] changes.
pub(crate) const EPOCH: Duration = Duration::from_millis(50);

/// The component, compiled and linked: once in a process, at first use.
///
/// # Errors
///
/// Wasmtime's, if the component cannot be compiled or linked.
pub(crate) fn linked_component() -> wasmtime::Result<&'static ExportsPre<State>> {
    static LINKED: Linked = OnceLock::new();
    once(&LINKED, || link(&engine()?))
}

/// The same with code that stops at a store's epoch deadline. It is slower, and a
/// thread wakes every [`EPOCH`].
///
/// # Errors
///
/// Wasmtime's, if the component cannot be compiled or linked.
pub(crate) fn interruptible_component() -> wasmtime::Result<&'static ExportsPre<State>> {
    static LINKED: Linked = OnceLock::new();
    once(&LINKED, || {
        let mut config = cached();
        config.epoch_interruption(true);
        let engine = Engine::new(&config)?;
        let linked = link(&engine)?;
        thread::spawn(move || {
            loop {
                thread::sleep(EPOCH);
                engine.increment_epoch();
            }
        });
        Ok(linked)
    })
}

type Linked = OnceLock<Result<ExportsPre<State>, String>>;

fn once(
    linked: &'static Linked,
    link: impl FnOnce() -> wasmtime::Result<ExportsPre<State>>,
) -> wasmtime::Result<&'static ExportsPre<State>> {
    linked
        .get_or_init(|| link().map_err(|error| format!("{error:?}")))
        .as_ref()
        .map_err(|text| wasmtime::Error::msg(text.clone()))
}

fn link(engine: &Engine) -> wasmtime::Result<ExportsPre<State>> {
    let component = Component::from_binary(engine, COMPONENT_BYTES)?;
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
    ExportsPre::new(linker.instantiate_pre(&component)?)
}

/// Wasmtime with a cache of compiled code, as the component runs in it.
///
/// # Errors
///
/// Wasmtime's.
pub fn engine() -> wasmtime::Result<Engine> {
    Engine::new(&cached())
}

fn cached() -> Config {
    let mut config = Config::new();
    // Without a place for a cache every process compiles for itself.
    config.cache(Cache::from_file(None).ok());
    config
}

/// The name of the interface with the status codes.
pub(crate) const STATUS: &str = "httplib:http/status@0.1.0";

/// The names of the functions of the interface `status`, in order of
/// declaration.
///
/// # Errors
///
/// Wasmtime's, if the component cannot be compiled.
pub(crate) fn status_functions() -> wasmtime::Result<Vec<String>> {
    let linked = linked_component()?;
    let component = linked.instance_pre().component().component_type();
    let Some(ComponentItem::ComponentInstance(status)) = component
        .get_export(linked.engine(), STATUS)
        .map(|export| export.ty)
    else {
        return Ok(Vec::new());
    };
    Ok(status
        .exports(linked.engine())
        .map(|(name, _)| name.to_owned())
        .collect())
}

/// The names of all that the component imports, in order of declaration.
///
/// # Errors
///
/// Wasmtime's, if the component cannot be compiled.
pub fn component_imports() -> wasmtime::Result<Vec<String>> {
    let linked = linked_component()?;
    let component = linked.instance_pre().component();
    Ok(component
        .component_type()
        .imports(linked.engine())
        .map(|(name, _)| name.to_owned())
        .collect())
}
