//! The receiving half of an exchange: one table of transitions.

/// Where the receiving of a response is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Receiving {
    /// Before the first byte, or between heads.
    #[default]
    Head,
    /// After the final head, in a body.
    Body,
    /// A raw byte stream.
    Raw,
    /// The response is complete.
    Done,
    /// It never will be.
    Broken(Break),
}

/// What broke a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    /// The peer ended the connection before the first byte.
    Disconnected,
    /// The peer ended the connection before the end.
    Cut,
    /// Reading failed.
    Lost,
    /// A head or a line cannot be understood, or passed a limit.
    Malformed,
    /// The chunked coding cannot be understood.
    Coding,
    /// The rest was given up.
    Unread,
}

/// What happens to a receiving half.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The final head came, and a body follows it.
    HeadWithBody,
    /// The final head came, and nothing follows it.
    HeadAlone,
    /// The head came after which the connection is a raw byte stream.
    HeadOfRaw,
    /// The body, or the raw stream, has ended as it should.
    End,
    /// Something broke.
    Broke(Break),
}

impl Receiving {
    /// The state after this event. What is not in the table changes nothing: what
    /// rests stays as it is.
    #[must_use]
    pub fn after(self, event: Event) -> Self {
        use Event as E;
        match (self, event) {
            (Self::Head, E::HeadWithBody) => Self::Body,
            (Self::Head, E::HeadAlone) => Self::Done,
            (Self::Head, E::HeadOfRaw) => Self::Raw,
            (Self::Body | Self::Raw, E::End) => Self::Done,
            (Self::Head | Self::Body | Self::Raw, E::Broke(what)) => Self::Broken(what),
            _ => self,
        }
    }

    /// Whether nothing more is received.
    #[must_use]
    pub fn rests(self) -> bool {
        matches!(self, Self::Done | Self::Broken(_))
    }
}

#[cfg(test)]
mod tests {
    use super::{Break, Event as E, Receiving as R};

    #[test]
    fn states_follow_the_table() {
        let lost = E::Broke(Break::Lost);
        let rows: &[(&[E], R)] = &[
            (&[], R::Head),
            (&[E::End], R::Head),
            (&[E::HeadWithBody], R::Body),
            (&[E::HeadWithBody, E::End, lost], R::Done),
            (&[E::HeadWithBody, lost, E::End], R::Broken(Break::Lost)),
            (&[E::HeadAlone, lost], R::Done),
            (&[E::HeadOfRaw, E::End], R::Done),
            (&[lost, E::HeadAlone], R::Broken(Break::Lost)),
        ];
        for (events, expected) in rows {
            let end = events
                .iter()
                .fold(R::default(), |state, event| state.after(*event));
            assert_eq!(end, *expected, "{events:?}");
        }
    }
}
