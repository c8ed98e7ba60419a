//! Figures, and how they are printed.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

/// The same figure of each round. Printed as the median, with the least and the
/// most behind it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Figures(Vec<f64>);

impl Figures {
    pub(crate) fn push(&mut self, figure: f64) {
        self.0.push(figure);
    }

    /// One of each round, from those of two others.
    pub(crate) fn with(&self, other: &Self, combine: impl Fn(f64, f64) -> f64) -> Self {
        let pairs = self.0.iter().zip(&other.0);
        Self(pairs.map(|(&one, &other)| combine(one, other)).collect())
    }

    /// The figures of the rounds divided by those of another row.
    pub(crate) fn over(&self, other: &Self) -> Self {
        self.with(other, |one, other| one / other)
    }
}

impl Display for Figures {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let (Some(least), Some(most)) = (sorted.first(), sorted.last()) else {
            return formatter.write_str("-");
        };
        let digits = formatter.precision().unwrap_or(0);
        let median = sorted[sorted.len() / 2];
        write!(
            formatter,
            "{median:.digits$} ({least:.digits$}–{most:.digits$})"
        )
    }
}

/// Millions of bytes in a second.
pub(crate) fn rate(bytes: u64, processor: Duration) -> f64 {
    bytes as f64 / 1e6 / processor.as_secs_f64()
}

/// Microseconds for each of so many connections.
pub(crate) fn each(processor: Duration, connections: usize) -> f64 {
    processor.as_secs_f64() * 1e6 / connections as f64
}

/// The head of a table in Markdown: the names of its columns.
pub(crate) fn head(columns: &[&str]) -> String {
    let cells: Vec<String> = columns.iter().map(|&name| name.to_owned()).collect();
    format!("{}|{}\n", row(&cells), "---|".repeat(columns.len()))
}

/// A line of a table in Markdown.
pub(crate) fn row(cells: &[String]) -> String {
    format!("| {} |\n", cells.join(" | "))
}
