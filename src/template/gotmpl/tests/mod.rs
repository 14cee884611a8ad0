//! Behaviour of the template language; what the tables expect was recorded from Go 1.27's `text/template`.

mod builtins;
mod control;
mod definitions;
mod errors;
mod hostile;
mod literals;
mod places;
mod printf;
mod syntax;
mod values;

use super::{FunctionError, Functions, Kind, Signature, Value, parse};

/// The functions of the tests, some of them as Packer's templates have them.
pub(super) struct Sample;

impl Functions for Sample {
    fn has(&self, name: &str) -> bool {
        matches!(
            name,
            "user" | "isotime" | "upper" | "lower" | "replace" | "fail" | "list"
        )
    }

    fn signature(&self, name: &str) -> Option<Signature> {
        Some(match name {
            "user" | "upper" | "lower" => Signature::fixed(&[Kind::String]),
            "isotime" => Signature::variadic(&[Kind::String]),
            "replace" => Signature::fixed(&[Kind::String, Kind::String, Kind::Int, Kind::String]),
            _ => Signature::fixed(&[]),
        })
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, FunctionError> {
        let texts: Vec<&str> = arguments.iter().filter_map(text).collect();
        match (name, texts.as_slice(), arguments) {
            ("user", ["a"], _) => Ok(Value::from("v")),
            ("user", ["n"], _) => Ok(Value::from("007")),
            ("user", ["list"], _) => Ok(Value::from("x,y,z")),
            ("user", ..) => Ok(Value::from("")),
            ("upper", [text], _) => Ok(Value::from(text.to_uppercase())),
            ("lower", [text], _) => Ok(Value::from(text.to_lowercase())),
            ("isotime", [], _) => Ok(Value::from("2020-01-02T03:04:05Z")),
            ("isotime", [layout], _) => Ok(Value::from(*layout)),
            ("isotime", many, _) => Err(FunctionError::new(format!(
                "too many values, 1 needed: [{}]",
                many.join(" ")
            ))),
            ("replace", [old, new, source], [_, _, Value::Int(count), _]) => {
                let count = usize::try_from(*count).unwrap_or(usize::MAX);
                Ok(Value::from(source.replacen(old, new, count)))
            }
            ("list", ..) => Ok(Value::List(vec![Value::from("p"), Value::from("q")])),
            _ => Err(FunctionError::new("boom")),
        }
    }
}

fn text(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// Data for a template, from JSON.
pub(super) fn data(json: &str) -> Value {
    convert(serde_json::from_str(json).expect("the test's data is JSON"))
}

fn convert(json: serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match json {
        Json::Null => Value::Nil,
        Json::Bool(value) => Value::Bool(value),
        Json::Number(number) => number.as_i64().map_or_else(
            || Value::Float(number.as_f64().expect("a float")),
            Value::Int,
        ),
        Json::String(text) => Value::String(text),
        Json::Array(items) => Value::List(items.into_iter().map(convert).collect()),
        Json::Object(entries) => {
            Value::Map(entries.into_iter().map(|(k, v)| (k, convert(v))).collect())
        }
    }
}

/// What a template writes, or its error as text.
pub(super) fn render(template: &str, data: &Value) -> Result<String, String> {
    parse(template, &Sample)
        .and_then(|parsed| parsed.execute(data, &Sample))
        .map_err(|error| error.to_string())
}

/// Checks what templates without data write.
pub(super) fn check(cases: &[(&str, &str)]) {
    for (template, expected) in cases {
        assert_eq!(
            render(template, &Value::Nil).as_deref(),
            Ok(*expected),
            "{template}"
        );
    }
}

/// Checks what templates with data, given as JSON, write.
pub(super) fn check_with(cases: &[(&str, &str, &str)]) {
    for (template, json, expected) in cases {
        assert_eq!(
            render(template, &data(json)).as_deref(),
            Ok(*expected),
            "{template} on {json}"
        );
    }
}

/// Checks the errors of templates without data, after `template: root:`.
pub(super) fn check_errors(cases: &[(&str, &str)]) {
    for (template, expected) in cases {
        let error = render(template, &Value::Nil).expect_err(template);
        assert_eq!(error, format!("template: root:{expected}"), "{template}");
    }
}

/// Checks the errors of templates with data, given as JSON, after `template: root:`.
pub(super) fn check_errors_with(cases: &[(&str, &str, &str)]) {
    for (template, json, expected) in cases {
        let error = render(template, &data(json)).expect_err(template);
        assert_eq!(
            error,
            format!("template: root:{expected}"),
            "{template} on {json}"
        );
    }
}
