//! What the component exports, against the committed list: callers that were built
//! against one version of the contract have to work with the next.

mod items;
mod verdict;

use std::fs;
use std::path::Path;

use verdict::Verdict;

const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/exports.txt");

/// Set, it lets the test write a compatible change into the committed list.
const UPDATE: &str = "HTTPLIB_UPDATE_EXPORTS";

#[test]
fn exports_are_the_committed_list() {
    let exports = items::exports().unwrap();
    let committed = fs::read_to_string(COMMITTED).unwrap();
    match Verdict::of(&committed, &exports) {
        Verdict::Same => {}
        Verdict::Compatible(changes) if std::env::var_os(UPDATE).is_some() => {
            fs::write(COMMITTED, exports).unwrap();
            println!("written to {COMMITTED}:\n{}", changes.join("\n"));
        }
        Verdict::Compatible(changes) => panic!(
            "the contract has grown, and callers go on working:\n{}\n\nIf that is intended, run \
             `{UPDATE}=1 cargo test --release -- exports`, commit host-tests/tests/exports.txt, \
             and say it in CHANGELOG.md.",
            changes.join("\n")
        ),
        Verdict::Breaking(changes) => {
            let new = Path::new(env!("CARGO_TARGET_TMPDIR")).join("exports.txt");
            fs::write(&new, exports).unwrap();
            panic!(
                "the contract has changed, and callers break:\n{}\n\nThat takes another version \
                 of the package. If it is intended all the same, copy {} over \
                 host-tests/tests/exports.txt by hand, and say in CHANGELOG.md what callers have \
                 to do.",
                changes.join("\n"),
                new.display()
            )
        }
    }
}
