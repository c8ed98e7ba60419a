//! Each growth of the memory is refused in its turn.

use httplib_host_tests::{Host, Refusal, StreamBody};
use wasmtime_wasi::p2::pipe::MemoryInputPipe;

use super::body::{Reader, Reading, body};
use super::{PATIENCE, SCHEMES, connection, is_usable, unless_short};
use crate::bodies::MIB;
use crate::servers::{Scheme, Server, ok};
use crate::trials::{Trials, watched};

const LENGTH: usize = MIB;

/// An exchange asks for memory so often at most.
const MOST: u64 = 1000;

#[test]
fn growth_refused_once_loses_nothing() {
    each_growth_is_refused(Refusal::Nth);
}

#[test]
fn growth_refused_from_somewhere_on_loses_nothing() {
    each_growth_is_refused(Refusal::From);
}

fn each_growth_is_refused(refusal: fn(u64) -> Refusal) {
    let mut trials = Trials::default();
    for scheme in SCHEMES {
        let server = server(scheme);
        for reading in [Reading::Whole, Reading::Sized(300_000), Reading::Lines] {
            let mut passed = false;
            for nth in 1..MOST {
                let host = watched(PATIENCE).build().unwrap();
                // What the first call passes in has to have a place.
                drop(host.http("127.0.0.1", None).unwrap());
                host.refuse_growth(refusal(nth));
                trials.attempt(&format!("{scheme:?}, {reading:?}, growth {nth}"), || {
                    exchange(&host, scheme, server.port(), reading)?;
                    passed = host.growths() < nth;
                    host.refuse_growth(Refusal::Never);
                    is_usable(&host, scheme, server.port())
                });
                if passed {
                    break;
                }
            }
            assert!(passed || trials.failures() > 0);
        }
    }
    trials.finish();
}

/// A body each way, and many header lines.
fn exchange(host: &Host, scheme: Scheme, port: u16, reading: Reading) -> Result<(), String> {
    let Some(connection) = unless_short("https", connection(host, scheme, port))? else {
        return Ok(());
    };
    connection.set_max_response_headers(u32::MAX);
    let stream = StreamBody::new(MemoryInputPipe::new(&body()[..LENGTH])).of_length(LENGTH as u64);
    let sent = connection.request_stream("PUT", "/", stream, &[], false);
    if unless_short("request", sent)?.is_none() {
        return Ok(());
    }
    let Some(response) = unless_short("get-response", connection.get_response())? else {
        return Ok(());
    };
    Reader::new(&body()[..LENGTH]).read(&response, reading)
}

/// Sends the body back.
fn server(scheme: Scheme) -> Server {
    scheme.server(|peer| {
        peer.stop_recording();
        while let Some(request) = peer.head()? {
            if request.starts_with("GET ") {
                peer.send(ok("small"))?;
                continue;
            }
            let body = peer.bytes(LENGTH)?;
            let mut answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n".to_owned();
            for index in 0..1000 {
                answer.push_str(&format!("X-{index}: {index:0100}\r\n"));
            }
            peer.send(answer + "\r\n")?;
            for chunk in body.chunks(100_000) {
                peer.send(format!("{:x}\r\n", chunk.len()))?;
                peer.send(chunk)?;
                peer.send("\r\n")?;
            }
            peer.send("0\r\n\r\n")?;
        }
        Ok(())
    })
}
