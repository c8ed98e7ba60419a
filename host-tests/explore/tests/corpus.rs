//! Replays what the fuzzers have found worth keeping.

// A test's.
#![allow(clippy::unwrap_used, clippy::panic)]

use httplib_explore::{TARGETS, Target};
use std::fs;
use std::path::Path;

#[test]
fn every_input_of_the_corpora_holds() {
    let corpora = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus");
    let replays = TARGETS.map(|target| {
        let corpus = corpora.join(target.0);
        std::thread::spawn(move || (target.0, replay(target, &corpus)))
    });
    for replay in replays {
        let (name, count) = replay.join().unwrap();
        assert!(count >= 10, "{name}: {count} inputs");
    }
}

fn replay((name, run): Target, corpus: &Path) -> usize {
    let mut count = 0;
    for entry in fs::read_dir(corpus).unwrap() {
        let path = entry.unwrap().path();
        let data = fs::read(&path).unwrap();
        // So that a failure says which one.
        std::panic::catch_unwind(|| run(&data))
            .unwrap_or_else(|_| panic!("{name}: {}", path.display()));
        count += 1;
    }
    count
}

#[test]
fn any_short_input_holds() {
    for (_, run) in TARGETS {
        for first in 0..=255 {
            run(&[first]);
            run(&[first; 24]);
        }
        run(&[]);
    }
}
