//! CPython's side.

use serde_json::{Value, json};

use super::case::Step;
use super::deviations::Version;
use super::outcome::Fields;
use crate::peers::python::Python;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/differential/reference.py");

/// The process that runs `reference.py`.
pub(crate) struct Reference {
    python: Python,
    pub(crate) version: Version,
}

impl Reference {
    /// None, after a word about it, without a fitting Python.
    pub(crate) fn start() -> Option<Self> {
        let mut python = Python::start(SCRIPT)?;
        let version = serde_json::from_str(&python.answer()).unwrap();
        Some(Self { python, version })
    }

    /// Performs the steps on a connection of its own to this port.
    pub(crate) fn perform(&mut self, port: u16, steps: &[Step]) -> Vec<Fields> {
        let steps: Vec<Value> = steps.iter().map(Step::to_json).collect();
        self.python
            .ask(&json!({ "port": port, "steps": steps }).to_string());
        serde_json::from_str(&self.python.answer()).unwrap()
    }
}
