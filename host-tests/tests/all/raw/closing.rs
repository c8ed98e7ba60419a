//! How raw streams end.

use httplib_host_tests::{ErrorKind, Response};

use super::{everywhere, open};

#[test]
fn closed_stream_takes_nothing_more() {
    everywhere(|scheme, opening| {
        let closings: [fn(&Response); 2] = [Response::close, Response::abort];
        for close in closings {
            let raw = open(scheme, opening, |peer| peer.rest().map(drop));
            let number = raw.response.fileno().unwrap();
            close(&raw.response);
            assert!(raw.response.closed() && raw.response.is_closed());
            assert!(!raw.response.writable());
            for refused in [
                raw.response.write(b"x"),
                raw.response.flush(),
                raw.response.shutdown(),
            ] {
                assert_eq!(refused.unwrap_err().kind, ErrorKind::ValueError);
            }
            assert_eq!(raw.response.read(None).unwrap(), b"");
            assert!(raw.host.select(&[number], &[], None).is_err());
            raw.server.wait_for_end(0);
        }
    });
}

#[test]
fn raw_stream_is_its_own_and_the_connection_makes_another() {
    everywhere(|scheme, opening| {
        let raw = open(scheme, opening, |peer| {
            let line = peer.line()?;
            peer.send(line)
        });
        raw.connection.fileno().unwrap_err();
        assert_eq!(raw.connection.tls_info(), None);
        assert_eq!(
            raw.response.tls_info().is_some(),
            scheme != crate::servers::Scheme::Http
        );
        opening.request(&raw.connection);
        let second = raw.connection.get_response().unwrap();
        assert_eq!(raw.server.accepts(), 2);
        raw.connection.close();
        for (response, text) in [(&second, "second"), (&raw.response, "first")] {
            response.write(format!("{text}\r\n").as_bytes()).unwrap();
            assert_eq!(response.read(None).unwrap(), text.as_bytes());
        }
    });
}

#[test]
fn dropped_stream_ends_the_connection() {
    everywhere(|scheme, opening| {
        let raw = open(scheme, opening, |peer| peer.rest().map(drop));
        drop(raw.response);
        raw.server.wait_for_end(0);
    });
}

#[test]
fn aborting_the_connection_ends_the_stream_that_came_of_it() {
    everywhere(|scheme, opening| {
        let raw = open(scheme, opening, |peer| peer.rest().map(drop));
        raw.connection.abort();
        assert!(raw.response.is_closed());
        let error = raw.response.write(b"x").unwrap_err();
        assert_eq!(error.kind, ErrorKind::ValueError);
        raw.server.wait_for_end(0);
    });
}

#[test]
fn reset_is_an_error_of_the_read() {
    everywhere(|scheme, opening| {
        let raw = open(scheme, opening, |peer| {
            peer.line()?;
            peer.reset()
        });
        raw.response.write(b"x\r\n").unwrap();
        let error = raw.response.read(None).unwrap_err();
        assert!(error.is_instance(ErrorKind::ConnectionReset), "{error}");
    });
}
