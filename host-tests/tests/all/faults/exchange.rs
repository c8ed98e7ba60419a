//! One exchange, whose bytes are compared.

use std::time::{Duration, Instant};

use httplib_host_tests::{Connection, ErrorKind, Host, HttpError, Response};

use super::scenario::Stage;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Mode {
    Blocking,
    /// With `select` between the calls.
    NonBlocking,
}

pub(super) enum Outcome {
    Whole,
    Failed(Box<HttpError>),
    /// The time is over, and no call has said so.
    Late,
}

/// Makes the exchange of a scenario. What is wrong whatever happens is an error.
pub(super) fn run(
    stage: &Stage,
    host: &Host,
    connection: &Connection,
    mode: Mode,
    limit: Duration,
) -> Result<Outcome, String> {
    connection.set_timeout((mode == Mode::NonBlocking).then_some(Duration::ZERO));
    connection.set_total_timeout(Some(limit));
    let driver = Driver {
        host,
        end: Instant::now() + limit,
    };
    let mut body = Vec::new();
    let outcome = driver.exchange(stage, connection, &mut body);
    if !stage.body.starts_with(&body) {
        return Err(format!("another body, of {} bytes", body.len()));
    }
    match outcome {
        Ok(()) if body.len() < stage.body.len() => Err(format!("only {} bytes", body.len())),
        Ok(()) => Ok(Outcome::Whole),
        Err(Some(error)) => Ok(Outcome::Failed(Box::new(error))),
        Err(None) => Ok(Outcome::Late),
    }
}

struct Driver<'a> {
    host: &'a Host,
    end: Instant,
}

/// None if the time is over.
type Driven<T> = Result<T, Option<HttpError>>;

impl Driver<'_> {
    fn exchange(&self, stage: &Stage, connection: &Connection, body: &mut Vec<u8>) -> Driven<()> {
        let number = || connection.fileno();
        match stage.request(connection) {
            Err(error) if error.kind == ErrorKind::WouldBlock => {
                self.ready(number)?;
                self.drive(number, || connection.flush())?;
            }
            sent => sent.map_err(Some)?,
        }
        let response: Response = self.drive(number, || connection.get_response())?;
        let number = || response.fileno();
        loop {
            let read = self.drive(number, || response.read(Some(7000)));
            match read {
                Ok(piece) if piece.is_empty() => return Ok(()),
                Ok(piece) => body.extend(piece),
                Err(Some(error)) => {
                    body.extend(error.partial.as_deref().unwrap_or_default());
                    return Err(Some(error));
                }
                Err(None) => return Err(None),
            }
        }
    }

    fn drive<T>(
        &self,
        number: impl Fn() -> Result<u64, HttpError>,
        mut call: impl FnMut() -> Result<T, HttpError>,
    ) -> Driven<T> {
        loop {
            match call() {
                Err(error) if error.kind == ErrorKind::WouldBlock => self.ready(&number)?,
                outcome => return outcome.map_err(Some),
            }
        }
    }

    fn ready(&self, number: impl Fn() -> Result<u64, HttpError>) -> Driven<()> {
        let left = self.end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(None);
        }
        let number = number().map_err(Some)?;
        self.host
            .select(&[number], &[], Some(left))
            .map(drop)
            .map_err(Some)
    }
}
