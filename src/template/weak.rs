//! Packer's weak typing: which JSON values a setting of each type takes, and what it says about the others.
//!
//! The rules are mapstructure's with `WeaklyTypedInput` and Packer's own hooks for durations and tri-state booleans.

use super::document::{Json, Node};
use super::duration::GoDuration;

/// A string. `null` is "not given".
pub(crate) fn text(node: &Node, name: &str) -> Result<Option<String>, String> {
    match &node.value {
        Json::Null => Ok(None),
        Json::String(text) => Ok(Some(text.clone())),
        Json::Number(number) => Ok(Some(shortest(number))),
        Json::Bool(value) => Ok(Some(if *value { "1" } else { "0" }.to_owned())),
        Json::Array(_) | Json::Object(_) => Err(unconvertible(node, name, "string")),
    }
}

/// A boolean.
pub(crate) fn boolean(node: &Node, name: &str) -> Result<Option<bool>, String> {
    match &node.value {
        Json::Null => Ok(None),
        Json::Bool(value) => Ok(Some(*value)),
        Json::Number(number) => Ok(Some(float(number) != 0.0)),
        Json::String(text) if text.is_empty() => Ok(Some(false)),
        Json::String(text) => parse_bool(text)
            .map(Some)
            .ok_or_else(|| not_a_bool(text, name)),
        Json::Array(_) | Json::Object(_) => Err(unconvertible(node, name, "bool")),
    }
}

/// A boolean that can be left open: by `null` or by an empty string.
pub(crate) fn tristate(node: &Node, name: &str) -> Result<Option<bool>, String> {
    match &node.value {
        Json::String(text) if text.is_empty() => Ok(None),
        Json::String(text) => parse_bool(text).map(Some).ok_or_else(|| {
            format!(
                "error decoding '{name}': Error parsing bool from given var: strconv.ParseBool: parsing {}: invalid syntax",
                quoted(text)
            )
        }),
        // The numbers behind Packer's type: nothing, true, false.
        Json::Number(number) => Ok(match truncated(number) {
            1 => Some(true),
            2 => Some(false),
            _ => None,
        }),
        Json::Null | Json::Bool(_) => boolean(node, name),
        _ => Err(unconvertible(node, name, "config.Trilean")),
    }
}

/// An integer. Fractions are cut off; strings may be hexadecimal, octal or binary as in Go.
pub(crate) fn integer(node: &Node, name: &str) -> Result<Option<i64>, String> {
    match &node.value {
        Json::Null => Ok(None),
        Json::Bool(value) => Ok(Some(i64::from(*value))),
        Json::Number(number) => Ok(Some(truncated(number))),
        Json::String(text) if text.is_empty() => Ok(Some(0)),
        Json::String(text) => parse_integer(text)
            .map(Some)
            .ok_or_else(|| not_an_integer(text, name)),
        Json::Array(_) | Json::Object(_) => Err(unconvertible(node, name, "int")),
    }
}

/// A duration: Go's notation, or a bare number of nanoseconds.
pub(crate) fn duration(node: &Node, name: &str) -> Result<Option<GoDuration>, String> {
    match &node.value {
        Json::String(text) => GoDuration::parse(text)
            .map(Some)
            .map_err(|error| format!("error decoding '{name}': {error}")),
        Json::Array(_) | Json::Object(_) => Err(unconvertible(node, name, "time.Duration")),
        _ => Ok(integer(node, name)?.map(GoDuration)),
    }
}

/// The objects that a weakly decoded map is merged of, or what is there instead of one, each with its name: lists are
/// followed to any depth, and `null` is nothing.
pub(crate) fn map_parts<'a>(node: &'a Node, name: &str) -> Vec<(String, &'a Node)> {
    match &node.value {
        Json::Null => Vec::new(),
        Json::Array(items) => items
            .iter()
            .enumerate()
            .flat_map(|(index, item)| map_parts(item, &format!("{name}[{index}]")))
            .collect(),
        _ => vec![(name.to_owned(), node)],
    }
}

/// A number as Go prints a float in its shortest form.
pub(crate) fn shortest(number: &str) -> String {
    float(number).to_string()
}

/// Go's `strconv.ParseBool`.
pub(crate) fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

/// Go's `strconv.ParseInt(text, 0, 64)`: <https://pkg.go.dev/strconv#ParseInt>.
pub(crate) fn parse_integer(text: &str) -> Option<i64> {
    let (sign, digits) = match text.as_bytes().first()? {
        b'-' => ("-", &text[1..]),
        b'+' => ("", &text[1..]),
        _ => ("", text),
    };
    let lower = digits.to_ascii_lowercase();
    let (radix, digits) = match lower.get(..2) {
        Some("0x") => (16, &lower[2..]),
        Some("0b") => (2, &lower[2..]),
        Some("0o") => (8, &lower[2..]),
        _ if lower.len() > 1 && lower.starts_with('0') => (8, &lower[1..]),
        _ => (10, lower.as_str()),
    };
    // Rust would take a second sign where Go does not.
    if digits.starts_with(['-', '+']) || !underscores_separate_digits(&lower) {
        return None;
    }
    let digits = digits.replace('_', "");
    i64::from_str_radix(&format!("{sign}{digits}"), radix).ok()
}

