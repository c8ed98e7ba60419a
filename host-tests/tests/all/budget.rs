//! What one small request on a kept connection costs: instructions, as Wasmtime's
//! fuel, and calls to the host. Unlike times, both are the same in every run.

use std::thread;
use std::time::Duration;

use httplib_host_tests::{Connection, Host};

use crate::servers::{Scheme, ok};

/// The state of the allocator makes single requests differ by two hundredths.
const REQUESTS: u64 = 100;

/// The client is to be found waiting, as behind a network: an answer that is
/// there already saves calls, now and then.
const LATENCY: Duration = Duration::from_millis(5);

/// What one request costs on average.
#[derive(Debug)]
struct Cost {
    fuel: u64,
    calls: u64,
}

/// The baseline: the last component that was one crate (1 255 550 bytes).
const HTTP: Cost = Cost {
    fuel: 41_411,
    calls: 6,
};
/// The same one with TLS 1.3.
const HTTPS: Cost = Cost {
    fuel: 74_310,
    calls: 6,
};

#[test]
fn small_kept_get_over_http_costs_no_more_than_the_baseline() {
    costs_no_more(Scheme::Http, &HTTP);
}

#[test]
fn small_kept_get_over_https_costs_no_more_than_the_baseline() {
    costs_no_more(Scheme::Tls13, &HTTPS);
}

/// No more than a hundredth above the baseline.
fn costs_no_more(scheme: Scheme, baseline: &Cost) {
    let cost = measure(scheme);
    println!("{scheme:?}: {cost:?}, the baseline is {baseline:?}");
    for (now, before) in [(cost.fuel, baseline.fuel), (cost.calls, baseline.calls)] {
        assert!(now * 100 <= before * 101, "{cost:?}, not {baseline:?}");
    }
}

/// What a request costs after a first one that opens the connection.
fn measure(scheme: Scheme) -> Cost {
    // Each answer is one segment, and one TLS record.
    let server = scheme.server(|peer| {
        while peer.head()?.is_some() {
            thread::sleep(LATENCY);
            peer.send(ok("hello"))?;
        }
        Ok(())
    });
    let host = Host::builder().metered(true).build().unwrap();
    let connection = scheme.connection(&host, server.port());
    get(&connection);
    let (fuel, calls) = (host.fuel_used().unwrap(), host.calls_to_the_host());
    for _ in 0..REQUESTS {
        get(&connection);
    }
    assert_eq!(server.accepts(), 1);
    Cost {
        fuel: (host.fuel_used().unwrap() - fuel) / REQUESTS,
        calls: (host.calls_to_the_host() - calls).div_ceil(REQUESTS),
    }
}

fn get(connection: &Connection) {
    connection.request("GET", "/", None, &[]).unwrap();
    let response = connection.get_response().unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.read(None).unwrap(), b"hello");
}
