//! The list of what is to be different.

use std::fs;

use super::outcome::Difference;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/differential/deviations.txt");

/// A release of Python, as `sys.version_info` has it.
pub(crate) type Version = [u32; 3];

/// The lines of `deviations.txt` that hold for a release of Python.
pub(crate) struct Deviations(Vec<Line>);

struct Line {
    text: String,
    cases: Vec<String>,
    fields: Vec<String>,
    component: Vec<String>,
    is_limited: bool,
    uses: usize,
}

impl Deviations {
    pub(crate) fn read(version: Version) -> Self {
        Self::parse(&fs::read_to_string(FILE).unwrap(), version)
    }

    /// One deviation in each line: cases, fields, what the component says, the
    /// reason, and perhaps releases, with `|` between them.
    fn parse(text: &str, version: Version) -> Self {
        let lines = text
            .lines()
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
            .filter_map(|line| {
                let columns: Vec<&str> = line.split(" | ").map(str::trim).collect();
                let (columns, releases) = match columns.as_slice() {
                    [columns @ .., releases] if columns.len() == 4 => (columns, Some(releases)),
                    columns => (columns, None),
                };
                let [cases, fields, component, reason] = columns else {
                    panic!("deviations.txt: {line:?} has not four or five columns");
                };
                assert!(!reason.is_empty(), "deviations.txt: {line:?} has no reason");
                if releases.is_some_and(|releases| !includes(releases, version)) {
                    return None;
                }
                Some(Line {
                    text: line.into(),
                    cases: alternatives(cases),
                    fields: alternatives(fields),
                    component: alternatives(component),
                    is_limited: releases.is_some(),
                    uses: 0,
                })
            })
            .collect();
        Self(lines)
    }

    /// Whether a difference is in the list; every line that has it is used.
    pub(crate) fn allow(&mut self, difference: &Difference) -> bool {
        let mut allowed = false;
        for line in &mut self.0 {
            let fits = |patterns: &[String], text: &str| {
                patterns.iter().any(|pattern| matches(pattern, text))
            };
            if fits(&line.cases, &difference.case)
                && fits(&line.fields, &difference.field)
                && fits(&line.component, &difference.component)
            {
                line.uses += 1;
                allowed = true;
            }
        }
        allowed
    }

    /// The lines that no difference was found for. In a release that a line is
    /// limited to, the reference may have been repaired.
    pub(crate) fn unused(&self) -> Vec<&str> {
        self.0
            .iter()
            .filter(|line| line.uses == 0 && !line.is_limited)
            .map(|line| line.text.as_str())
            .collect()
    }
}

/// Whether all conditions like `>=3.12` and `<3.13.1` hold.
fn includes(conditions: &str, version: Version) -> bool {
    conditions.split(' ').all(|condition| {
        let number = condition.trim_start_matches(['<', '>', '=']);
        let mut bound = [0; 3];
        for (part, digits) in bound.iter_mut().zip(number.split('.')) {
            *part = digits.parse().unwrap();
        }
        match &condition[..condition.len() - number.len()] {
            ">=" => version >= bound,
            "<" => version < bound,
            other => panic!("deviations.txt: {other:?} in {conditions:?}"),
        }
    })
}

/// `a{b,c}d` is `abd` and `acd`.
fn alternatives(pattern: &str) -> Vec<String> {
    let Some((start, rest)) = pattern.split_once('{') else {
        return vec![pattern.into()];
    };
    let Some((choices, end)) = rest.split_once('}') else {
        panic!("deviations.txt: a brace is not closed in {pattern:?}");
    };
    let ends = alternatives(end);
    choices
        .split(',')
        .flat_map(|choice| ends.iter().map(move |end| format!("{start}{choice}{end}")))
        .collect()
}

/// `*` is any text.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(text) = text.strip_prefix(start) else {
        return false;
    };
    text.char_indices()
        .map(|(index, _)| index)
        .chain([text.len()])
        .any(|index| matches(rest, &text[index..]))
}

#[test]
fn patterns_have_stars_and_alternatives() {
    assert_eq!(
        alternatives("a{b,c}d{e,f}"),
        ["abde", "abdf", "acde", "acdf"]
    );
    for (pattern, text, fits) in [
        ("a", "a", true),
        ("a", "ab", false),
        ("a*", "a", true),
        ("*/b/*", "a/b/c", true),
        ("*/b", "a/b/c", false),
        ("a*b*c", "axbxbxc", true),
    ] {
        assert_eq!(matches(pattern, text), fits, "{pattern} {text}");
    }
}

#[test]
fn lines_hold_for_their_releases() {
    for (conditions, holds) in [
        (">=3.12", true),
        ("<3.12.1", false),
        (">=3.11 <3.13", true),
        (">=3.12.2", false),
    ] {
        assert_eq!(includes(conditions, [3, 12, 1]), holds, "{conditions}");
    }
}

#[test]
fn only_listed_differences_are_allowed_and_unused_lines_are_told() {
    let list = "# a comment\n\na/* | 0-read.* | b* | K1\nc | * | * | K2\nd | * | * | K3 | >=3.12\n";
    let mut deviations = Deviations::parse(list, [3, 12, 0]);
    let mut allows = |case: &str, field: &str, component: &str| {
        deviations.allow(&Difference {
            case: case.into(),
            field: field.into(),
            reference: "x".into(),
            component: component.into(),
        })
    };
    assert!(allows("a/1", "0-read.data", "bc"));
    assert!(!allows("a/1", "0-read.data", "cb"));
    assert!(!allows("a/1", "1-read.data", "b"));
    assert!(!allows("b", "0-read.data", "b"));
    assert_eq!(deviations.unused(), ["c | * | * | K2"]);
}
