//! `print`, `println`, and how a value is written to the output.

use super::value::Value;
use super::verb::{Flags, append_value};

/// A value as a template writes it.
pub(super) fn display(value: &Value) -> String {
    match value {
        Value::Missing => "<no value>".to_owned(),
        other => plain(other),
    }
}

/// The values one after another, with a space between two that are both not strings.
pub(super) fn print(values: &[Value]) -> String {
    let mut out = String::new();
    let mut previous: Option<&Value> = None;
    for value in values {
        let strings = [previous, Some(value)]
            .iter()
            .flatten()
            .any(|v| matches!(v, Value::String(_)));
        if previous.is_some() && !strings {
            out.push(' ');
        }
        out.push_str(&plain(value));
        previous = Some(value);
    }
    out
}

/// The values with a space between each two, and a newline.
pub(super) fn print_line(values: &[Value]) -> String {
    let mut out = values.iter().map(plain).collect::<Vec<_>>().join(" ");
    out.push('\n');
    out
}

fn plain(value: &Value) -> String {
    let mut out = String::new();
    append_value(&mut out, value, 'v', Flags::default());
    out
}
