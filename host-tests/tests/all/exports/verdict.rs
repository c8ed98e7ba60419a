//! Whether a change of the exports breaks callers.

use std::collections::BTreeMap;

/// What has changed, a line for each change.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Same,
    /// Something was added that no caller names yet.
    Compatible(Vec<String>),
    /// Something that callers may name is another thing, or is gone. A case or a
    /// field more is another thing too: it is in the binary interface.
    Breaking(Vec<String>),
}

impl Verdict {
    pub(super) fn of(old: &str, new: &str) -> Self {
        let (old, new) = (items(old), items(new));
        let mut breaking = Vec::new();
        for (name, before) in &old {
            match new.get(name) {
                None => breaking.push(format!("{name} was removed")),
                Some(now) if now == before => {}
                Some(now) => breaking.push(difference(name, before, now)),
            }
        }
        let added = new.keys().filter(|name| !old.contains_key(*name));
        let added: Vec<String> = added.map(|name| format!("{name} was added")).collect();
        match (breaking.is_empty(), added.is_empty()) {
            (false, _) => Self::Breaking(breaking),
            (true, false) => Self::Compatible(added),
            (true, true) => Self::Same,
        }
    }
}

/// Interfaces, and their items behind a `#`, with what they are.
fn items(text: &str) -> BTreeMap<String, &str> {
    let mut interface = "";
    let mut items = BTreeMap::new();
    for line in text.lines() {
        match line.strip_prefix("  ") {
            None => {
                interface = line;
                items.insert(line.to_owned(), "");
            }
            Some(item) => {
                let (name, definition) = item.split_once(": ").unwrap_or((item, ""));
                items.insert(format!("{interface}#{name}"), definition);
            }
        }
    }
    items
}

fn difference(name: &str, before: &str, now: &str) -> String {
    let parts = |text| parts_of_type(text).unwrap_or_default();
    let kinds = [
        ("record", "field"),
        ("enum", "case"),
        ("variant", "case"),
        ("flags", "flag"),
    ];
    for (kind, part) in kinds {
        if [before, now]
            .iter()
            .all(|text| text.starts_with(&format!("{kind} {{")))
        {
            let (before, now) = (parts(before), parts(now));
            for (more, less, verb) in [(&now, &before, "added"), (&before, &now, "removed")] {
                if let Some(found) = more.iter().find(|part| !less.contains(part)) {
                    return format!("{name}: the {part} `{found}` was {verb}");
                }
            }
            return format!("{name}: the order of its {part}s has changed");
        }
    }
    format!("{name} has changed from `{before}` to `{now}`")
}

/// Fields or cases; none of them has a type with a comma that is not in brackets.
fn parts_of_type(text: &str) -> Option<Vec<&str>> {
    let inside = text.split_once("{ ")?.1.strip_suffix(" }")?;
    let mut depth = 0;
    let separates = move |character| {
        match character {
            '<' | '(' => depth += 1,
            '>' | ')' => depth -= 1,
            _ => {}
        }
        character == ',' && depth == 0
    };
    Some(inside.split(separates).map(str::trim).collect())
}

#[cfg(test)]
mod tests {
    use super::Verdict;

    const OLD: &str = "\
httplib:http/client@0.1.0
  connection: resource
  phase: enum { resolve, connect }
  name: variant { dns(string), pair(tuple<u8, u8>) }
  pair: record { one: u8, two: list<tuple<u8, u8>> }
  [method]connection.send: func(self: borrow<connection>, data: list<u8>) -> result<_, error>
";

    fn after(change: impl Fn(&str) -> String) -> Verdict {
        Verdict::of(OLD, &change(OLD))
    }

    fn replaced(from: &str, to: &str) -> Verdict {
        assert!(OLD.contains(from));
        after(|old| old.replace(from, to))
    }

    fn breaks(message: &str) -> Verdict {
        Verdict::Breaking(vec![format!("httplib:http/client@0.1.0{message}")])
    }

