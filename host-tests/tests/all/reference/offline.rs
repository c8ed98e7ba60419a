//! `OfflineTest`: the tables of the module.

use std::collections::BTreeSet;

use httplib_host_tests::Host;

use super::status_table::STATUS;

#[test]
fn responses() {
    let host = Host::new();
    assert_eq!(host.phrase(404).as_deref(), Some("Not Found"));
    let listed = host.responses();
    assert!(listed.contains(&(404, "Not Found".into())));
}

#[test]
fn client_constants() {
    let named: BTreeSet<_> = STATUS
        .iter()
        .flat_map(|&(code, _, names)| names.iter().map(move |&name| (name.to_owned(), code)))
        .collect();
    assert_eq!(named.len(), 66);
    let constants: BTreeSet<_> = Host::new().status_constants().into_iter().collect();
    assert_eq!(constants, named);
}
