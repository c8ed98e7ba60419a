//! Where the request goes.

use std::path::Path;

use url::Url;

use super::failure::Failure;

/// A URL, taken apart.
pub(crate) struct Target {
    pub(crate) https: bool,
    /// As in the URL: IPv6 addresses in brackets.
    pub(crate) host: String,
    /// Absent: the default one of the scheme.
    pub(crate) port: Option<u16>,
    /// What the request line gets: path and query.
    pub(crate) path: String,
}

impl Target {
    /// Takes a URL apart; `http://` may be left out. A path that ends with a
    /// slash gets the name of the file that is `uploaded`.
    pub(crate) fn parse(text: &str, uploaded: Option<&Path>) -> Result<Self, Failure> {
        let bad = |why: &str| Failure::new(Failure::BAD_URL, format!("bad URL {text:?}: {why}"));
        let full = match text.contains("://") {
            true => text.to_owned(),
            false => format!("http://{text}"),
        };
        let mut url = Url::parse(&full).map_err(|error| bad(&error.to_string()))?;
        let https = match url.scheme() {
            "http" => false,
            "https" => true,
            other => {
                let message = format!("cannot fetch {other}: URLs, only http: and https:");
                return Err(Failure::new(Failure::UNSUPPORTED_SCHEME, message));
            }
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(bad(
                "a name or password is not sent; use -H 'Authorization: …'",
            ));
        }
        if let Some(name) = uploaded
            .and_then(Path::file_name)
            .and_then(|name| name.to_str())
            && url.path().ends_with('/')
            && let Ok(mut segments) = url.path_segments_mut()
        {
            segments.pop_if_empty().push(name);
        }
        let host = url
            .host_str()
            .ok_or_else(|| bad("there is no host"))?
            .to_owned();
        let mut path = url.path().to_owned();
        if let Some(query) = url.query() {
            path.push('?');
            path.push_str(query);
        }
        Ok(Self {
            https,
            host,
            port: url.port(),
            path,
        })
    }

    /// For a person: the host, and the port unless it is the usual one.
    pub(crate) fn name(&self) -> String {
        match self.port {
            Some(port) => format!("{}:{port}", self.host),
            None => self.host.clone(),
        }
    }
}