/// Go's rule: an underscore stands between digits, or between a base's prefix and a digit.
fn underscores_separate_digits(text: &str) -> bool {
    let digits = match text.as_bytes().get(1) {
        // The letter of a prefix counts as a digit.
        Some(b'x' | b'b' | b'o') => &text[1..],
        _ => text,
    };
    !digits.starts_with('_') && !digits.ends_with('_') && !digits.contains("__")
}

/// What mapstructure says about a value of the wrong type.
pub(crate) fn unconvertible(node: &Node, name: &str, wanted: &str) -> String {
    format!(
        "'{name}' expected type '{wanted}', got unconvertible type '{}'",
        go_type(node)
    )
}

/// The name of the Go type that JSON's values decode to.
pub(crate) fn go_type(node: &Node) -> &'static str {
    match node.value {
        Json::Null => "<nil>",
        Json::Bool(_) => "bool",
        Json::Number(_) => "float64",
        Json::String(_) => "string",
        Json::Array(_) => "[]interface {}",
        Json::Object(_) => "map[string]interface {}",
    }
}

/// Go's kind of the same, which other messages use.
pub(crate) fn go_kind(node: &Node) -> &'static str {
    match node.value {
        Json::Array(_) => "slice",
        Json::Object(_) => "map",
        _ => go_type(node),
    }
}

fn float(number: &str) -> f64 {
    number.parse().unwrap_or(0.0)
}

/// Go cuts fractions off too; what does not fit saturates.
fn truncated(number: &str) -> i64 {
    number.parse().unwrap_or_else(|_| float(number) as i64)
}

fn not_a_bool(text: &str, name: &str) -> String {
    format!(
        "cannot parse '{name}' as bool: strconv.ParseBool: parsing {}: invalid syntax",
        quoted(text)
    )
}

fn not_an_integer(text: &str, name: &str) -> String {
    let is_decimal = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_decimal = is_decimal.bytes().all(|byte| byte.is_ascii_digit());
    let fault = if is_decimal && text.len() > 1 {
        "value out of range"
    } else {
        "invalid syntax"
    };
    format!(
        "cannot parse '{name}' as int: strconv.ParseInt: parsing {}: {fault}",
        quoted(text)
    )
}

fn quoted(text: &str) -> String {
    format!("{:?}", text.chars().take(100).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::source::Span;

    fn node(json: &str) -> Node {
        crate::template::json::parse(json).unwrap()
    }

    #[test]
    fn a_string_takes_numbers_in_their_shortest_form_and_booleans_as_digits() {
        let cases = [
            ("1.50", "1.5"),
            ("1000000", "1000000"),
            ("1e3", "1000"),
            ("true", "1"),
            ("\"x\"", "x"),
        ];
        for (json, expected) in cases {
            assert_eq!(
                text(&node(json), "f"),
                Ok(Some(expected.to_owned())),
                "{json}"
            );
        }
        assert_eq!(text(&Node::new(Json::Null, Span::default()), "f"), Ok(None));
    }

    #[test]
    fn a_boolean_takes_go_s_words_only() {
        assert_eq!(boolean(&node("\"T\""), "f"), Ok(Some(true)));
        assert_eq!(boolean(&node("\"\""), "f"), Ok(Some(false)));
        assert_eq!(boolean(&node("0.5"), "f"), Ok(Some(true)));
        assert!(
            boolean(&node("\"yes\""), "f")
                .unwrap_err()
                .starts_with("cannot parse 'f' as bool")
        );
    }

    #[test]
    fn an_integer_takes_go_s_prefixes() {
        let cases = [
            ("\"0x10\"", 16),
            ("\"010\"", 8),
            ("\"-0b11\"", -3),
            ("3.9", 3),
            ("\"\"", 0),
            ("true", 1),
            ("\"1_0\"", 10),
            ("\"0x_f\"", 15),
            ("\"0_7\"", 7),
        ];
        for (json, expected) in cases {
            assert_eq!(integer(&node(json), "f"), Ok(Some(expected)), "{json}");
        }
        for json in [
            "\"1.5\"", "\"x\"", "\"0x\"", "\"-+5\"", "\"_1\"", "\"1__0\"", "\"1_\"", "[]",
        ] {
            assert!(integer(&node(json), "f").is_err(), "{json}");
        }
    }

    #[test]
    fn a_bare_number_is_a_duration_in_nanoseconds() {
        assert_eq!(duration(&node("1000"), "f"), Ok(Some(GoDuration(1000))));
        assert!(
            duration(&node("\"300\""), "f")
                .unwrap_err()
                .contains("'f': time: missing unit in duration \"300\"")
        );
    }

    #[test]
    fn an_open_boolean_is_open_for_an_empty_string() {
        assert_eq!(tristate(&node("\"\""), "f"), Ok(None));
        assert_eq!(tristate(&node("\"true\""), "f"), Ok(Some(true)));
        let numbers = ["0", "1", "2", "3"].map(|number| tristate(&node(number), "f"));
        assert_eq!(
            numbers,
            [Ok(None), Ok(Some(true)), Ok(Some(false)), Ok(None)]
        );
    }
}
