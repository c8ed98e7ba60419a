//! The exported resources: the only module that names the exported bindings.
//! Each method converts its arguments, calls the core, and converts the result.

mod call;
mod client;
mod convert;
mod error;
mod message;
mod response;
mod status;
mod streaming;
mod tls;

mod bindings {
    #![allow(missing_docs, unreachable_pub, clippy::pedantic)]
    wit_bindgen::generate!({
        path: ["../../wit", "../../wit/streaming"],
        world: "httplib:streaming/httplib-streaming",
        with: {
            "wasi:io/error@0.2.6": wasi::io::error,
            "wasi:io/poll@0.2.6": wasi::io::poll,
            "wasi:io/streams@0.2.6": wasi::io::streams,
        },
        std_feature,
    });
}

use crate::platform::{Single, Wasi};
use alloc::rc::Rc;
use httplib_client::Instance;

struct Component;

bindings::export!(Component with_types_in bindings);

/// The network and the connections of this instance.
fn instance() -> &'static Rc<Instance<Wasi>> {
    static INSTANCE: Single<Rc<Instance<Wasi>>> = Single::new();
    INSTANCE.get_or_init(|| Rc::new(Instance::new(Wasi::default())))
}
