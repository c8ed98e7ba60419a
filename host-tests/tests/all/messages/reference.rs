//! A message says what Python's `email.message.Message` says.

use std::fmt::Write;

use httplib_host_tests::{Host, Message};

use crate::peers::python;

const BLOCKS: [&str; 39] = [
    "",
    "A: b\r\na: c\r\nFolded: a\r\n b\r\n\tc\r\n",
    "A:b\r\nB: \t c \t\r\nC:\r\n",
    "L: \u{e9}\u{ff}\r\n",
    "Content-Type: text/html; charset=UTF-8\r\n",
    "Content-Type: Text/HTML;Charset=\"iso-8859-1\"\r\n",
    "content-type: text/plain ; charset = utf-8 ; x\r\n",
    "Content-Type: text\r\n",
    "Content-Type: a/b/c\r\n",
    "Content-Type:\r\n",
    "Content-Type: ; charset=utf-8\r\n",
    "Content-Type: a/b; charset=\r\n",
    "Content-Type: a/b; charset=\"\"\r\n",
    "Content-Type: a/b; x=\"1;2\"; y='3'; z=<4>\r\n",
    "Content-Type: a/b; x=\"say \\\"hi\\\" \\\\ there\"\r\n",
    "Content-Type: a/b; X=1; x=2\r\n",
    "Content-Type: a/b; x=1=2; y\r\n",
    "Content-Type: a/b;; x=1;\r\n",
    "Content-Type: multipart/mixed; boundary=\"a b\"\r\n",
    "Content-Type: multipart/mixed; boundary=simple  \r\n",
    "Content-Type: a/b; charset*=us-ascii'en'UTF-8\r\n",
    "Content-Type: a/b; name=\"file name.txt\"\r\n",
    "Content-Disposition: attachment; filename=\"f.txt\"\r\nContent-Type: a/b; name=g.txt\r\n",
    "Content-Disposition: attachment\r\nContent-Type: a/b; name=g.txt\r\n",
    "Content-Disposition: attachment; filename*=utf-8''%e2%82%ac%20rates\r\n",
    "Content-Disposition: attachment; filename*=iso-8859-1'en'%A3%20rates\r\n",
    "Content-Disposition: x; filename*0=a; filename*1=b; filename*2=\" c\"\r\n",
    "Content-Disposition: x; filename*1=b; filename*0=a\r\n",
    "Content-Disposition: x; filename*0*=utf-8''%e2%82; filename*1*=%ac; filename*2=x\r\n",
    "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
    "Date: Sunday, 06-Nov-94 08:49:37 GMT\r\n",
    "Date: Sun Nov  6 08:49:37 1994\r\n",
    "Date: Sun, 6 Nov 1994 03:49:37 -0500\r\n",
    "Date: Thu, 29 Feb 2024 12:00 +0130\r\n",
    "Date: Thu, 29 Feb 2024 12:00:01+0130\r\n",
    "Date: Thu, 29 Feb 2024 12:00:01-0500\r\n",
    "Date: Thu, 29 Feb 2024 12:00:01 EST\r\n",
    "Date: Thu, 29 Feb 2024 12:00:01 PDT\r\n",
    "Date: Thu, 29 Feb\r\n 2024 12:00:01 GMT\r\n",
];

/// Prints what `told` below tells.
const SCRIPT: &str = r"
import http.client, io, sys
from email.utils import collapse_rfc2231_value, mktime_tz, parsedate_tz

def show(what, *values):
    print(what, *('-' if it is None else repr_of(it) for it in values))

def repr_of(value):
    return '<' + ''.join('%x ' % ord(it) for it in str(value)) + '>'

def collapsed(value):
    return value if value is None else collapse_rfc2231_value(value)

for block in sys.argv[1:]:
    message = http.client.parse_headers(io.BytesIO(bytes.fromhex(block)))
    for name, value in message.items():
        show('item', name, value)
    show('type', message.get_content_type())
    show('main', message.get_content_maintype(), message.get_content_subtype())
    show('charset', message.get_content_charset())
    for header in 'content-type', 'content-disposition':
        for name, value in message.get_params([], header):
            show('param', name, collapsed(value))
        for name in 'charset', 'x', 'filename':
            show(name, collapsed(message.get_param(name, None, header)))
    show('file', message.get_filename(), message.get_boundary())
    date = parsedate_tz(message.get('date', ''))
    show('date', None if date is None else mktime_tz(date))
    show('text', str(message))
    print()
";

fn told(message: &Message) -> String {
    let mut text = String::new();
    let mut show = |what: &str, values: &[Option<&str>]| {
        text.push_str(what);
        for value in values {
            match value {
                None => text.push_str(" -"),
                Some(value) => {
                    text.push_str(" <");
                    for character in value.chars() {
                        write!(text, "{:x} ", u32::from(character)).unwrap();
                    }
                    text.push('>');
                }
            }
        }
        text.push('\n');
    };
    for (name, value) in message.items() {
        show("item", &[Some(&name), Some(&value)]);
    }
    show("type", &[Some(&message.content_type())]);
    let halves = (message.content_maintype(), message.content_subtype());
    show("main", &[Some(&halves.0), Some(&halves.1)]);
    show("charset", &[message.content_charset().as_deref()]);
    for header in ["content-type", "content-disposition"] {
        for (name, value) in message.params(Some(header)) {
            show("param", &[Some(&name), Some(&value)]);
        }
        for name in ["charset", "x", "filename"] {
            show(name, &[message.param(name, Some(header)).as_deref()]);
        }
    }
    let names = (message.filename(), message.boundary());
    show("file", &[names.0.as_deref(), names.1.as_deref()]);
    let date = message.date("Date").map(|date| date.to_string());
    show("date", &[date.as_deref()]);
    show("text", &[Some(&message.as_string())]);
    text.push('\n');
    text
}

#[test]
fn every_accessor_says_what_python_says() {
    let blocks = BLOCKS.map(|block| -> Vec<u8> {
        let bytes = block.chars().map(|it| u8::try_from(u32::from(it)).unwrap());
        bytes.chain(*b"\r\n").collect()
    });
    let hex = |block: &Vec<u8>| -> String { block.iter().map(|it| format!("{it:02x}")).collect() };
    let arguments: Vec<String> = blocks.iter().map(hex).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let Some(printed) = python::run(SCRIPT, &arguments) else {
        return;
    };
    let expected: Vec<&str> = printed.split_inclusive("\n\n").collect();
    assert_eq!(expected.len(), BLOCKS.len());
    let host = Host::new();
    let mut different = String::new();
    for ((block, text), expected) in blocks.iter().zip(BLOCKS).zip(expected) {
        let told = told(&host.parse_message(block).unwrap());
        for (ours, python) in told.lines().zip(expected.lines()) {
            // Python encodes such text as for e-mail; here it stays as it came.
            let is_encoded = ours.starts_with("text ") && !block.is_ascii();
            if ours != python && !is_encoded {
                writeln!(different, "{text:?}\n  {ours}\n  {python}").unwrap();
            }
        }
        if told.lines().count() != expected.lines().count() {
            writeln!(different, "{text:?}\n{told}{expected}").unwrap();
        }
    }
    assert!(different.is_empty(), "ours, then Python's:\n{different}");
}
