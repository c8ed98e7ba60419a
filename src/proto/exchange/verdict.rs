//! Whether a connection can be used again after an exchange: the only place that
//! decides (RFC 9112, sections 6.3, 9.3 and 9.6).

use super::receiving::{Break, Receiving};
use super::sending::Sending;
use crate::framing::{Framing, Traits};
use crate::headers::Headers;
use crate::response::{Head, Version};

/// The end of an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The connection takes another request.
    Keep,
    /// It does not.
    Close(Close),
}

/// Why a connection is not used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Close {
    /// It has become a raw byte stream.
    Switched,
    /// The response, or its coding, cannot be understood.
    Broken,
    /// The peer ended it, or it was lost, before the end of the response.
    Cut,
    /// The response was given up before its end.
    Unread,
    /// The body ends with the connection.
    UntilClose,
    /// The response or the request says `close`.
    AskedFor,
    /// The server speaks a version below 1.1 and does not say that it keeps it.
    Version,
    /// The response is chunked and has a length, or is chunked in HTTP/1.0.
    BothFramings,
    /// The request's body was not sent after a final answer.
    BodyWithheld,
    /// The request was not sent as it was announced.
    BodyUnfinished,
    /// Bytes were sent that belong to no request.
    Stray,
    /// The server sent more than its response.
    Surplus,
}

impl Close {
    /// The name that the contract gives the reason.
    pub fn name(self) -> &'static str {
        match self {
            Self::Switched => "switched",
            Self::Broken => "broken",
            Self::Cut => "cut",
            Self::Unread => "unread",
            Self::UntilClose => "until-close",
            Self::AskedFor => "asked-for",
            Self::Version => "version",
            Self::BothFramings => "both-framings",
            Self::BodyWithheld => "body-withheld",
            Self::BodyUnfinished => "body-unfinished",
            Self::Stray => "stray",
            Self::Surplus => "surplus",
        }
    }

    /// What is known of it at the head of the response already.
    pub(super) fn at_head(
        head: &Head,
        request: &Traits,
        framing: Framing,
        raw: bool,
    ) -> Option<Self> {
        let headers = &head.headers;
        let chunked = framing == Framing::Chunked;
        let has_length = || headers.get_all(b"content-length").next().is_some();
        Some(if raw {
            Self::Switched
        } else if framing == Framing::UntilClose {
            Self::UntilClose
        } else if request.close || says_close(headers) {
            Self::AskedFor
        } else if head.version < Version::Http11 && !says_keep_alive(head) {
            Self::Version
        } else if chunked && (head.version < Version::Http11 || has_length()) {
            // Neither may be trusted afterwards (RFC 9112, 6.1 and 6.3).
            Self::BothFramings
        } else {
            return None;
        })
    }

    /// What the halves say, as far as they rest.
    pub(super) fn of_receiving(receiving: Receiving) -> Option<Self> {
        match receiving {
            Receiving::Done => None,
            Receiving::Broken(Break::Malformed | Break::Coding) => Some(Self::Broken),
            Receiving::Broken(Break::Cut | Break::Lost | Break::Disconnected) => Some(Self::Cut),
            _ => Some(Self::Unread),
        }
    }

    pub(super) fn of_sending(sending: Sending) -> Option<Self> {
        match sending {
            Sending::Done => None,
            Sending::Withheld | Sending::Held(_) => Some(Self::BodyWithheld),
            Sending::Stray => Some(Self::Stray),
            Sending::Raw | Sending::Shut => Some(Self::Switched),
            Sending::Body(_) | Sending::Over | Sending::Short | Sending::Failed(_) => {
                Some(Self::BodyUnfinished)
            }
        }
    }
}

/// A substring is enough, as in the reference: the safe side.
fn says_close(headers: &Headers) -> bool {
    let part = b"close";
    headers.get_all(b"connection").any(|value| {
        let mut windows = value.windows(part.len());
        windows.any(|window| window.eq_ignore_ascii_case(part))
    })
}

/// In HTTP/1.0, which knows it by custom alone; HTTP/0.9 has no way to say it.
fn says_keep_alive(head: &Head) -> bool {
    let headers = &head.headers;
    let mut keep_alive = headers.get_all(b"keep-alive");
    let has_token = |name| {
        let mut elements = headers.elements(name);
        elements.any(|element| element.eq_ignore_ascii_case(b"keep-alive"))
    };
    head.version == Version::Http10
        && (keep_alive.any(|value| !value.is_empty())
            || has_token(b"connection")
            || has_token(b"proxy-connection"))
}
