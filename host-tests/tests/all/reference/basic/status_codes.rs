//! The table of status codes; its descriptions are not in the contract.

use httplib_host_tests::Host;

use crate::reference::status_table::STATUS;

#[test]
fn simple_httpstatus() {
    let expected: Vec<_> = STATUS
        .iter()
        .map(|&(code, phrase, _)| (code, phrase.to_owned()))
        .collect();
    assert_eq!(Host::new().responses(), expected);
}

#[test]
fn httpstatus_range() {
    let responses = Host::new().responses();
    assert!(responses.iter().all(|(code, _)| (100..600).contains(code)));
    assert!(!responses.is_empty());
}

#[test]
fn httpstatus_category() {
    let host = Host::new();
    for (class, codes) in [
        ("informational", 100..200),
        ("success", 200..300),
        ("redirection", 300..400),
        ("client-error", 400..500),
        ("server-error", 500..600),
    ] {
        for (code, phrase, _) in STATUS {
            let belongs = codes.contains(&code);
            assert_eq!(host.is_of_class(class, code), belongs, "{phrase}");
        }
    }
}
