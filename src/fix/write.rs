//! JSON as `packer fix` prints it: Go's `encoding/json`, two blanks an indent, `<` and `>` as they are.

use crate::template::go_json;

use super::value::{Object, Value};

/// Go escapes `&` and the two line separators because JSON may stand in a script; Packer turns only `<` and `>` back.
const ESCAPED: &[char] = &['&', '\u{2028}', '\u{2029}'];

/// The template's text, with a newline at its end.
pub(super) fn write(template: &Object) -> String {
    let mut out = String::new();
    object(&mut out, template, 0);
    out.push('\n');
    out
}

fn value(out: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Value::Number(value) => out.push_str(&go_json::number(*value)),
        Value::String(text) => go_json::string(out, text, ESCAPED),
        Value::List(items) if items.is_empty() => out.push_str("[]"),
        Value::List(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                begin_line(out, index, depth + 1);
                self::value(out, item, depth + 1);
            }
            end_lines(out, ']', depth);
        }
        Value::Object(members) => object(out, members, depth),
    }
}

fn object(out: &mut String, members: &Object, depth: usize) {
    if members.is_empty() {
        out.push_str("{}");
        return;
    }
    out.push('{');
    for (index, (key, member)) in members.iter().enumerate() {
        begin_line(out, index, depth + 1);
        go_json::string(out, key, ESCAPED);
        out.push_str(": ");
        value(out, member, depth + 1);
    }
    end_lines(out, '}', depth);
}

fn begin_line(out: &mut String, index: usize, depth: usize) {
    out.push_str(if index == 0 { "\n" } else { ",\n" });
    out.push_str(&"  ".repeat(depth));
}

fn end_lines(out: &mut String, bracket: char, depth: usize) {
    out.push('\n');
    out.push_str(&"  ".repeat(depth));
    out.push(bracket);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: Value) -> String {
        write(&Object::from([("k".to_owned(), value)]))
    }

    #[test]
    fn angle_brackets_are_literal_and_ampersands_are_not() {
        assert_eq!(
            written(Value::text("<a&b>\u{2028}\u{1}é\"\\")),
            "{\n  \"k\": \"<a\\u0026b>\\u2028\\u0001é\\\"\\\\\"\n}\n"
        );
    }

    #[test]
    fn nothing_stands_between_the_brackets_of_an_empty_list_or_object() {
        assert_eq!(written(Value::List(vec![])), "{\n  \"k\": []\n}\n");
        assert_eq!(written(Value::Object(Object::new())), "{\n  \"k\": {}\n}\n");
    }
}
