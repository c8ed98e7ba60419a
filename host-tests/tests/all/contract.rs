//! What the component asks of its host, and what it does without it.

use httplib_host_tests::artifacts::COMPONENT_BYTES;
use httplib_host_tests::{ErrorKind, Host, component_imports};

/// 1.5 MiB.
const MOST_BYTES: usize = 1_572_864;

#[test]
fn imports_are_the_committed_list() {
    let mut imports = component_imports().unwrap();
    imports.sort();
    let committed: Vec<&str> = include_str!("../imports.txt").lines().collect();
    assert_eq!(imports, committed);
}

#[test]
fn imports_give_no_authority_over_anything_but_the_network() {
    const ALLOWED: [&str; 5] = [
        "wasi:cli/stdout@",
        "wasi:clocks/",
        "wasi:io/",
        "wasi:random/",
        "wasi:sockets/",
    ];
    for import in component_imports().unwrap() {
        let is_allowed = ALLOWED.iter().any(|prefix| import.starts_with(prefix));
        assert!(is_allowed, "{import}");
    }
}

#[test]
fn component_is_small() {
    let size = COMPONENT_BYTES.len();
    assert!(size < MOST_BYTES, "{size} bytes");
}

#[test]
fn host_without_network_gives_a_typed_error() {
    let host = Host::builder().network(false).build().unwrap();
    for name in ["127.0.0.1", "[::1]", "localhost"] {
        let connections = [host.http(name, 9), host.https(name, 9, None)];
        for connection in connections.map(Result::unwrap) {
            for _ in 0..2 {
                let error = connection.connect().unwrap_err();
                assert!(error.is_instance(ErrorKind::OsError), "{error}");
                assert!(error.phase.is_some(), "{error}");
                assert!(error.socket_code.is_some(), "{error}");
            }
            let error = connection.request("GET", "/", None, &[]).unwrap_err();
            assert!(error.is_instance(ErrorKind::OsError), "{error}");
            let error = connection.get_response().err().unwrap();
            assert_eq!(error.kind, ErrorKind::NotConnected);
            connection.close();
        }
    }
}

#[test]
fn status_constants_agree_with_the_responses() {
    let host = Host::new();
    assert_eq!((host.http_port(), host.https_port()), (80, 443));
    let responses = host.responses();
    assert_eq!(responses.len(), 62);
    assert!(responses.is_sorted_by_key(|(code, _)| *code));
    for (code, phrase) in &responses {
        assert_eq!(host.phrase(*code).as_deref(), Some(&**phrase));
    }
    assert_eq!(host.phrase(299), None);
    let constants = host.status_constants();
    for (name, code) in &constants {
        assert!(host.phrase(*code).is_some(), "{name} {code}");
    }
    for (code, phrase) in &responses {
        let named = constants.iter().any(|(_, constant)| constant == code);
        assert!(named, "{code} {phrase}");
    }
    let classes = [
        "informational",
        "success",
        "redirection",
        "client-error",
        "server-error",
    ];
    for code in [99, 100, 199, 200, 299, 300, 399, 400, 499, 500, 599, 600] {
        for (first, class) in (1..).zip(classes) {
            assert_eq!(host.is_of_class(class, code), code / 100 == first, "{code}");
        }
    }
    assert_eq!(host.status_constant("not-found"), 404);
    assert_eq!(host.phrase(404).as_deref(), Some("Not Found"));
}
