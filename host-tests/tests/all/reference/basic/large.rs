//! Bodies of any length, sent or only announced.

use std::io::Read;

use httplib_host_tests::{ErrorKind, Host};

use crate::bodies::{MIB, Pattern, sha_of, sha_of_pattern};
use crate::servers::Scheme;

#[test]
fn large_content_length() {
    let sizes = || (15..=26).map(|power| 1_usize << power);
    let server = Scheme::Http.server(move |peer| {
        for size in sizes() {
            peer.request()?;
            peer.send(format!("HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n"))?;
            let mut body = Vec::with_capacity(size);
            Pattern::new(size).read_to_end(&mut body)?;
            peer.send(body)?;
        }
        Ok(())
    });
    let connection = Scheme::Http.connection(&Host::new(), server.port());
    for size in sizes() {
        connection.request("GET", "/", None, &[]).unwrap();
        let response = connection.get_response().unwrap();
        assert_eq!(response.length(), Some(size as u64));
        let body = response.read(None).unwrap();
        assert_eq!(body.len(), size);
        assert_eq!(sha_of(&*body), sha_of_pattern(size));
        assert!(response.is_closed());
    }
    assert_eq!(server.accepts(), 1);
}

#[test]
fn large_content_length_truncated() {
    let server = Scheme::Http.server(|peer| {
        let length = 1_u128 << (18 + peer.number);
        peer.request()?;
        peer.send(format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\nbody"
        ))
    });
    let host = Host::new();
    let connection = Scheme::Http.connection(&host, server.port());
    for power in 18..=64 {
        connection.request("GET", "/", None, &[]).unwrap();
        let response = connection.get_response().unwrap();
        let error = response.read(None).unwrap_err();
        assert_eq!(error.kind, ErrorKind::IncompleteRead);
        assert_eq!(error.partial.as_deref(), Some(&b"body"[..]));
        // A length beyond 64 bits counts as the largest one.
        let length = 1_u64.checked_shl(power).unwrap_or(u64::MAX);
        assert_eq!(error.expected, Some(length - 4));
        assert!(host.memory_peak() < 4 * MIB);
    }
}
