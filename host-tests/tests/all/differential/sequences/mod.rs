//! Sequences of calls.

use super::case::{Act, Case, Content, Step};

mod bodies;
mod heads;
mod orders;
mod reading;
mod reuse;

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = orders::all();
    cases.extend(heads::all());
    cases.extend(bodies::all());
    cases.extend(reading::all());
    cases.extend(reuse::all());
    cases
}

/// A case whose every request gets the usual answer.
fn case(name: impl AsRef<str>, steps: Vec<Step>) -> Case {
    served(name, Vec::new(), steps)
}

/// A case whose first connections are served in these ways.
fn served(name: impl AsRef<str>, server: Vec<Vec<Act>>, steps: Vec<Step>) -> Case {
    Case {
        name: format!("sequence/{}", name.as_ref()),
        steps,
        server,
    }
}

/// Answers requests without bodies, one after the other.
fn answers(responses: &[&str]) -> Vec<Act> {
    responses
        .iter()
        .flat_map(|response| [Act::Head, Act::send(response)])
        .collect()
}

fn bytes(text: &str) -> Option<Content> {
    Some(Content::Bytes(text.into()))
}

fn chunks(items: &[&str]) -> Option<Content> {
    let items = items.iter().map(|&item| item.into()).collect();
    Some(Content::Chunks(items))
}
