//! Fetches a page through the component: `embed httplib.wasm example.org`.

use bindings::Httplib;
use wasmtime::component::{Component, Linker, ResourceAny, ResourceTable};
use wasmtime::{Engine, Result, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

mod bindings {
    #![allow(missing_docs)]
    wasmtime::component::bindgen!({ path: "../wit", world: "httplib" });
}

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

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, component, host] = arguments.as_slice() else {
        wasmtime::bail!("usage: embed httplib.wasm HOST[:PORT]");
    };
    let engine = Engine::default();
    let component = Component::from_file(&engine, component)?;
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
    // A component may open no connection unless all three are allowed.
    let wasi = WasiCtxBuilder::new()
        .inherit_network()
        .allow_tcp(true)
        .allow_ip_name_lookup(true)
        .build();
    let table = ResourceTable::new();
    let mut store = Store::new(&engine, State { wasi, table });
    let instance = Httplib::instantiate(&mut store, &component, &linker)?;

    let (connection, response) = {
        let client = instance.httplib_http_client();
        let (connection, response) = (client.connection(), client.response());
        let conn = connection.call_http(&mut store, host, None)?;
        let conn = conn.or_else(|error| fail(&instance, &mut store, error))?;
        connection
            .call_request(&mut store, conn, "GET", "/", None, &[], false)?
            .or_else(|error| fail(&instance, &mut store, error))?;
        let resp = connection.call_get_response(&mut store, conn)?;
        let resp = resp.or_else(|error| fail(&instance, &mut store, error))?;
        let status = response.call_status(&mut store, resp)?;
        let body = response.call_read(&mut store, resp, None)?;
        let body = body.or_else(|error| fail(&instance, &mut store, error))?;
        println!("{status}, {} bytes", body.len());
        (conn, resp)
    };
    // A `ResourceAny` does not drop itself.
    response.resource_drop(&mut store)?;
    connection.resource_drop(&mut store)
}

/// Turns an `error` resource into an error of the host.
fn fail<T>(instance: &Httplib, store: &mut Store<State>, error: ResourceAny) -> Result<T> {
    let class = instance.httplib_http_client().error();
    let message = class.call_message(&mut *store, error)?;
    error.resource_drop(store)?;
    wasmtime::bail!("{message}")
}
