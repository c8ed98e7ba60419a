//! How an instance is made and what it may do.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use wasmtime_wasi::WasiCtxBuilder;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;

use crate::Host;
use crate::instance::Instance;

/// What happens when the component traps; it gets the trap with its backtrace.
pub type TrapHandler = fn(wasmtime::Error) -> !;

/// Where the standard output of the component goes: what is printed above
/// debug level zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Output {
    /// Nowhere.
    #[default]
    Discard,
    /// To the standard output of this process.
    Stdout,
    /// To the standard error of this process.
    Stderr,
    /// Into memory: see [`Host::debug_output`].
    Capture,
}

/// How to make a [`Host`]: by default with network, without output.
#[derive(Clone, Copy, Debug)]
pub struct HostBuilder {
    output: Output,
    network: bool,
    on_trap: TrapHandler,
    call_limit: Option<Duration>,
}

impl Default for HostBuilder {
    fn default() -> Self {
        Self {
            output: Output::default(),
            network: true,
            on_trap: panic_on_trap,
            call_limit: None,
        }
    }
}

impl HostBuilder {
    /// Where the output of the component goes.
    #[must_use]
    pub fn output(self, output: Output) -> Self {
        Self { output, ..self }
    }

    /// Whether the component may open TCP connections and resolve names.
    #[must_use]
    pub fn network(self, network: bool) -> Self {
        Self { network, ..self }
    }

    /// What happens at a trap, instead of a panic.
    #[must_use]
    pub fn on_trap(self, on_trap: TrapHandler) -> Self {
        Self { on_trap, ..self }
    }

    /// How long a call may take: after this time it traps as soon as it computes. A
    /// call that waits in the host is not ended.
    #[must_use]
    pub fn call_limit(self, limit: Duration) -> Self {
        Self {
            call_limit: Some(limit),
            ..self
        }
    }

    /// Makes the instance.
    ///
    /// # Errors
    ///
    /// Wasmtime's, if the component cannot be compiled or instantiated.
    pub fn build(self) -> wasmtime::Result<Host> {
        let mut wasi = WasiCtxBuilder::new();
        if self.network {
            // Each of the three is needed: nothing is allowed by default.
            wasi.inherit_network()
                .allow_tcp(true)
                .allow_ip_name_lookup(true);
        }
        let pipe = MemoryOutputPipe::new(usize::MAX);
        match self.output {
            Output::Discard => &mut wasi,
            Output::Stdout => wasi.stdout(std::io::stdout()),
            Output::Stderr => wasi.stdout(std::io::stderr()),
            Output::Capture => wasi.stdout(pipe.clone()),
        };
        let instance = Instance::new(wasi.build(), pipe, self.on_trap, self.call_limit)?;
        Ok(Host(Rc::new(RefCell::new(instance))))
    }
}

#[expect(
    clippy::panic,
    reason = "a trap is a bug of the component, and tests are to stop there"
)]
pub(crate) fn panic_on_trap(trap: wasmtime::Error) -> ! {
    panic!("the component trapped: {trap:?}")
}
