//! The component beside CPython's `http.client`: the same calls, against the same
//! servers, with the same results, but for what `differential/deviations.txt`
//! lists with its reason.

mod case;
mod component;
mod deviations;
mod outcome;
mod reference;
mod responses;
mod sequences;
mod stage;

use std::io::Write;
use std::thread;

use httplib_host_tests::Host;

use case::Case;
use deviations::Deviations;
use outcome::{Difference, Outcome, compare};
use reference::Reference;
use stage::Stage;

#[test]
fn component_differs_from_http_client_only_as_listed() {
    let Some(mut reference) = Reference::start() else {
        return;
    };
    let version = reference.version;
    let mut deviations = Deviations::read(version);
    let (responses, sequences) = (responses::cases(), sequences::cases());
    let cases: Vec<&Case> = responses.iter().chain(&sequences).collect();
    assert_names_are_unique(&cases);

    let (theirs, ours) = thread::scope(|scope| {
        let theirs = scope.spawn(|| run(&cases, |port, case| reference.perform(port, &case.steps)));
        let host = Host::new();
        let ours = run(&cases, |port, case| {
            component::perform(&host, port, &case.steps)
        });
        (theirs.join().unwrap(), ours)
    });

    let differences: Vec<Difference> = cases
        .iter()
        .zip(theirs.iter().zip(&ours))
        .flat_map(|(case, (theirs, ours))| compare(case, theirs, ours))
        .collect();
    let (listed, unlisted): (Vec<_>, Vec<_>) = differences
        .iter()
        .partition(|difference| deviations.allow(difference));
    report(&format!(
        "{} responses and {} sequences beside Python {}.{}.{}: {} listed differences",
        responses.len(),
        sequences.len(),
        version[0],
        version[1],
        version[2],
        listed.len()
    ));
    let unused = deviations.unused();
    assert!(
        unlisted.is_empty() && unused.is_empty(),
        "{} differences that are not listed:\n{}\n{} lines of deviations.txt without a difference:\n{}\n",
        unlisted.len(),
        unlisted
            .iter()
            .map(|each| describe(each))
            .collect::<String>(),
        unused.len(),
        unused.join("\n"),
    );
}

/// Runs every case against a server of its own.
fn run(
    cases: &[&Case],
    mut perform: impl FnMut(u16, &Case) -> Vec<outcome::Fields>,
) -> Vec<Outcome> {
    cases
        .iter()
        .map(|case| {
            let stage = Stage::new(case);
            let port = stage.port();
            let steps = perform(port, case);
            let wire = stage.received();
            Outcome { steps, wire, port }
        })
        .collect()
}

fn describe(difference: &Difference) -> String {
    let Difference {
        case,
        field,
        reference,
        component,
    } = difference;
    format!("{case} | {field}\n    reference: {reference}\n    component: {component}\n")
}

fn assert_names_are_unique(cases: &[&Case]) {
    let mut names: Vec<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    names.sort_unstable();
    for pair in names.windows(2) {
        assert_ne!(pair[0], pair[1], "two cases have one name");
    }
}

/// Not through `println`, which the test harness would keep to itself.
fn report(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}
