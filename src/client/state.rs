//! The three states of a connection, and which call is legal in which.
//!
//! Whether an earlier response is still unread is not a state of its own: it
//! only decides whether `get-response` is legal.

use crate::error::{Call, Result};

/// Where a connection is in its current request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// No request is under way.
    #[default]
    Idle,
    /// `put-request` was called.
    Started,
    /// `end-headers` was called and no response was got.
    Sent,
}

impl State {
    /// The name that the reference gives the state in its errors.
    pub fn name(self) -> &'static str {
        match self {
            Self::Idle => "Idle",
            Self::Started => "Request-started",
            Self::Sent => "Request-sent",
        }
    }

    /// `put-request`.
    ///
    /// # Errors
    /// `cannot-send-request` unless idle.
    pub fn start(&mut self) -> Result<()> {
        match self {
            Self::Idle => {
                *self = Self::Started;
                Ok(())
            }
            other => Err(Call::CannotSendRequest(other.name()).into()),
        }
    }

    /// `put-header`.
    ///
    /// # Errors
    /// `cannot-send-header` unless started.
    pub fn check_header(self) -> Result<()> {
        match self {
            Self::Started => Ok(()),
            _ => Err(Call::CannotSendHeader.into()),
        }
    }

    /// `end-headers`.
    ///
    /// # Errors
    /// `cannot-send-header` unless started.
    pub fn end_headers(&mut self) -> Result<()> {
        self.check_header()?;
        *self = Self::Sent;
        Ok(())
    }

    /// `get-response`, before anything is received.
    ///
    /// # Errors
    /// `response-not-ready` unless sent with no earlier response unread.
    pub fn check_response(self, earlier_unread: bool) -> Result<()> {
        if self == Self::Sent && !earlier_unread {
            Ok(())
        } else {
            Err(Call::ResponseNotReady(self.name()).into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Cause, Error};

    fn call(error: &Error) -> &Call {
        match error.cause() {
            Cause::Call(call) => call,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_request_passes_through_the_states() {
        let mut state = State::default();
        state.start().unwrap();
        state.check_header().unwrap();
        state.end_headers().unwrap();
        state.check_response(false).unwrap();
    }

    #[test]
    fn wrong_calls_name_the_state() {
        for mut state in [State::Started, State::Sent] {
            let error = state.start().unwrap_err();
            assert_eq!(*call(&error), Call::CannotSendRequest(state.name()));
        }
        for mut state in [State::Idle, State::Sent] {
            let error = state.check_header().unwrap_err();
            assert_eq!(*call(&error), Call::CannotSendHeader);
            let error = state.end_headers().unwrap_err();
            assert_eq!(*call(&error), Call::CannotSendHeader);
        }
        for (state, unread) in [
            (State::Idle, false),
            (State::Started, false),
            (State::Sent, true),
        ] {
            let error = state.check_response(unread).unwrap_err();
            assert_eq!(*call(&error), Call::ResponseNotReady(state.name()));
        }
    }
}
