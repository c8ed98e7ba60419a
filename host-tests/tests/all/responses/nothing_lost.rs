//! However the family of reads is mixed, what one call leaves the next one gets.

use httplib_host_tests::Response;

use super::lines::everywhere;
use crate::watchdog::within;

const BODY: &str = "ab\ncdefg";

/// A call that leaves something of the body, and how much it takes.
type Step = (&'static str, fn(&Response) -> usize);

const STEPS: [Step; 9] = [
    ("readline(4)", |response| {
        response.readline(Some(4)).unwrap().len()
    }),
    ("readline(1)", |response| {
        response.readline(Some(1)).unwrap().len()
    }),
    ("readline(0)", |response| {
        response.readline(Some(0)).unwrap().len()
    }),
    ("peek", |response| {
        assert!(!response.peek(None).unwrap().is_empty());
        0
    }),
    ("peek(0)", |response| response.peek(Some(0)).unwrap().len()),
    ("read(0)", |response| response.read(Some(0)).unwrap().len()),
    ("read1(0)", |response| {
        response.read1(Some(0)).unwrap().len()
    }),
    ("read1(1)", |response| {
        response.read1(Some(1)).unwrap().len()
    }),
    ("read(1)", |response| response.read(Some(1)).unwrap().len()),
];

/// Runs every two steps one after the other, then reads the rest.
fn after_two_steps(read_rest: fn(&Response) -> Vec<u8>) {
    within(100, move || {
        for first in STEPS {
            for second in STEPS {
                everywhere(BODY, |response| {
                    let taken = first.1(response) + second.1(response);
                    assert!(!response.is_closed(), "{} {}", first.0, second.0);
                    let rest = read_rest(response);
                    assert_eq!(rest, &BODY.as_bytes()[taken..], "{} {}", first.0, second.0);
                });
            }
        }
    });
}

#[test]
fn rest_is_there_for_read() {
    after_two_steps(|response| response.read(None).unwrap());
}

#[test]
fn rest_is_there_for_readlines() {
    after_two_steps(|response| response.readlines(None).unwrap().concat());
}

#[test]
fn reading_nothing_after_a_line_loses_nothing() {
    everywhere(BODY, |response| {
        assert_eq!(response.readline(Some(4)).unwrap(), b"ab\n");
        assert_eq!(response.read(Some(0)).unwrap(), b"");
        assert_eq!(response.read(None).unwrap(), b"cdefg");
        assert!(response.is_closed());
    });
}
