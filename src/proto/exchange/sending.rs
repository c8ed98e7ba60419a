//! The sending half of an exchange: one table of transitions.

/// Where the sending of a request is, from the end of its head on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sending {
    /// The body waits for a 100 (Continue) (RFC 9110, section 10.1.1).
    Held(Coding),
    /// The body is on its way.
    Body(Coding),
    /// All that was announced was sent.
    Done,
    /// More was sent than was announced.
    Over,
    /// The body ended before what was announced.
    Short,
    /// A final answer came before the body was asked for, so it stays here.
    Withheld,
    /// Bytes that no request announced were sent before it.
    Stray,
    /// It cannot be completed any more.
    Failed(Blame),
    /// A raw byte stream.
    Raw,
    /// This side of the raw stream has ended.
    Shut,
}

/// How the server finds the end of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// After so many more bytes.
    Length(u64),
    /// By the chunks that are made here.
    Chunks,
    /// By a coding that the caller has applied.
    Own,
}

/// Who broke it off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blame {
    /// The stream that the body comes from.
    Source,
    /// The peer, or the network.
    Peer,
}

/// What happens to a sending half.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// So many bytes of a body are sent, at least one.
    Piece(u64),
    /// The body has ended.
    End,
    /// 100 (Continue) came, its time is over, or the caller sends all the same.
    Go,
    /// The head of the final response came, or something that is none.
    FinalHead,
    /// The stream of the body failed, or was shorter than was said.
    SourceFailed,
    /// Writing failed.
    WriteBroke,
    /// The connection becomes a raw byte stream.
    Switch,
    /// This side ends the raw stream.
    Shutdown,
}

impl Sending {
    /// The state after this event. What is not in the table changes nothing.
    #[must_use]
    pub fn after(self, event: Event) -> Self {
        use Coding::{Chunks, Length, Own};
        use Event as E;
        match (self, event) {
            (Self::Held(coding), E::Go) => Self::Body(coding),
            (Self::Held(_), E::FinalHead) => Self::Withheld,
            (Self::Body(Length(left)), E::Piece(n)) if n < left => Self::Body(Length(left - n)),
            (Self::Body(Length(left)), E::Piece(n)) if n == left => Self::Done,
            (Self::Body(Length(_)) | Self::Done, E::Piece(_)) => Self::Over,
            (Self::Body(Length(_)), E::End) => Self::Short,
            (Self::Body(Chunks | Own), E::End) | (Self::Body(Own), E::FinalHead) => Self::Done,
            (Self::Body(_) | Self::Held(_), E::SourceFailed) => Self::Failed(Blame::Source),
            (Self::Failed(_) | Self::Shut, E::WriteBroke) => self,
            (_, E::WriteBroke) => Self::Failed(Blame::Peer),
            (Self::Done, E::Switch) => Self::Raw,
            (Self::Raw, E::Shutdown) => Self::Shut,
            _ => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Coding::{Chunks, Length, Own};
    use super::{Blame, Event as E, Sending as S};

    /// Each state at the end of these events, one a line of the table.
    #[test]
    fn states_follow_the_table() {
        let rows: &[(S, &[E], S)] = &[
            (
                S::Body(Length(5)),
                &[E::Piece(2), E::Piece(2)],
                S::Body(Length(1)),
            ),
            (S::Body(Length(5)), &[E::Piece(5), E::End], S::Done),
            (S::Body(Length(5)), &[E::Piece(6)], S::Over),
            (S::Body(Length(5)), &[E::Piece(4), E::End], S::Short),
            (S::Body(Length(5)), &[E::FinalHead], S::Body(Length(5))),
            (S::Done, &[E::End, E::Piece(1)], S::Over),
            (S::Body(Chunks), &[E::Piece(9), E::End], S::Done),
            (S::Body(Chunks), &[E::FinalHead], S::Body(Chunks)),
            (S::Body(Own), &[E::Piece(9), E::FinalHead], S::Done),
            (S::Held(Length(5)), &[E::Go], S::Body(Length(5))),
            (
                S::Held(Chunks),
                &[E::FinalHead, E::Go, E::Piece(1)],
                S::Withheld,
            ),
            (
                S::Body(Chunks),
                &[E::SourceFailed, E::WriteBroke, E::End],
                S::Failed(Blame::Source),
            ),
            (S::Done, &[E::WriteBroke], S::Failed(Blame::Peer)),
            (S::Body(Length(1)), &[E::Switch], S::Body(Length(1))),
            (S::Done, &[E::Switch, E::Piece(7), E::End], S::Raw),
            (S::Raw, &[E::Shutdown, E::WriteBroke], S::Shut),
            (S::Stray, &[E::Piece(1), E::End, E::FinalHead], S::Stray),
        ];
        for (start, events, expected) in rows {
            let end = events
                .iter()
                .fold(*start, |state, event| state.after(*event));
            assert_eq!(end, *expected, "{start:?} {events:?}");
        }
    }
}
