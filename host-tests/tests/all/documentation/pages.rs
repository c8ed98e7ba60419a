//! The README and the page for Python programmers.

use httplib_host_tests::artifacts::GUEST_TOUR_COMPOSED;

use super::{code, read, rows};
use crate::peers::wasmtime;
use crate::servers::{Scheme, ok};

/// Without what rustfmt adds to make lines shorter.
fn dense(text: &str) -> String {
    let text: String = text.split_whitespace().collect();
    text.replace(",)", ")").replace(",]", "]")
}

#[test]
fn every_line_of_rust_for_python_programmers_is_in_the_tour() {
    let tour = dense(&read("host-tests/guests/tour/src/main.rs"));
    let page = read("docs/from-python.md");
    let mut lines = 0;
    for row in rows(&page) {
        let [_, rust] = &row[..] else {
            panic!("not two cells: {row:?}");
        };
        for line in code(rust) {
            assert!(tour.contains(&dense(line)), "{line}");
            lines += 1;
        }
    }
    assert!(lines > 40, "{lines}");
}

#[test]
fn the_tour_succeeds() {
    let server = Scheme::Http.server(|peer| {
        while let Some(head) = peer.head()? {
            let body = match &head[..head.find(' ').unwrap_or(0)] {
                "POST" if head.contains("Content-Length: 4") => 4,
                "POST" => "name=value".len(),
                "PUT" => "3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n".len(),
                _ => 0,
            };
            peer.bytes(body)?;
            peer.send(ok("one\ntwo\n"))?;
        }
        Ok(())
    });
    let address = server.address.to_string();
    let Some(output) = wasmtime::run(GUEST_TOUR_COMPOSED, &[&address]) else {
        return;
    };
    assert!(output.status.success(), "{output:?}");
    assert_eq!(output.stdout, b"two\nok\n");
}

#[test]
fn embedding_code_of_the_readme_is_the_example() {
    let example = read("host-tests/examples/embed.rs");
    let readme = read("README.md");
    assert!(readme.contains(&format!("```rust\n{example}```")));
}
