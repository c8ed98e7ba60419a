//! The progress bar.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Shorter transfers show nothing.
const PATIENCE: Duration = Duration::from_secs(1);

const WITH_LENGTH: &str = "{prefix} [{wide_bar}] {bytes} of {total_bytes}, {bytes_per_sec}, {eta}";
const WITHOUT_LENGTH: &str = "{prefix} {spinner} {bytes}, {bytes_per_sec}, {elapsed}";

/// A bar on the standard error that appears when a transfer takes its time, and
/// leaves no trace.
pub(crate) struct Progress {
    enabled: bool,
    what: &'static str,
    total: Option<u64>,
    done: u64,
    begin: Instant,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// `quiet`: the bar would be in the way, for example of the output itself.
    pub(crate) fn new(what: &'static str, total: Option<u64>, quiet: bool) -> Self {
        let enabled = !quiet && std::io::stderr().is_terminal();
        Self {
            enabled,
            what,
            total,
            done: 0,
            begin: Instant::now(),
            bar: None,
        }
    }

    /// So many bytes more are done.
    pub(crate) fn advance(&mut self, bytes: usize) {
        self.done += bytes as u64;
        if !self.enabled {
            return;
        }
        if self.bar.is_none() && self.begin.elapsed() > PATIENCE {
            self.bar = Some(self.show());
        }
        if let Some(bar) = &self.bar {
            bar.set_position(self.done);
        }
    }

    /// How many bytes are done.
    pub(crate) fn done(&self) -> u64 {
        self.done
    }

    fn show(&self) -> ProgressBar {
        let (bar, template) = match self.total {
            Some(total) => (ProgressBar::new(total), WITH_LENGTH),
            None => (ProgressBar::new_spinner(), WITHOUT_LENGTH),
        };
        bar.set_draw_target(ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.with_prefix(self.what)
            .with_elapsed(self.begin.elapsed())
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
