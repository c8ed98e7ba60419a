//! Heads that are larger than the memory.

use httplib_host_tests::Response;

use super::{LIMITS, SCHEMES, connection, is_usable, limited, unless_short};
use crate::bodies::MIB;
use crate::servers::{Scheme, Server, ok};
use crate::trials::Trials;

const LINES: usize = 20_000;

/// As many as the default limits allow, and as large.
const INTERIM: usize = 99;
const INTERIM_LINES: usize = 4;
const INTERIM_LINE: usize = 65_000;

#[test]
fn twenty_thousand_header_lines_arrive_or_are_a_memory_error() {
    for value in [10, 200] {
        heads_arrive(&many_lines(value), |response| {
            let headers = response.get_headers();
            let expected = (0..LINES).map(|index| line(index, value));
            match headers.into_iter().skip(1).eq(expected) {
                true => Ok(()),
                false => Err("other headers".to_owned()),
            }
        });
    }
}

#[test]
fn largest_interim_responses_arrive_or_are_a_memory_error() {
    heads_arrive(&interim_heads(), |response| {
        let interim = response.interim_responses();
        let is_whole = |headers: &Vec<(String, String)>| {
            headers.len() == INTERIM_LINES
                && headers
                    .iter()
                    .all(|(_, value)| value.len() == INTERIM_LINE && value.ends_with("xx"))
        };
        match interim.len() == INTERIM && interim.iter().all(|(_, _, headers)| is_whole(headers)) {
            true => Ok(()),
            false => Err("other interim responses".to_owned()),
        }
    });
}

fn heads_arrive(head: &str, is_right: impl Fn(&Response) -> Result<(), String>) {
    let mut trials = Trials::default();
    for scheme in SCHEMES {
        let server = server(scheme, head);
        for limit in LIMITS {
            trials.attempt(&format!("{scheme:?}, {} MiB", limit / MIB), || {
                let host = limited(limit);
                let connection =
                    connection(&host, scheme, server.port()).map_err(|error| error.to_string())?;
                connection.set_max_response_headers(u32::MAX);
                connection.set_max_head(u32::MAX);
                connection
                    .request("GET", "/head", None, &[])
                    .map_err(|error| format!("request: {error}"))?;
                match unless_short("get-response", connection.get_response())? {
                    Some(response) => is_right(&response)?,
                    None => connection.close(),
                }
                drop(connection);
                is_usable(&host, scheme, server.port())
            });
        }
    }
    trials.finish();
}

fn server(scheme: Scheme, head: &str) -> Server {
    let head = head.to_owned();
    scheme.server(move |peer| {
        while let Some(request) = peer.head()? {
            match request.starts_with("GET /head ") {
                true => peer.send(&head)?,
                false => peer.send(ok("small"))?,
            }
        }
        Ok(())
    })
}

fn line(index: usize, value: usize) -> (String, String) {
    (format!("X-{index}"), format!("{index:0value$}"))
}

fn many_lines(value: usize) -> String {
    let mut head = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n".to_owned();
    for index in 0..LINES {
        let (name, value) = line(index, value);
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head + "\r\n"
}

fn interim_heads() -> String {
    let line = format!("X: {}\r\n", "x".repeat(INTERIM_LINE));
    let head = format!(
        "HTTP/1.1 103 Early Hints\r\n{}\r\n",
        line.repeat(INTERIM_LINES)
    );
    head.repeat(INTERIM) + &ok("small")
}
