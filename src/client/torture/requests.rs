//! Requests: bodies of every form, Expect, tunnels, raw streams, two on a connection.

use crate::run::{Run, is_queued, stream, torture};
use httplib_client::Source;
use httplib_client::scripted::{Script, Step};
use httplib_proto::request::Body;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// A server that takes what it is sent in pieces, and answers with this.
fn slow(pieces: &[&[u8]]) -> Script {
    let mut script = Script::pieces(pieces, false);
    for room in [100, 1, 5000, 30_000] {
        script
            .outgoing
            .extend([Step::Room(room), Step::Room(0), Step::Wait]);
    }
    script
}

fn body(size: usize) -> Vec<u8> {
    (0..size).map(|n| b'a' + (n % 26) as u8).collect()
}

/// A PUT of this body, and the whole response.
fn put(run: &mut Run, body: impl Fn() -> Body, headers: &[(&str, &str)]) {
    let mut connection = run.connection();
    run.request(&mut connection, "PUT", "/", || Some(body()), headers);
    let response = run.response(&mut connection);
    run.read_all(&response);
}

#[test]
fn bytes_and_text_are_sent() {
    for size in [0, 10, 100_000] {
        torture(&[slow(&[OK])], |run| {
            put(run, || Body::Bytes(body(size)), &[])
        });
        let text = || Body::Text("\u{e9}".repeat(size));
        torture(&[slow(&[OK])], |run| put(run, text, &[]));
    }
}

#[test]
fn items_are_sent_in_chunks() {
    let items = || {
        [
            body(10),
            Vec::new(),
            body(40_000),
            body(5),
            body(10_000),
            body(9000),
        ]
        .into()
    };
    torture(&[slow(&[OK])], |run| {
        put(run, || Body::Chunks(items()), &[])
    });
}

#[test]
fn items_are_sent_as_they_are() {
    let items = || (1..9).map(|n| body(n + 17_000)).collect();
    torture(&[slow(&[OK])], |run| {
        let length = [("Content-Length", "136036")];
        put(run, || Body::Chunks(items()), &length);
    });
}

#[test]
fn many_items_are_sent() {
    let items = || (0..150).map(|n| body(n % 40)).collect();
    torture(&[slow(&[OK])], |run| {
        put(run, || Body::Chunks(items()), &[])
    });
}

#[test]
fn large_request_head_is_sent() {
    let (url, value) = (format!("/{}", "u".repeat(100_000)), "v".repeat(100_000));
    torture(&[slow(&[OK])], |run| {
        let mut connection = run.connection();
        let headers = [(&value[..], "1"), ("A", &value)];
        run.request(&mut connection, "GET", &url, || None, &headers);
        let response = run.response(&mut connection);
        run.read_all(&response);
    });
}

#[test]
fn absolute_url_is_sent() {
    let url = format!("http://{}/", "h".repeat(100_000));
    torture(&[slow(&[OK])], |run| {
        let mut connection = run.connection();
        run.request(&mut connection, "GET", &url, || None, &[]);
        let response = run.response(&mut connection);
        run.read_all(&response);
    });
}

#[test]
fn what_cannot_be_sent_is_told() {
    let long = "x".repeat(100_000);
    let (bad, far) = (format!("{long}\u{1}"), format!("{long}\u{2603}"));
    for (method, url, name, value) in [
        (&bad[..], "/", "A", "1"),
        ("GET", &bad, "A", "1"),
        ("GET", &far, "A", "1"),
        ("GET", "/", &format!("{long}:"), "1"),
        ("GET", "/", &far, "1"),
        ("GET", "/", "A", &format!("{long}\n")),
        ("GET", "/", "A", &far),
    ] {
        torture(&[], |run| {
            let mut connection = run.connection();
            let headers = [(name.to_owned(), value.to_owned())];
            let error = run
                .attempt(
                    || (),
                    |()| connection.request(method, url, None, &headers, false),
                )
                .unwrap_err();
            run.see(error.to_string().as_bytes());
        });
    }
}

#[test]
fn request_is_written_call_by_call_with_trailers() {
    torture(&[slow(&[OK])], |run| {
        let mut connection = run.connection();
        run.call(|| (), |()| connection.put_request("PUT", "/", false, false));
        let values = ["one".to_owned(), "two".repeat(50)];
        run.call(|| (), |()| connection.put_header("A", &values));
        run.call(
            || (),
            |()| connection.put_header("Transfer-Encoding", &["chunked".into()]),
        );
        run.call(|| (), |()| connection.put_trailer("B", &values));
        let items = || Body::Chunks([body(30), body(20_000)].into());
        run.sending(&mut connection, items, |connection, items| {
            connection.end_headers(Some(Source::Here(items)), true)
        });
        let response = run.response(&mut connection);
        run.read_all(&response);
    });
}

