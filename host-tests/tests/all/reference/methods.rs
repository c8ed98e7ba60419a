//! `HttpMethodTests`: what can be a method.

use httplib_host_tests::{ErrorKind, Host};

#[test]
fn invalid_method_names() {
    for line_end in ["\r", "\n", "\r\n"] {
        for method in ["GET@", "@GET", "GET@Host: other"] {
            let method = method.replace('@', line_end);
            let connection = Host::new().http("127.0.0.1", 9).unwrap();
            let error = connection.request(&method, "/", None, &[]).unwrap_err();
            assert_eq!(error.kind, ErrorKind::ValueError);
            let message = "method can't contain control characters. '";
            assert!(error.message.starts_with(message), "{error}");
        }
    }
}
