//! What the build script has built, as absolute paths.

/// The component.
pub const COMPONENT: &str = env!("HTTPLIB_WASM");

/// The guest `fetch`, which imports the component.
pub const GUEST_FETCH: &str = env!("GUEST_FETCH_WASM");

/// The guest `fetch` composed with the component: runs in any WASI host.
pub const GUEST_FETCH_COMPOSED: &str = env!("GUEST_FETCH_COMPOSED_WASM");

/// The guest `examples`, which imports the component.
pub const GUEST_EXAMPLES: &str = env!("GUEST_EXAMPLES_WASM");

/// The guest `examples` composed with the component: runs in any WASI host.
pub const GUEST_EXAMPLES_COMPOSED: &str = env!("GUEST_EXAMPLES_COMPOSED_WASM");

/// The guest `tour` composed with the component.
pub const GUEST_TOUR_COMPOSED: &str = env!("GUEST_TOUR_COMPOSED_WASM");

/// The guest `ceilings`, which does not import the component.
pub const GUEST_CEILINGS: &str = env!("GUEST_CEILINGS_WASM");

/// The guest `stream`, which imports the component.
pub const GUEST_STREAM: &str = env!("GUEST_STREAM_WASM");

/// The guest `stream` composed with the component: runs in any WASI host.
pub const GUEST_STREAM_COMPOSED: &str = env!("GUEST_STREAM_COMPOSED_WASM");

/// The bytes of the component.
pub const COMPONENT_BYTES: &[u8] = include_bytes!(env!("HTTPLIB_WASM"));