#[test]
fn bytes_are_sent_as_they_are() {
    torture(&[slow(&[OK])], |run| {
        let mut connection = run.connection();
        run.call(|| (), |()| connection.put_request("PUT", "/", true, true));
        run.call(
            || (),
            |()| connection.put_header("Content-Length", &["60000".into()]),
        );
        run.sending(
            &mut connection,
            || (),
            |connection, ()| connection.end_headers(None, false),
        );
        for size in [10, 50_000, 9990] {
            run.sending(
                &mut connection,
                || body(size),
                |connection, bytes| connection.send(bytes),
            );
        }
        let response = run.response(&mut connection);
        run.read_all(&response);
    });
}

/// A stream cannot be given twice, so every run gives it anew.
#[test]
fn streams_are_sent() {
    for length in [None, Some(8003)] {
        torture(&[slow(&[OK])], |run| {
            let mut connection = run.connection();
            let (first, last) = (body(3), body(8000));
            let source = || Source::Stream(stream(&[&first, &last]), length);
            run.sending(&mut connection, source, |connection, source| {
                connection.request("PUT", "/", Some(source), &[], false)
            });
            let response = run.response(&mut connection);
            run.read_all(&response);
        });
    }
}

#[test]
fn body_follows_100_or_stays_after_417() {
    let cont = b"HTTP/1.1 100 Continue\r\nA: 1\r\n\r\n";
    let failed = b"HTTP/1.1 417 No\r\nContent-Length: 2\r\n\r\nno";
    for pieces in [&[&cont[..], OK][..], &[failed]] {
        let expect = [("Expect", "100-continue")];
        torture(&[slow(pieces)], |run| {
            put(run, || Body::Bytes(body(50_000)), &expect);
        });
        torture(&[slow(pieces)], |run| {
            let mut connection = run.connection();
            let items = || Some(Body::Chunks([body(30), body(20_000)].into()));
            run.request(&mut connection, "PUT", "/", items, &expect);
            let go = run.call(|| (), |()| connection.wait_for_continue());
            run.see(format!("{go}").as_bytes());
            let response = run.response(&mut connection);
            run.read_all(&response);
        });
    }
}

#[test]
fn tunnel_is_opened_and_used() {
    let mut established = b"HTTP/1.1 200 Established\r\n".to_vec();
    established.extend(format!("A: {}\r\n", "x".repeat(60_000)).into_bytes());
    established.extend("B: c\r\n".repeat(90).into_bytes());
    established.extend(b"\r\n");
    let pieces: Vec<&[u8]> = established.chunks(10_000).chain([OK]).collect();
    for debug in [0, 1] {
        torture(&[slow(&pieces)], |run| {
            let mut connection = run.connection();
            connection.settings.borrow_mut().debug_level = debug;
            let headers = || vec![("A".to_owned(), "b".repeat(100_000))];
            run.call(headers, |headers| {
                connection.set_tunnel("inside", Some(81), headers)
            });
            run.request(
                &mut connection,
                "PUT",
                "/",
                || Some(Body::Bytes(body(20_000))),
                &[],
            );
            let response = run.response(&mut connection);
            run.read_all(&response);
            let headers = connection.proxy_headers(|headers| format!("{headers:?}"));
            run.see(headers.unwrap().as_bytes());
        });
    }
}

#[test]
fn second_request_is_sent_while_a_response_is_unread() {
    torture(&[slow(&[&OK[..OK.len() - 1], b"k", OK])], |run| {
        let mut connection = run.connection();
        run.request(&mut connection, "GET", "/1", || None, &[]);
        let first = run.response(&mut connection);
        run.request(
            &mut connection,
            "PUT",
            "/2",
            || Some(Body::Bytes(body(30_000))),
            &[],
        );
        run.read_all(&first);
        let second = run.response(&mut connection);
        run.read_all(&second);
        assert_eq!(run.instance.network().0.connections(), 1);
    });
}

#[test]
fn kept_connection_is_used_again_and_a_cut_one_replaced() {
    let mut cut = Script::pieces(&[OK, OK], false);
    cut.incoming.push_back(Step::End);
    torture(&[cut, slow(&[OK])], |run| {
        let mut connection = run.connection();
        connection.settings.borrow_mut().reconnect_stale = true;
        for url in ["/1", "/2", "/3"] {
            run.request(&mut connection, "GET", url, || None, &[]);
            let response = run.response(&mut connection);
            run.read_all(&response);
        }
    });
}

#[test]
fn raw_stream_goes_both_ways() {
    let switching = b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\nfirst";
    let last = body(100_000);
    torture(
        &[Script::pieces(&[switching, b"second", &last], true)],
        |run| {
            let mut connection = run.connection();
            run.request(&mut connection, "GET", "/", || None, &[("Upgrade", "x")]);
            let response = run.response(&mut connection);
            run.read(&response, |response| response.read(Some(7)));
            for size in [10, 70_000] {
                let bytes = || body(size);
                let write = |bytes| response.borrow_mut().write(bytes);
                if is_queued(&run.attempt(bytes, write)) {
                    run.read(&response, |response| response.flush());
                }
            }
            run.read(&response, |response| response.shutdown());
            run.read(&response, |response| response.read(None));
            assert!(run.instance.network().0.is_shut_down(0));
        },
    );
}
