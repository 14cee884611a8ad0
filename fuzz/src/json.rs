//! The JSON reader.

use std::sync::Arc;

use crate::template::document::{Json, Node, parse};
use crate::template::source::Source;

/// Reads a text. What comes out must lie inside the text, and a text that serde_json takes must not be refused for its syntax.
pub fn read(text: &str) {
    let ours = parse(Arc::new(Source::new("fuzz.json", text)));
    match &ours {
        Ok(document) => check_spans(&document.root, text),
        Err(problem) => assert!(!problem.message.is_empty()),
    }
    // Deeper texts are refused by serde_json first; numbers beyond a float are Go's to refuse.
    if let Ok(value) = serde_json::from_str::<serde_json::Value>(text) {
        let ours = ours.expect("serde_json takes this text");
        assert_eq!(shape(&ours.root), theirs(&value));
    }
}

fn check_spans(node: &Node, text: &str) {
    assert!(
        text.get(node.span.start..node.span.end).is_some(),
        "a span outside of the text"
    );
    match &node.value {
        Json::Array(items) => items.iter().for_each(|item| check_spans(item, text)),
        Json::Object(members) => members
            .iter()
            .for_each(|member| check_spans(&member.value, text)),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
    }
}

/// The value without numbers, whose texts differ, and with the last of several equal keys, in order.
fn shape(node: &Node) -> serde_json::Value {
    use serde_json::Value;
    match &node.value {
        Json::Null => Value::Null,
        Json::Bool(bool) => Value::Bool(*bool),
        Json::Number(_) => Value::from(0),
        Json::String(text) => Value::from(text.clone()),
        Json::Array(items) => items.iter().map(shape).collect(),
        Json::Object(members) => Value::Object(
            members
                .iter()
                .map(|member| (member.key.clone(), shape(&member.value)))
                .collect(),
        ),
    }
}

fn theirs(value: &serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Number(_) => Value::from(0),
        Value::Array(items) => items.iter().map(theirs).collect(),
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(key, value)| (key.clone(), theirs(value)))
                .collect(),
        ),
        other => other.clone(),
    }
}
