//! Guests, composed with the component, under the real `wasmtime`.

use httplib_host_tests::ExampleServer;
use httplib_host_tests::artifacts::{GUEST_EXAMPLES_COMPOSED, GUEST_FETCH_COMPOSED};

use crate::peers::wasmtime;
use crate::servers::{Scheme, answering, ok};

#[test]
fn composed_fetch_prints_the_body() {
    let server = Scheme::Http.server(answering(ok("hello from the guest")));
    let url = format!("http://127.0.0.1:{}/", server.port());
    let Some(output) = wasmtime::run(GUEST_FETCH_COMPOSED, &[&url]) else {
        return;
    };
    assert!(output.status.success(), "{output:?}");
    assert_eq!(output.stdout, b"hello from the guest");
    assert_eq!(server.accepts(), 1);
}

#[test]
fn composed_fetch_does_its_own_tls() {
    let server = Scheme::Tls13.server(answering(ok("hello from the guest")));
    let url = format!("https://localhost:{}/", server.port());
    let Some(output) = wasmtime::run(GUEST_FETCH_COMPOSED, &["-k", "-i", &url]) else {
        return;
    };
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text, ok("hello from the guest"));

    let refused = wasmtime::run(GUEST_FETCH_COMPOSED, &[&url]).unwrap();
    assert!(!refused.status.success() && refused.stdout.is_empty());
}

#[test]
fn examples_succeed_against_a_good_server() {
    let server = ExampleServer::http().unwrap();
    let address = server.address().to_string();
    let Some(output) = wasmtime::run(GUEST_EXAMPLES_COMPOSED, &[&address]) else {
        return;
    };
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text, "ok GET\nok HEAD\nok POST\nok PUT\n");
}

#[test]
fn examples_fail_against_a_wrong_server() {
    let server = Scheme::Http.server(answering("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"));
    let address = server.address.to_string();
    let Some(output) = wasmtime::run(GUEST_EXAMPLES_COMPOSED, &[&address]) else {
        return;
    };
    assert!(!output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.matches("FAILED").count(), 4, "{text}");
}
