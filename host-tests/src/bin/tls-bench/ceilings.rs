//! The guest `ceilings`: what TLS inside a guest could reach at best.

use std::time::Duration;

use httplib_host_tests::artifacts::GUEST_CEILINGS;
use httplib_host_tests::engine;
use wasmtime::Store;
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime_wasi::p2::bindings::sync::CommandPre;
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

use crate::server::Server;
use crate::{Result, cost};

/// The compiled guest.
pub(crate) struct Ceilings(CommandPre<State>);

struct State {
    wasi: WasiCtx,
    table: ResourceTable,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl Ceilings {
    pub(crate) fn new() -> Result<Self> {
        let engine = engine()?;
        let component = Component::from_file(&engine, GUEST_CEILINGS)?;
        let mut linker = Linker::new(&engine);
        wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
        Ok(Self(CommandPre::new(linker.instantiate_pre(&component)?)?))
    }

    /// What sealing so many bytes and opening them again costs.
    pub(crate) fn cipher(&self, name: &str, bytes: u64) -> Result<Duration> {
        cost::of(|| self.run(&["cipher", name, &bytes.to_string()]))
    }

    /// What receiving (or sending) so many bytes without TLS costs.
    pub(crate) fn socket(&self, direction: &str, server: &Server, bytes: u64) -> Result<Duration> {
        let port = server.port.to_string();
        let (cost, _) = cost::of_client(server, 1, || {
            self.run(&[direction, &port, &bytes.to_string()])
        })?;
        Ok(cost)
    }

    fn run(&self, arguments: &[&str]) -> Result<()> {
        let wasi = WasiCtxBuilder::new()
            .inherit_stderr()
            .inherit_network()
            .allow_tcp(true)
            .arg("ceilings")
            .args(arguments)
            .build();
        let table = ResourceTable::new();
        let mut store = Store::new(self.0.engine(), State { wasi, table });
        let command = self.0.instantiate(&mut store)?;
        command
            .wasi_cli_run()
            .call_run(&mut store)?
            .map_err(|()| format!("the guest failed: ceilings {}", arguments.join(" ")).into())
    }
}
