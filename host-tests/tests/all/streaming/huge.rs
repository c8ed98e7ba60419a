//! A file of 256 MiB, from a guest's own stream through the component to a
//! server: no memory follows its size.

use std::fs::File;
use std::io::{self, Read};

use httplib_host_tests::artifacts::GUEST_STREAM_COMPOSED;
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Cache, Config, Engine, ResourceLimiter, Store};
use wasmtime_wasi::p2::bindings::sync::Command;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::{FsPerms, WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

use crate::bodies::{HUGE, MIB, Sum, sha_of};
use crate::servers::{Peer, Scheme, Server, ok};

/// What neither the guest nor the component may have more of.
const MOST_MEMORY: usize = 16 * MIB;

#[test]
fn huge_file_with_a_length_is_streamed_in_little_memory() {
    let zeros = sha_of(io::repeat(0).take(HUGE as u64));
    let server = Scheme::Http.server(move |peer| {
        let head = peer.request()?;
        let told = head.contains(&format!("Content-Length: {HUGE}\r\n"));
        let arrived = peer.sum(HUGE)? == zeros;
        peer.send(ok(if told && arrived {
            "all zeros"
        } else {
            "wrong"
        }))
    });
    assert_eq!(send_huge_file(&server, &HUGE.to_string()), "all zeros\n");
}

#[test]
fn huge_file_without_a_length_is_streamed_in_little_memory() {
    let zeros = sha_of(io::repeat(0).take(HUGE as u64));
    let server = Scheme::Http.server(move |peer| {
        peer.request()?;
        let arrived = sum_of_chunks(peer)? == zeros;
        peer.send(ok(if arrived { "all zeros" } else { "wrong" }))
    });
    assert_eq!(send_huge_file(&server, "-"), "all zeros\n");
}

fn sum_of_chunks(peer: &mut Peer) -> io::Result<[u8; 32]> {
    peer.stop_recording();
    let mut sum = Sum::default();
    loop {
        let chunk = peer.chunk()?;
        if chunk.is_empty() {
            return Ok(sum.finish());
        }
        sum.add(&chunk);
    }
}

/// What the guest prints.
fn send_huge_file(server: &Server, length: &str) -> String {
    let directory = tempfile::tempdir().unwrap();
    // Sparse: it takes no room.
    let file = File::create(directory.path().join("huge")).unwrap();
    file.set_len(HUGE as u64).unwrap();

    let output = MemoryOutputPipe::new(4096);
    let mut wasi = WasiCtxBuilder::new();
    wasi.inherit_network().allow_tcp(true);
    wasi.stdout(output.clone()).inherit_stderr();
    let address = server.address.to_string();
    wasi.args(&["stream", &address, "huge", length]);
    wasi.preopened_dir(directory.path(), "/", FsPerms::ReadOnly)
        .unwrap();
    let state = State {
        wasi: wasi.build(),
        table: ResourceTable::new(),
        limit: Limit,
    };

    let mut config = Config::new();
    config.cache(Cache::from_file(None).ok());
    let engine = Engine::new(&config).unwrap();
    let component = Component::from_file(&engine, GUEST_STREAM_COMPOSED).unwrap();
    let mut linker = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker).unwrap();
    let mut store = Store::new(&engine, state);
    store.limiter(|state| &mut state.limit);
    let command = Command::instantiate(&mut store, &component, &linker).unwrap();
    let outcome = command.wasi_cli_run().call_run(&mut store).unwrap();
    assert_eq!(outcome, Ok(()));
    String::from_utf8(output.contents().to_vec()).unwrap()
}

struct State {
    wasi: WasiCtx,
    table: ResourceTable,
    limit: Limit,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

/// Makes the whole run fail when a memory grows too large.
struct Limit;

impl ResourceLimiter for Limit {
    fn memory_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if desired > MOST_MEMORY {
            return Err(wasmtime::Error::msg(format!("{desired} bytes of memory")));
        }
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
