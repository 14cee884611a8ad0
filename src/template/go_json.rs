//! JSON as Go's `encoding/json` writes it: keys sorted, numbers as floats, the letters of HTML escaped.

use std::collections::BTreeMap;

use super::document::{Json, Node};

/// Go escapes these in every string, so that JSON can stand in HTML and JavaScript.
pub(crate) const HTML: &[char] = &['<', '>', '&', '\u{2028}', '\u{2029}'];

/// The value without white space, as `json.Marshal` gives it.
pub(crate) fn compact(node: &Node) -> String {
    let mut out = String::new();
    value(&mut out, node, None);
    out
}

/// The value on lines of its own, two blanks an indent, as `json.MarshalIndent` gives it. No newline at its end.
pub(crate) fn indented(node: &Node) -> String {
    let mut out = String::new();
    value(&mut out, node, Some(0));
    out
}

/// Go writes an exponent below 1e-6 and from 1e21 on, as JavaScript does.
pub(crate) fn number(value: f64) -> String {
    let magnitude = value.abs();
    if magnitude != 0.0 && !(1e-6..1e21).contains(&magnitude) {
        let text = format!("{value:e}");
        return if magnitude < 1.0 {
            text
        } else {
            text.replace('e', "e+")
        };
    }
    value.to_string()
}

/// A string in its quotes; `escaped` are letters that are written by their number although JSON would take them.
pub(crate) fn string(out: &mut String, text: &str, escaped: &[char]) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            other if other < ' ' || escaped.contains(&other) => {
                out.push_str(&format!("\\u{:04x}", u32::from(other)));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

/// `depth` is absent where all stands on one line.
fn value(out: &mut String, node: &Node, depth: Option<usize>) {
    let inner = depth.map(|depth| depth + 1);
    match &node.value {
        Json::Null => out.push_str("null"),
        Json::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Json::Number(text) => out.push_str(&number(text.parse().unwrap_or_default())),
        Json::String(text) => string(out, text, HTML),
        Json::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                begin(out, index, inner);
                value(out, item, inner);
            }
            end(out, ']', items.is_empty(), depth);
        }
        Json::Object(members) => {
            // Go's map: sorted, and the last of two equal keys holds.
            let sorted: BTreeMap<_, _> = members.iter().map(|m| (&m.key, &m.value)).collect();
            out.push('{');
            for (index, (key, member)) in sorted.into_iter().enumerate() {
                begin(out, index, inner);
                string(out, key, HTML);
                out.push_str(if depth.is_some() { ": " } else { ":" });
                value(out, member, inner);
            }
            end(out, '}', members.is_empty(), depth);
        }
    }
}

fn begin(out: &mut String, index: usize, depth: Option<usize>) {
    if index > 0 {
        out.push(',');
    }
    new_line(out, depth);
}

fn end(out: &mut String, bracket: char, is_empty: bool, depth: Option<usize>) {
    if !is_empty {
        new_line(out, depth);
    }
    out.push(bracket);
}

fn new_line(out: &mut String, depth: Option<usize>) {
    if let Some(depth) = depth {
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::json;

    fn both(text: &str) -> (String, String) {
        let node = json::parse(text).unwrap();
        (compact(&node), indented(&node))
    }

    #[test]
    fn keys_are_sorted_and_letters_of_html_escaped() {
        let (compact, indented) = both(r#"{"b": "<&>\u2028é", "a": [1, {}], "c": []}"#);
        assert_eq!(
            compact,
            r#"{"a":[1,{}],"b":"\u003c\u0026\u003e\u2028é","c":[]}"#
        );
        assert_eq!(
            indented,
            "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": \"\\u003c\\u0026\\u003e\\u2028é\",\n  \"c\": []\n}"
        );
    }

    #[test]
    fn numbers_are_written_as_go_writes_a_float() {
        for (value, text) in [
            (1.0, "1"),
            (1.5, "1.5"),
            (-0.0, "-0"),
            (1e21, "1e+21"),
            (1e-7, "1e-7"),
            (12_345_678_901_234_567_890.0, "12345678901234567000"),
        ] {
            assert_eq!(number(value), text);
        }
    }
}
