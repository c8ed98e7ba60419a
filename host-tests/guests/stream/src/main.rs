//! A WASI command that sends a file as the body of a PUT, straight from the file's
//! stream: `stream HOST:PORT FILE LENGTH`, where a length of `-` is none. The
//! directory with the file has to be preopened.

use std::process::ExitCode;

use bindings::httplib::http::client::{Connection, Error};
use bindings::httplib::streaming::requests;
use wasi::filesystem::preopens::get_directories;
use wasi::filesystem::types::{DescriptorFlags, OpenFlags, PathFlags};
use wasi::io::streams::InputStream;

mod bindings {
    #![allow(missing_docs, unreachable_pub)]
    wit_bindgen::generate!({
        path: ["../../../wit", "../../../wit/streaming"],
        world: "httplib:streaming/consumer",
        with: {
            "wasi:io/error@0.2.6": wasi::io::error,
            "wasi:io/poll@0.2.6": wasi::io::poll,
            "wasi:io/streams@0.2.6": wasi::io::streams,
        },
        generate_all,
    });
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, host, file, length] = arguments.as_slice() else {
        eprintln!("usage: stream HOST:PORT FILE LENGTH");
        return ExitCode::FAILURE;
    };
    match open(file).and_then(|body| put(host, body, length.parse().ok())) {
        Ok(answer) => {
            println!("{answer}");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("stream: {message}");
            ExitCode::FAILURE
        }
    }
}

fn open(file: &str) -> Result<InputStream, String> {
    let failed = |error| format!("{file}: {error}");
    let directories = get_directories();
    let (directory, _) = directories.first().ok_or("no directory is preopened")?;
    let (path, open, flags) = (
        PathFlags::empty(),
        OpenFlags::empty(),
        DescriptorFlags::READ,
    );
    let descriptor = directory.open_at(path, file, open, flags);
    descriptor
        .map_err(failed)?
        .read_via_stream(0)
        .map_err(failed)
}

/// The body of the answer.
fn put(host: &str, body: InputStream, length: Option<u64>) -> Result<String, String> {
    let failed = |error: Error| error.message();
    let connection = Connection::http(host, None).map_err(failed)?;
    requests::request(&connection, "PUT", "/", body, length, &[], false).map_err(failed)?;
    let response = connection.get_response().map_err(failed)?;
    let answer = response.read(None).map_err(failed)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