    fn grows(message: &str) -> Verdict {
        Verdict::Compatible(vec![message.to_owned()])
    }

    #[test]
    fn nothing_new_is_the_same() {
        assert_eq!(after(str::to_owned), Verdict::Same);
    }

    #[test]
    fn other_order_of_items_is_the_same() {
        let turned = |old: &str| {
            let (interface, items) = old.split_once('\n').unwrap();
            let items: Vec<&str> = items.lines().rev().collect();
            format!("{interface}\n{}\n", items.join("\n"))
        };
        assert_eq!(after(turned), Verdict::Same);
    }

    #[test]
    fn added_function_type_or_interface_is_compatible() {
        let client = "httplib:http/client@0.1.0";
        for name in [
            "[method]connection.close",
            "[static]connection.http",
            "select",
        ] {
            let verdict = after(|old| format!("{old}  {name}: func()\n"));
            assert_eq!(verdict, grows(&format!("{client}#{name} was added")));
        }
        let verdict = after(|old| format!("{old}  kind: enum {{ a }}\n"));
        assert_eq!(verdict, grows(&format!("{client}#kind was added")));
        let verdict = after(|old| format!("{old}httplib:http/pool@0.1.0\n"));
        assert_eq!(verdict, grows("httplib:http/pool@0.1.0 was added"));
    }

    #[test]
    fn removed_item_is_breaking() {
        let verdict = replaced("  connection: resource\n", "");
        assert_eq!(verdict, breaks("#connection was removed"));
        let verdict = replaced("  phase: enum { resolve, connect }\n", "");
        assert_eq!(verdict, breaks("#phase was removed"));
    }

    #[test]
    fn other_version_of_the_package_is_breaking() {
        let Verdict::Breaking(changes) = replaced("@0.1.0", "@0.2.0") else {
            panic!("not breaking");
        };
        assert_eq!(changes[0], "httplib:http/client@0.1.0 was removed");
    }

    #[test]
    fn changed_signature_is_breaking() {
        let name = "#[method]connection.send";
        let old = "func(self: borrow<connection>, data: list<u8>) -> result<_, error>";
        for (from, to) in [
            ("data: list<u8>", "data: list<u8>, more: bool"),
            ("data: list<u8>", "bytes: list<u8>"),
            ("data: list<u8>", "data: string"),
            ("result<_, error>", "result<u64, error>"),
        ] {
            let new = old.replace(from, to);
            let message = format!("{name} has changed from `{old}` to `{new}`");
            assert_eq!(replaced(from, to), breaks(&message));
        }
    }

    #[test]
    fn added_or_removed_case_is_breaking() {
        let verdict = replaced("connect }", "connect, tls }");
        assert_eq!(verdict, breaks("#phase: the case `tls` was added"));
        let verdict = replaced("resolve, ", "");
        assert_eq!(verdict, breaks("#phase: the case `resolve` was removed"));
        let verdict = replaced("dns(string), ", "dns(string), address(string), ");
        assert_eq!(
            verdict,
            breaks("#name: the case `address(string)` was added")
        );
        let verdict = replaced("resolve, connect", "connect, resolve");
        assert_eq!(
            verdict,
            breaks("#phase: the order of its cases has changed")
        );
    }

    #[test]
    fn added_or_removed_field_is_breaking() {
        let verdict = replaced("one: u8, ", "one: u8, half: f32, ");
        assert_eq!(verdict, breaks("#pair: the field `half: f32` was added"));
        let verdict = replaced("one: u8, ", "");
        assert_eq!(verdict, breaks("#pair: the field `one: u8` was removed"));
    }

    #[test]
    fn breaking_change_is_not_hidden_by_an_addition() {
        let verdict = after(|old| old.replace("connect }", "connect, tls }") + "  more: func()\n");
        assert_eq!(verdict, breaks("#phase: the case `tls` was added"));
    }
}
