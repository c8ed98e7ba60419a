//! `docs/http-client.md`: each item of the reference, the function of the contract,
//! the tests; and that none of the contract is left out.

use std::collections::BTreeSet;
use std::fs;

use super::{code, read, rows, workspace};

/// `resource.function` of every function in these files; functions of an interface
/// stand alone.
fn contract() -> BTreeSet<String> {
    let mut functions = BTreeSet::new();
    for file in ["wit/client.wit", "wit/streaming/streaming.wit"] {
        let text = read(file);
        let mut resource = String::new();
        for line in text.lines() {
            let line = line.trim();
            if let Some(name) = line.strip_prefix("resource ") {
                resource = format!("{}.", name.trim_end_matches([' ', '{']));
            } else if line == "}" {
                resource.clear();
            } else if line.starts_with("constructor(") {
                functions.insert(format!("{resource}constructor"));
            } else if let Some((name, rest)) = line.split_once(": ")
                && (rest.starts_with("func(") || rest.starts_with("static func("))
            {
                functions.insert(format!("{resource}{name}"));
            }
        }
    }
    functions
}

/// Whether a test of this path is in the sources, or a module with tests.
fn is_tested(path: &str) -> bool {
    let base = workspace("host-tests/tests/all");
    let file = |parts: &[&str]| {
        let module = base.join(parts.join("/"));
        fs::read_to_string(module.with_extension("rs"))
            .or_else(|_| fs::read_to_string(module.join("mod.rs")))
    };
    let parts: Vec<&str> = path.split("::").collect();
    if file(&parts).is_ok() {
        return true;
    }
    let Some((name, module)) = parts.split_last() else {
        return false;
    };
    file(module).is_ok_and(|text| text.contains(&format!("\nfn {name}()")))
}

#[test]
fn every_function_of_the_contract_is_in_the_table() {
    let page = read("docs/http-client.md");
    let named: BTreeSet<String> = rows(&page)
        .iter()
        .filter_map(|row| row.get(1))
        .flat_map(|cell| {
            code(cell)
                .into_iter()
                .map(str::to_owned)
                .collect::<Vec<_>>()
        })
        .collect();
    let contract = contract();
    assert!(contract.len() > 120, "{}", contract.len());
    let missing: Vec<_> = contract.difference(&named).collect();
    assert!(missing.is_empty(), "not in the table: {missing:?}");
}

#[test]
fn every_function_and_every_test_in_the_table_exists() {
    let page = read("docs/http-client.md");
    let (page, _) = page
        .split_once("\n## Where this component differs")
        .unwrap();
    let status = read("wit/status.wit");
    let contract = contract();
    let mut wrong = Vec::new();
    for row in rows(page) {
        let [_, functions, tests] = &row[..] else {
            continue;
        };
        for name in code(functions) {
            let of_status = name
                .strip_prefix("status.")
                .is_some_and(|name| status.contains(&format!(" {name}: func(")));
            if !of_status && !contract.contains(name) {
                wrong.push(name.to_owned());
            }
        }
        let tests = code(tests);
        if tests.is_empty() {
            wrong.push(format!("no test: {functions}"));
        }
        let missing = tests.into_iter().filter(|test| !is_tested(test));
        wrong.extend(missing.map(str::to_owned));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_deviation_of_the_differential_check_has_its_reason_on_the_page() {
    let page = read("docs/http-client.md");
    let deviations = read("host-tests/differential/deviations.txt");
    let mut numbers = BTreeSet::new();
    for line in deviations.lines().filter(|line| !line.starts_with('#')) {
        for word in line.split(|char: char| !char.is_ascii_alphanumeric()) {
            if let Some(digits) = word.strip_prefix('K')
                && !digits.is_empty()
                && digits.bytes().all(|byte| byte.is_ascii_digit())
            {
                numbers.insert(word.to_owned());
            }
        }
    }
    assert!(!numbers.is_empty());
    for number in numbers {
        assert!(page.contains(&format!("| {number} |")), "{number}");
    }
}
