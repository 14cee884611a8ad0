//! Whether what came is what was expected.

use serde_json::Value;

use super::archive::describe;
use super::case::Head;
use super::pattern::{is_in, matches};
use super::run::Outcome;
use super::sandbox::Sandbox;

/// What is wrong; empty where nothing is.
pub(crate) fn judge(head: &Head, outcome: &Outcome) -> Vec<String> {
    let expected: Vec<Option<i32>> = head.exits.iter().copied().map(Some).collect();
    if outcome.exits != expected {
        return vec![format!(
            "ended with {:?}, not with {expected:?}",
            outcome.exits
        )];
    }
    let mut wrong = texts(head, outcome);
    wrong.extend(lines(head, outcome));
    wrong.extend(json(head, outcome));
    wrong.extend(files(head, outcome));
    wrong.extend(machine(head, outcome));
    wrong
}

fn texts(head: &Head, outcome: &Outcome) -> Vec<String> {
    // Messages may be broken into lines anywhere.
    let output: Vec<&str> = outcome.output.split_whitespace().collect();
    let output = output.join(" ");
    let written = outcome.written.values().map(|content| describe(content));
    let written: String = written.map(|content| content.to_string()).collect();
    let asked = outcome.asked.join("\n");
    let held = |text: &String| {
        let text = outcome.sandbox.placed(text);
        [&output, &written, &asked]
            .into_iter()
            .any(|place| is_in(&text, place))
    };
    let missing = head.mentions.iter().filter(|text| !held(text));
    let missing = missing.map(|text| format!("does not mention {text:?}"));
    let unwanted = head
        .never_mentions
        .iter()
        .filter(|text| output.contains(*text));
    missing
        .chain(unwanted.map(|text| format!("mentions {text:?}")))
        .collect()
}

fn lines(head: &Head, outcome: &Outcome) -> Vec<String> {
    let has = |line: &String| outcome.output.lines().any(|have| matches(line, have));
    let missing = head.lines.iter().filter(|line| !has(line));
    missing.map(|line| format!("no line {line:?}")).collect()
}

fn json(head: &Head, outcome: &Outcome) -> Option<String> {
    let expected = head.prints.as_ref()?;
    let mut values = serde_json::Deserializer::from_str(&outcome.stdout).into_iter();
    let printed: Option<Value> = values.next().and_then(Result::ok);
    (printed.as_ref() != Some(expected)).then(|| format!("prints {printed:?}, not {expected}"))
}

fn files(head: &Head, outcome: &Outcome) -> Vec<String> {
    let mut wrong: Vec<String> = Vec::new();
    for (name, expected) in &head.writes {
        match outcome.written.get(name) {
            None => wrong.push(format!("does not write {name}")),
            Some(content) => {
                wrong.extend(content_differs(name, expected, content, &outcome.sandbox));
            }
        }
    }
    let further = outcome
        .written
        .keys()
        .filter(|name| !head.writes.contains_key(*name));
    wrong.extend(further.map(|name| format!("also writes {name}")));
    let removed = outcome.removed.iter();
    wrong.extend(removed.map(|name| format!("removes {name}")));
    wrong
}

fn content_differs(
    name: &str,
    expected: &Value,
    content: &[u8],
    sandbox: &Sandbox,
) -> Option<String> {
    let content = describe(content);
    let same = match (expected, &content) {
        (Value::String(expected), Value::String(content)) => {
            matches(&sandbox.placed(expected), content)
        }
        _ => *expected == content,
    };
    (!same).then(|| format!("writes {name} with {content}, not with {expected}"))
}

fn machine(head: &Head, outcome: &Outcome) -> Vec<String> {
    let Some(expected) = &head.machine else {
        return Vec::new();
    };
    let mut wrong = Vec::new();
    let asked: Vec<String> = expected
        .asked
        .iter()
        .map(|command| outcome.sandbox.placed(command))
        .collect();
    let same = asked.len() == outcome.asked.len()
        && asked
            .iter()
            .zip(&outcome.asked)
            .all(|(expected, command)| matches(expected, command));
    if !same {
        wrong.push(format!("asks {:?}, not {asked:?}", outcome.asked));
    }
    let left = outcome.sandbox.files("remote");
    for (name, expected) in &expected.files {
        match left.get(name) {
            None => wrong.push(format!("leaves no {name} on the machine")),
            Some(content) => {
                wrong.extend(content_differs(name, expected, content, &outcome.sandbox));
            }
        }
    }
    let further = left
        .keys()
        .filter(|name| !expected.files.contains_key(*name));
    wrong.extend(further.map(|name| format!("also leaves {name} on the machine")));
    wrong
}
