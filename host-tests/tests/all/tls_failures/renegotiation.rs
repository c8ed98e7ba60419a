//! A server that wants to negotiate again, in the middle of a body.

use super::HOST;
use crate::peers::s_server::SServer;
use crate::servers::trusting_context;
use httplib_host_tests::{ErrorKind, Host};

#[test]
fn renegotiation_in_a_body_is_refused_by_its_name() {
    // The second asks for a client certificate at the same time.
    for command in ["r\n", "R\n"] {
        let Some(mut server) = SServer::start(&["-tls1_2"]) else {
            return;
        };
        let host = Host::new();
        let context = trusting_context(&host);
        let connection = host.https(HOST, server.port, Some(&context)).unwrap();
        connection.request("GET", "/", None, &[]).unwrap();
        server.say("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf\n");
        let response = connection.get_response().unwrap();
        assert_eq!(response.read(Some(5)).unwrap(), b"half\n");

        server.say(command);
        let error = response.read(None).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Tls, "{error:?}");
        assert!(error.message.contains("wants to renegotiate"), "{error}");
    }
}
