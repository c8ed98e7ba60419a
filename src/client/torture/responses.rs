//! Responses: heads, bodies of each framing, and each way to read them.

use crate::run::{Run, SharedResponse, torture};
use httplib_client::error::Cause;
use httplib_client::scripted::Script;
use httplib_proto::error::Peer;

const LENGTH: &[u8] = b"HTTP/1.1 200 OK\r\nA: 1\r\nContent-Length: 10\r\n\r\nhello";
const CHUNKED: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

/// A GET that is answered with this, and what is done with the response.
#[track_caller]
fn answered(pieces: &[&[u8]], ends: bool, then: impl Fn(&mut Run, &SharedResponse)) {
    torture(&[Script::pieces(pieces, ends)], |run| {
        let mut connection = run.connection();
        {
            let mut settings = connection.settings.borrow_mut();
            settings.limits.headers = 10_000;
            settings.limits.head = 1 << 20;
            settings.limits.line = 1 << 18;
        }
        run.request(&mut connection, "GET", "/", || None, &[]);
        let response = run.response(&mut connection);
        then(run, &response);
    });
}

/// Lines of text, so many bytes of each.
fn text(size: usize) -> Vec<u8> {
    let lines = (0..).flat_map(|n| format!("line {n} {}\n", "x".repeat(n % 50)).into_bytes());
    lines.take(size).collect()
}

/// A body in chunks of this size, with two trailers.
fn chunked(body: &[u8], size: usize) -> Vec<u8> {
    let mut coded = CHUNKED.to_vec();
    for chunk in body.chunks(size) {
        coded.extend(format!("{:x};ext=1\r\n", chunk.len()).into_bytes());
        coded.extend(chunk);
        coded.extend(b"\r\n");
    }
    coded.extend(b"0\r\nOne: 1\r\nTwo: 2\r\n folded\r\n\r\n");
    coded
}

fn pieces(bytes: &[u8], size: usize) -> Vec<&[u8]> {
    bytes.chunks(size).collect()
}

#[test]
fn body_with_a_length_is_read() {
    answered(&[LENGTH, b"world"], false, Run::read_all);
}

#[test]
fn large_body_with_a_length_is_read() {
    let mut all = b"HTTP/1.1 200 OK\r\nContent-Length: 120000\r\n\r\n".to_vec();
    all.extend(text(120_000));
    answered(&pieces(&all, 40_000), false, Run::read_all);
}

#[test]
fn chunked_body_and_its_trailers_are_read() {
    let all = chunked(&text(2000), 300);
    answered(&pieces(&all, 111), false, Run::read_all);
}

#[test]
fn large_chunks_are_read() {
    let all = chunked(&text(150_000), 70_000);
    answered(&pieces(&all, 64 * 1024), false, Run::read_all);
}

#[test]
fn body_until_close_is_read() {
    let body = text(3000);
    let mut all = vec![&b"HTTP/1.0 200 \r\n\r\n"[..]];
    all.extend(body.chunks(1000));
    answered(&all, true, Run::read_all);
}

#[test]
fn interim_heads_are_kept() {
    let early = b"HTTP/1.1 103 Early\r\nLink: <a>\r\nLink: <b>\r\n\r\n";
    answered(
        &[early, early, b"HTTP/1.1 102 Wait\r\n\r\n", LENGTH, b"world"],
        false,
        Run::read_all,
    );
}

#[test]
fn many_and_long_header_lines_are_kept() {
    let mut all = b"HTTP/1.1 204 No Content\r\n".to_vec();
    for n in 0..100 {
        all.extend(format!("Name-{n}: value {n}\r\n continued\r\n").into_bytes());
    }
    all.extend(format!("Long: {}\r\n\r\n", "x".repeat(100_000)).into_bytes());
    answered(&pieces(&all, 1500), false, Run::read_all);
}

#[test]
fn transfer_codings_of_a_peer_take_no_memory() {
    let mut all = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: ".to_vec();
    all.extend("gzip,".repeat(40_000).into_bytes());
    all.extend(b"chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n");
    answered(&pieces(&all, 64 * 1024), false, Run::read_all);
}

