//! The interface `status`.

use crate::Host;
use crate::engine::status_functions;

/// The functions that do not stand for a status code.
const OTHERS: [&str; 4] = ["http-port", "https-port", "phrase", "responses"];

/// What the functions begin with that tell the class of a code.
const CLASS: &str = "is-";

impl Host {
    /// `http-port`.
    #[must_use]
    pub fn http_port(&self) -> u16 {
        self.status("http-port", ())
    }

    /// `https-port`.
    #[must_use]
    pub fn https_port(&self) -> u16 {
        self.status("https-port", ())
    }

    /// `phrase`.
    #[must_use]
    pub fn phrase(&self, code: u16) -> Option<String> {
        self.status("phrase", (code,))
    }

    /// `responses`: all codes with their phrases.
    #[must_use]
    pub fn responses(&self) -> Vec<(u16, String)> {
        self.status("responses", ())
    }

    /// Whether a code is of a class: `informational`, `success`, `redirection`,
    /// `client-error` or `server-error`.
    #[must_use]
    pub fn is_of_class(&self, class: &str, code: u16) -> bool {
        self.status(&format!("{CLASS}{class}"), (code,))
    }

    /// A function that stands for a status code, by its name in the contract,
    /// for example `not-found`.
    #[must_use]
    pub fn status_constant(&self, name: &str) -> u16 {
        self.status(name, ())
    }

    /// All the functions that stand for a status code, with what they return.
    #[must_use]
    pub fn status_constants(&self) -> Vec<(String, u16)> {
        let names = status_functions().unwrap_or_default();
        names
            .into_iter()
            .filter(|name| !OTHERS.contains(&name.as_str()) && !name.starts_with(CLASS))
            .map(|name| (name.clone(), self.status_constant(&name)))
            .collect()
    }
}
