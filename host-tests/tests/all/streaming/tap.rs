//! A stream that gives what a test pours into it, when the test does so.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};

use bytes::Bytes;
use wasmtime_wasi::async_trait;
use wasmtime_wasi::p2::{InputStream, Pollable, StreamError, StreamResult};

/// The test's end.
#[derive(Clone, Default)]
pub(crate) struct Tap(Arc<Mutex<State>>);

/// The component's end.
pub(crate) struct TapStream(Tap);

#[derive(Default)]
struct State {
    bytes: VecDeque<u8>,
    end: Option<End>,
    waker: Option<Waker>,
    is_dropped: bool,
}

#[derive(Clone, Copy)]
enum End {
    Closed,
    Failed,
}

impl Tap {
    /// One that has these bytes, and no more for now.
    pub(crate) fn with(bytes: &[u8]) -> Self {
        let tap = Self::default();
        tap.pour(bytes);
        tap
    }

    /// What the component gets.
    pub(crate) fn stream(&self) -> TapStream {
        TapStream(self.clone())
    }

    pub(crate) fn pour(&self, bytes: &[u8]) {
        self.change(|state| state.bytes.extend(bytes));
    }

    pub(crate) fn close(&self) {
        self.change(|state| state.end = Some(End::Closed));
    }

    pub(crate) fn fail(&self) {
        self.change(|state| state.end = Some(End::Failed));
    }

    /// How many bytes nobody has taken.
    pub(crate) fn left(&self) -> usize {
        self.0.lock().unwrap().bytes.len()
    }

    pub(crate) fn is_dropped(&self) -> bool {
        self.0.lock().unwrap().is_dropped
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.0.lock().unwrap();
        change(&mut state);
        if let Some(waker) = state.waker.take() {
            waker.wake();
        }
    }
}

impl InputStream for TapStream {
    fn read(&mut self, size: usize) -> StreamResult<Bytes> {
        let mut state = self.0.0.lock().unwrap();
        let count = size.min(state.bytes.len());
        match state.end {
            Some(End::Closed) if count == 0 && size > 0 => Err(StreamError::Closed),
            Some(End::Failed) if count == 0 && size > 0 => {
                let error = wasmtime::Error::msg("the disk is on fire");
                Err(StreamError::LastOperationFailed(error))
            }
            _ => Ok(state.bytes.drain(..count).collect::<Vec<u8>>().into()),
        }
    }
}

#[async_trait]
impl Pollable for TapStream {
    async fn ready(&mut self) {
        poll_fn(|context| {
            let mut state = self.0.0.lock().unwrap();
            if state.end.is_some() || !state.bytes.is_empty() {
                return Poll::Ready(());
            }
            state.waker = Some(context.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

impl Drop for TapStream {
    fn drop(&mut self) {
        self.0.change(|state| state.is_dropped = true);
    }
}