#[test]
fn body_is_read_in_pieces_of_every_kind() {
    for all in [
        [
            b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n",
            &text(2000)[..],
        ]
        .concat(),
        chunked(&text(2000), 90),
    ] {
        answered(&pieces(&all, 130), false, |run, response| {
            run.read(response, |response| response.peek(Some(20)));
            run.read(response, |response| response.read(Some(100)));
            run.read(response, |response| response.read1(Some(30)));
            run.read(response, |response| response.read_line(None));
            run.read(response, |response| response.read_line(Some(7)));
            run.read(response, |response| response.read_lines(Some(300)));
            run.read(response, |response| response.peek(None));
            while run.read(response, |response| response.read1(None)) > 0 {}
            run.read_all(response);
        });
    }
}

#[test]
fn lines_are_read() {
    let all = chunked(&text(3000), 170);
    answered(&pieces(&all, 200), false, |run, response| {
        for _ in 0..5 {
            run.read(response, |response| response.read_line(None));
        }
        run.read(response, |response| response.read_lines(None));
        run.read_all(response);
    });
}

#[test]
fn long_lines_are_read() {
    let mut all = b"HTTP/1.1 200 OK\r\nContent-Length: 140001\r\n\r\n".to_vec();
    all.extend("x".repeat(70_000).into_bytes());
    all.extend(b"\n");
    all.extend("y".repeat(70_000).into_bytes());
    answered(&pieces(&all, 64 * 1024), false, |run, response| {
        run.read(response, |response| response.read_line(None));
        run.read(response, |response| response.read_lines(None));
        run.read_all(response);
    });
}

#[test]
fn body_that_is_cut_off_is_in_the_error() {
    let body = text(100_000);
    let length = b"HTTP/1.1 200 OK\r\nContent-Length: 100010\r\n\r\n";
    let coded = chunked(&body, 80_000);
    let cut = &coded[..coded.len() - 60];
    for all in [&[&length[..], &body].concat()[..], cut] {
        answered(&pieces(all, 64 * 1024), true, |run, response| {
            let error = run
                .attempt(|| (), |()| response.borrow_mut().read(None))
                .unwrap_err();
            assert!(matches!(
                error.cause(),
                Cause::Peer(Peer::IncompleteRead { .. })
            ));
            run.see(error.to_string().as_bytes());
            run.see(error.partial().unwrap());
        });
    }
}

/// A head that is an error, which is told as it is without short memory.
#[track_caller]
fn refused(all: &[u8]) {
    torture(&[Script::pieces(&pieces(all, 60_000), true)], |run| {
        let mut connection = run.connection();
        connection.settings.borrow_mut().limits.line = 1 << 18;
        run.request(&mut connection, "GET", "/", || None, &[]);
        let error = run
            .attempt(|| (), |()| connection.get_response())
            .unwrap_err();
        run.see(format!("{error} {:?}", error.partial()).as_bytes());
    });
}

#[test]
fn heads_that_are_wrong_are_told() {
    let long = "x".repeat(100_000);
    for head in [
        String::new(),
        format!("{long}\r\n\r\n"),
        format!("HTTP/1.1 200 OK\r\nA: {long}"),
        format!("HTTP/{long} 200 OK\r\n\r\n"),
        format!("HTTP/1.1 200 OK\r\nA: \r{long}\r\n\r\n"),
        format!("HTTP/1.1 200 OK\r\nContent-Length: {long}\r\n\r\n"),
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: {long}\r\n\r\n"),
        format!("HTTP/1.1 2 {long}\r\n\r\n"),
    ] {
        refused(head.as_bytes());
    }
}

#[test]
fn debug_output_takes_only_what_is_there() {
    let mut all = b"HTTP/1.1 100 Continue\r\nA: 1\r\n\r\n".to_vec();
    all.extend(format!("HTTP/1.1 200 OK\r\nA: {}\r\n", "\u{1}".repeat(50_000)).into_bytes());
    all.extend("B: c\r\n".repeat(50).into_bytes());
    all.extend(chunked(&text(100), 40).split_off(17));
    let answers = [Script::pieces(&pieces(&all, 60_000), false)];
    torture(&answers, |run| {
        let mut connection = run.connection();
        connection.settings.borrow_mut().debug_level = 1;
        run.request(
            &mut connection,
            "GET",
            "/",
            || None,
            &[("C", &"d".repeat(100_000))],
        );
        let response = run.response(&mut connection);
        run.read_all(&response);
    });
}
