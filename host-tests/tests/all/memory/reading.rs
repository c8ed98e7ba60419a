//! A body that is larger than the memory arrives, in pieces if need be.

use super::body::{FRAMINGS, Reader, Reading, body, server};
use super::{LIMITS, SCHEMES, connection, full, limited};
use crate::bodies::MIB;
use crate::servers::Scheme;
use crate::trials::Trials;

const READINGS: [Reading; 8] = [
    Reading::Whole,
    Reading::Sized(1000),
    Reading::Sized(64 * 1024),
    Reading::Sized(3 * MIB as u64),
    Reading::Sized(40 * MIB as u64),
    Reading::OneReceive,
    Reading::Line,
    Reading::Lines,
];

#[test]
fn body_beyond_the_memory_is_read_to_its_last_byte() {
    let mut trials = Trials::default();
    for scheme in SCHEMES {
        let server = server(scheme);
        let mut turn = 0;
        for limit in LIMITS {
            for reading in READINGS {
                for (index, framing) in FRAMINGS.iter().enumerate() {
                    if scheme != Scheme::Http && turn % FRAMINGS.len() != index && !full() {
                        continue;
                    }
                    let name = format!("{scheme:?}, {} MiB, {framing}, {reading:?}", limit / MIB);
                    trials.attempt(&name, || {
                        let host = limited(limit);
                        let connection = connection(&host, scheme, server.port())
                            .map_err(|error| error.to_string())?;
                        connection
                            .request("GET", &format!("/{framing}"), None, &[])
                            .map_err(|error| format!("request: {error}"))?;
                        let response = connection
                            .get_response()
                            .map_err(|error| format!("get-response: {error}"))?;
                        Reader::new(body()).read(&response, reading)
                    });
                }
                turn += 1;
            }
        }
    }
    trials.finish();
}
