//! Hosts the `httplib` component in Wasmtime.
//!
//! The build script has built the component and its guests ([`artifacts`]); a
//! [`Host`] is one instance of the component, with typed and self-dropping
//! wrappers around its resources:
//!
//! ```no_run
//! # use httplib_host_tests::{Host, HttpError};
//! # fn main() -> Result<(), HttpError> {
//! let host = Host::new();
//! let connection = host.http("127.0.0.1", 8080)?;
//! connection.request("GET", "/", None, &[])?;
//! let response = connection.get_response()?;
//! assert_eq!(response.status(), 200);
//! let body: Vec<u8> = response.read(None)?;
//! # Ok(())
//! # }
//! ```
//!
//! Errors of the contract are [`HttpError`]s. A trap is never one: it is a bug
//! of the component, and goes to the [`TrapHandler`], which panics unless
//! [`HostBuilder::on_trap`] says otherwise.

pub mod artifacts;
mod builder;
mod connection;
mod engine;
mod error;
mod example_server;
mod faults;
mod host;
mod instance;
mod memory;
mod message;
mod response;
mod status;
mod streaming;
mod tls_context;
mod watch;

pub use builder::{HostBuilder, Output, TrapHandler};
pub use connection::Connection;
pub use engine::{component_imports, engine};
pub use error::HttpError;
pub use example_server::ExampleServer;
pub use faults::{Fault, Injection, Operation};
pub use host::Host;
pub use memory::Refusal;
pub use message::Message;
pub use response::{InterimResponse, Response};
pub use streaming::StreamBody;
pub use tls_context::{TlsContext, TlsInfo};

pub use bindings::exports::httplib::http::client::{Body, ErrorKind, Phase, ServerName};

mod bindings {
    #![allow(missing_docs, unreachable_pub)]
    wasmtime::component::bindgen!({
        path: ["../wit", "../wit/streaming"],
        world: "httplib:streaming/httplib-streaming",
        with: { "wasi:io": wasmtime_wasi::p2::bindings::io },
        require_store_data_send: true,
        // So that bodies and headers are passed without a copy.
        ownership: Borrowing { duplicate_if_necessary: false },
    });
}
