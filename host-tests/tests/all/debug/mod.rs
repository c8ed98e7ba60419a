//! The debug output is that of the reference, byte for byte.

use std::io;

use httplib_host_tests::{Body, Connection, Host, HttpError, Output, StreamBody};
use wasmtime_wasi::p2::pipe::MemoryInputPipe;

use crate::peers::python;
use crate::servers::{Peer, Scheme, Server};

/// An exchange that prints something.
struct Exchange {
    /// What the server says to each request.
    answer: &'static str,
    /// The calls in Python, on a connection `c`.
    python: &'static str,
    /// The same calls here.
    here: fn(&Connection) -> Result<(), HttpError>,
}

const EXCHANGES: &[Exchange] = &[
    Exchange {
        answer: "HTTP/1.1 200 OK\r\nA: b\r\nA: c\r\nContent-Length: 5\r\n\r\nhello",
        python: "c.request('GET', '/p?q', headers={'X': 'it\\'s', 'L': '\\xe9'})",
        here: |c| c.request("GET", "/p?q", None, &[("X", "it's"), ("L", "\u{e9}")]),
    },
    Exchange {
        answer: "HTTP/1.1 204 It's \u{a7} \"\\\t\r\n\r\n",
        python: "c.request('POST', '/', b'it\\'s \\\\ \"\\xe9\\n\\0\\x7f')",
        here: |c| {
            let body = Body::Bytes(b"it's \\ \"\xe9\n\0\x7f");
            c.request("POST", "/", Some(body), &[])
        },
    },
    Exchange {
        answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        python: "c.request('POST', '/', [b'', b'hello', b'it\\'s'])",
        here: |c| {
            let chunks: [&[u8]; 3] = [b"", b"hello", b"it's"];
            c.request("POST", "/", Some(Body::Chunks(&chunks)), &[])
        },
    },
    Exchange {
        answer: "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Again\r\nA: 'b'\r\nC:d\r\n\r\n\
                 HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        python: "c.request('PUT', '/', 'text')",
        here: |c| c.request("PUT", "/", Some(Body::Text("text")), &[]),
    },
    Exchange {
        answer: "HTTP/1.1 302 Found\r\nLocation: /there\r\nContent-Length: 5\r\n\r\nthere",
        python: "c.request('GET', '/here')",
        here: |c| c.request("GET", "/here", None, &[]),
    },
    Exchange {
        answer: "HTTP/1.0 200\r\nFolded: a\r\n b\r\nEmpty:\r\n\r\nhello",
        python: "c.request('HEAD', '*')",
        here: |c| c.request("HEAD", "*", None, &[]),
    },
    Exchange {
        answer: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        python: "c.putrequest('PUT', '/', True, True)\n\
                 c.putheader('A', 'b', 'c')\n\
                 c.endheaders(b'x')\n\
                 c.send(b'yz')",
        here: |c| {
            c.put_request_skipping("PUT", "/", true, true)?;
            c.put_header("A", &["b", "c"])?;
            c.end_headers(Some(Body::Bytes(b"x")), false)?;
            c.send(b"yz")
        },
    },
    Exchange {
        answer: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        python: "c.request('PUT', '/', io.BytesIO(b'x' * 9000))",
        here: |c| c.request_stream("PUT", "/", stream(), &[], false),
    },
    Exchange {
        answer: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
        python: "c.putrequest('PUT', '/')\n\
                 c.endheaders()\n\
                 c.send(io.BytesIO(b'x' * 9000))",
        here: |c| {
            c.put_request("PUT", "/")?;
            c.end_headers(None, false)?;
            c.send_stream(MemoryInputPipe::new(vec![b'x'; 9000]))
        },
    },
];

const TUNNELED: Exchange = Exchange {
    answer: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    python: "c.set_tunnel('inside.example', 81, {'A': 'b'})\nc.request('GET', '/')",
    here: |c| {
        c.set_tunnel("inside.example", 81, &[("A", "b")])?;
        c.request("GET", "/", None, &[])
    },
};

fn stream() -> StreamBody {
    StreamBody::new(MemoryInputPipe::new(vec![b'x'; 9000]))
}

impl Exchange {
    fn server(&self) -> Server {
        let answer: Vec<u8> = self.answer.chars().map(|it| it as u8).collect();
        Scheme::Http.server(move |peer| answer_once(peer, &answer))
    }

    /// What the component prints; `@` stands for the server's port.
    fn printed_here(&self) -> String {
        let server = self.server();
        let host = Host::builder().output(Output::Capture).build().unwrap();
        let connection = Scheme::Http.connection(&host, server.port());
        connection.set_debug_level(1);
        (self.here)(&connection).unwrap();
        connection.get_response().unwrap().read(None).unwrap();
        host.debug_output().replace(&server.port().to_string(), "@")
    }

    /// What Python prints, its name for a file replaced by ours.
    fn printed_by_python(&self) -> Option<String> {
        let server = self.server();
        let script = format!(
            "import http.client, io, sys\n\
             c = http.client.HTTPConnection('127.0.0.1', int(sys.argv[1]))\n\
             c.set_debuglevel(1)\n\
             {}\n\
             c.getresponse().read()\n",
            self.python
        );
        let printed = python::run(&script, &[&server.port().to_string()])?;
        let mut parts = printed.split("<_io.BytesIO object at 0x");
        let mut text = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            text.push_str("<input-stream>");
            text.push_str(part.split_once('>').unwrap().1);
        }
        Some(text.replace(&server.port().to_string(), "@"))
    }
}

/// Opens a tunnel if one is asked for, then answers whatever comes first.
fn answer_once(peer: &mut Peer, answer: &[u8]) -> io::Result<()> {
    if peer.request()?.starts_with("CONNECT") {
        peer.send("HTTP/1.1 200 Established\r\nVia: proxy\r\nvia: it's\r\n\r\n")?;
        peer.request()?;
    }
    peer.send(answer)?;
    peer.rest().map(drop)
}

#[test]
fn every_exchange_prints_what_python_prints() {
    for exchange in EXCHANGES {
        let Some(expected) = exchange.printed_by_python() else {
            return;
        };
        assert!(expected.contains("reply: "), "{expected}");
        assert_eq!(exchange.printed_here(), expected, "{}", exchange.python);
    }
}

#[test]
fn tunnel_prints_what_newer_pythons_print() {
    let expected = "send: b'CONNECT inside.example:81 HTTP/1.1\\r\\nA: b\\r\\n\
         Host: inside.example:81\\r\\n\\r\\n'\n\
         header: Via: proxy\r\n\nheader: via: it's\r\n\nheader: \r\n\n\
         send: b'GET / HTTP/1.1\\r\\nHost: inside.example:81\\r\\n\
         Accept-Encoding: identity\\r\\n\\r\\n'\n\
         reply: 'HTTP/1.1 200 OK\\r\\n'\n\
         header: Content-Length: 5\n";
    let printed = TUNNELED.printed_here();
    assert_eq!(printed, expected);
    // Before 3.12 it was another request, and less of the answer.
    if python::version().is_some_and(|version| version >= (3, 12)) {
        assert_eq!(TUNNELED.printed_by_python().as_deref(), Some(expected));
    }
}
