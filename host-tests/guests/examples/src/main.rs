//! The four examples from the documentation of Python's `httplib`, as tests of a
//! composed component against the server whose `host:port` is the argument.
//!
//! The server answers as the examples say: `GET /` with 200, another path with
//! 404, `HEAD /index.html` with 200, `POST` with 302 and a text that begins with
//! `Redirecting to`, `PUT /file` with 200.

use std::process::ExitCode;

use bindings::httplib::http::client::{Body, Connection, Error, Response};
use bindings::httplib::http::status;

mod bindings {
    #![allow(missing_docs, unreachable_pub)]
    wit_bindgen::generate!({ path: "../../../wit", world: "consumer" });
}

const EXAMPLES: [(&str, Example); 4] = [("GET", get), ("HEAD", head), ("POST", post), ("PUT", put)];

/// Gets `host:port` of the server; tells what was wrong.
type Example = fn(&str) -> Result<(), String>;

fn main() -> ExitCode {
    let Some(server) = std::env::args().nth(1) else {
        eprintln!("usage: examples HOST:PORT");
        return ExitCode::FAILURE;
    };
    let mut code = ExitCode::SUCCESS;
    for (name, example) in EXAMPLES {
        match example(&server) {
            Ok(()) => println!("ok {name}"),
            Err(why) => {
                println!("FAILED {name}: {why}");
                code = ExitCode::FAILURE;
            }
        }
    }
    code
}

fn get(server: &str) -> Result<(), String> {
    let connection = Connection::http(server, None).map_err(text)?;
    connection
        .request("GET", "/", None, &[], false)
        .map_err(text)?;
    let first = connection.get_response().map_err(text)?;
    expect(&first, "200 OK")?;
    if first.read(None).map_err(text)?.is_empty() {
        return Err("GET / has an empty body".to_owned());
    }
    connection
        .request("GET", "/parrot.spam", None, &[], false)
        .map_err(text)?;
    let second = connection.get_response().map_err(text)?;
    expect(&second, "404 Not Found")?;
    if second.status() != status::not_found() {
        return Err("status.not-found is something else".to_owned());
    }
    second.read(None).map_err(text)?;
    connection.close();
    Ok(())
}

fn head(server: &str) -> Result<(), String> {
    let connection = Connection::http(server, None).map_err(text)?;
    connection
        .request("HEAD", "/index.html", None, &[], false)
        .map_err(text)?;
    let response = connection.get_response().map_err(text)?;
    expect(&response, "200 OK")?;
    match response.read(None).map_err(text)?.len() {
        0 => Ok(()),
        length => Err(format!("a body of {length} bytes")),
    }
}

fn post(server: &str) -> Result<(), String> {
    let params = "%40number=12524&%40type=issue&%40action=show";
    let headers = [
        (
            "Content-type".to_owned(),
            "application/x-www-form-urlencoded".to_owned(),
        ),
        ("Accept".to_owned(), "text/plain".to_owned()),
    ];
    let connection = Connection::http(server, None).map_err(text)?;
    let body = Body::Text(params.to_owned());
    connection
        .request("POST", "", Some(&body), &headers, false)
        .map_err(text)?;
    let response = connection.get_response().map_err(text)?;
    expect(&response, "302 Found")?;
    let data = response.read(None).map_err(text)?;
    match data.starts_with(b"Redirecting to") {
        true => Ok(()),
        false => Err(format!("the body is {:?}", String::from_utf8_lossy(&data))),
    }
}

fn put(server: &str) -> Result<(), String> {
    let body = Body::Bytes(b"***filecontents***".to_vec());
    let connection = Connection::http(server, None).map_err(text)?;
    connection
        .request("PUT", "/file", Some(&body), &[], false)
        .map_err(text)?;
    expect(&connection.get_response().map_err(text)?, "200 OK")
}

fn expect(response: &Response, expected: &str) -> Result<(), String> {
    let found = format!("{} {}", response.status(), response.reason());
    match found == expected {
        true => Ok(()),
        false => Err(format!("{found}, expected {expected}")),
    }
}

fn text(error: Error) -> String {
    format!("{:?}: {}", error.kind(), error.message())
}
