//! Every order of three calls, and of two after what takes more calls to reach.

use super::super::case::{Case, Step};
use super::case;

fn calls() -> [Step; 8] {
    [
        Step::put_request("GET", "/put"),
        Step::put_header("A", &["1"]),
        Step::end_headers(),
        Step::get("/whole"),
        Step::GetResponse,
        Step::Read(None),
        Step::Send(b"raw".into()),
        Step::Close,
    ]
}

/// The number of the beginning whose request line was rejected.
const REJECTED: usize = 8;

/// States that three calls do not lead to, or not far enough.
fn beginnings() -> Vec<Vec<Step>> {
    let response = [Step::get("/whole"), Step::GetResponse];
    let with = |more: &[Step]| [&response[..], more].concat();
    vec![
        Vec::new(),
        with(&[]),
        with(&[Step::Read(None)]),
        with(&[Step::Read(Some(2))]),
        with(&[Step::put_request("GET", "/put")]),
        with(&[Step::get("/second")]),
        with(&[Step::CloseResponse]),
        with(&[Step::Close]),
        vec![Step::put_request("BAD\r\nMETHOD", "/")],
        vec![
            Step::put_request("GET", "/put"),
            Step::put_header("Bad:", &["1"]),
        ],
        vec![Step::Connect],
    ]
}

pub(super) fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    for (number, beginning) in beginnings().into_iter().enumerate() {
        let depth = if beginning.is_empty() { 3 } else { 2 };
        let mut sequences = vec![beginning];
        for _ in 0..depth {
            sequences = sequences
                .iter()
                .flat_map(|sequence| calls().map(|call| [sequence.as_slice(), &[call]].concat()))
                .collect();
        }
        for steps in sequences {
            let names: Vec<&str> = steps.iter().map(Step::name).collect();
            // The reference has sent a lone blank line and waits for an answer.
            if number == REJECTED && names.ends_with(&["end-headers", "get-response"]) {
                continue;
            }
            let name = format!("order/{number}/{}", names.join(","));
            cases.push(case(name, steps));
        }
    }
    cases
}
