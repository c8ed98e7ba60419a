//! `HTTPResponseTest`: `get-header`.

use super::{Exchange, get};

fn response() -> Exchange {
    get("HTTP/1.1 200 OK\r\nColour: red\r\nOther: x\r\ncolour: blue\r\n\r\n")
}

#[test]
fn getting_header() {
    let response = response();
    for default in [None, Some("green")] {
        let value = response.get_header("COLOUR", default);
        assert_eq!(value.as_deref(), Some("red, blue"));
    }
}

#[test]
fn getting_nonexistent_header_with_string_default() {
    let value = response().get_header("Shape", Some("round"));
    assert_eq!(value.as_deref(), Some("round"));
}

#[test]
fn getting_nonexistent_header_without_default() {
    assert_eq!(response().get_header("Shape", None), None);
}
