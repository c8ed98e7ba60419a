//! How a test and a server wait for each other.

use std::sync::{Arc, Condvar, Mutex};

use super::PATIENCE;

/// Opened once by one side, waited for by the other.
#[derive(Clone, Default)]
pub(crate) struct Gate(Arc<(Mutex<bool>, Condvar)>);

impl Gate {
    pub(crate) fn open(&self) {
        let (is_open, changed) = &*self.0;
        *is_open.lock().unwrap() = true;
        changed.notify_all();
    }

    pub(crate) fn is_open(&self) -> bool {
        *self.0.0.lock().unwrap()
    }

    pub(crate) fn wait(&self) {
        let (is_open, changed) = &*self.0;
        let is_open = is_open.lock().unwrap();
        let (is_open, _) = changed
            .wait_timeout_while(is_open, PATIENCE, |is_open| !*is_open)
            .unwrap();
        assert!(*is_open, "nobody opened the gate");
    }
}
