//! A call of the contract that can fail: a section of its own, for what it allocates
//! beside what a peer or a caller sizes.

use super::bindings::exports::httplib::http::client as wit;
use httplib_client::error::Error;
use httplib_proto::memory::{self, HEADROOM};

/// The result of a function of the contract.
pub(super) type Result<T> = core::result::Result<T, wit::Error>;

/// Runs a call behind a reserve: without it the call is not begun.
pub(super) fn call<T, E: Into<Error>>(
    call: impl FnOnce() -> core::result::Result<T, E>,
) -> Result<T> {
    let result = match memory::section(HEADROOM, call) {
        Ok(result) => result.map_err(Into::into),
        Err(short) => Err(short.into()),
    };
    Ok(result?)
}
