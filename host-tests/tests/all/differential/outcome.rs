//! What became of a case, in a form that can be compared.

use serde_json::{Map, Value};

use super::case::{Case, latin1};

/// The fields of a step's outcome. `error` is the class, null without one.
pub(crate) type Fields = Map<String, Value>;

/// What became of a case on one side.
pub(crate) struct Outcome {
    /// By step.
    pub(crate) steps: Vec<Fields>,
    /// What the server received, by connection.
    pub(crate) wire: Vec<Vec<u8>>,
    /// Where the server was.
    pub(crate) port: u16,
}

/// A field that is not the same on both sides.
pub(crate) struct Difference {
    pub(crate) case: String,
    /// `2-read.data`: number and name of the step, field; or `wire`.
    pub(crate) field: String,
    pub(crate) reference: String,
    pub(crate) component: String,
}

/// Every difference between the two; where one side fails and the other does
/// not, or fails otherwise, their ways part and nothing after that is compared.
pub(crate) fn compare(case: &Case, reference: &Outcome, component: &Outcome) -> Vec<Difference> {
    let mut differences = Vec::new();
    let mut add = |field: String, reference: &Value, component: &Value| {
        differences.push(Difference {
            case: case.name.clone(),
            field,
            reference: plain(reference),
            component: plain(component),
        });
    };
    assert_eq!(reference.steps.len(), case.steps.len(), "{}", case.name);
    let outcomes = reference.steps.iter().zip(&component.steps);
    for (number, (step, (theirs, ours))) in case.steps.iter().zip(outcomes).enumerate() {
        let label = |field: &str| format!("{number}-{}.{field}", step.name());
        if theirs.get("error") != ours.get("error") {
            add(
                label("error"),
                value_of(theirs, "error"),
                value_of(ours, "error"),
            );
            return differences;
        }
        let mut fields: Vec<&String> = theirs.keys().chain(ours.keys()).collect();
        fields.sort();
        fields.dedup();
        for field in fields {
            let (theirs, ours) = (value_of(theirs, field), value_of(ours, field));
            if theirs != ours {
                add(label(field), theirs, ours);
            }
        }
    }
    let (theirs, ours) = (reference.wire(), component.wire());
    if theirs != ours {
        add("wire".into(), &theirs, &ours);
    }
    differences
}

impl Outcome {
    /// With a placeholder for the port, which is another one on each side.
    fn wire(&self) -> Value {
        let address = format!("127.0.0.1:{}", self.port);
        self.wire
            .iter()
            .map(|bytes| latin1(bytes).replace(&address, "SERVER"))
            .collect()
    }
}

fn value_of<'a>(fields: &'a Fields, name: &str) -> &'a Value {
    fields.get(name).unwrap_or(&Value::Null)
}

/// Text as it is in the list of deviations.
fn plain(value: &Value) -> String {
    let Value::String(text) = value else {
        return value.to_string();
    };
    let mut plain = String::new();
    for char in text.chars() {
        match char.is_control() {
            true => plain.extend(char.escape_default()),
            false => plain.push(char),
        }
    }
    plain
}
