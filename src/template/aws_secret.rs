//! What a secret of AWS Secrets Manager gives: its text, or one value of the JSON object that it is.

use super::document::{Json, Node};
use super::json;

/// Why a secret has no value to give. The words are Packer's.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AwsSecretError {
    /// JSON, but no object.
    #[error(
        "json: cannot unmarshal {0} into Go value of type map[string]interface {{}}: `aws_secretsmanager_raw` gives the text as it is"
    )]
    NotAnObject(&'static str),
    /// Which of the values is not said.
    #[error("Secret has multiple values and no key was set")]
    KeyNeeded,
    /// No such value.
    #[error("No secret found for key {0:?}")]
    NoSuchKey(String),
    /// Neither text nor number.
    #[error("Unsupported secret value type: {0}")]
    Kind(&'static str),
}

/// The value of `key`; without a key the only one. A text that is no JSON is the value itself, whatever the key.
pub(crate) fn value(secret: &str, key: &str) -> Result<String, AwsSecretError> {
    let Ok(root) = json::parse(secret) else {
        return Ok(secret.to_owned());
    };
    let no_such_key = || AwsSecretError::NoSuchKey(key.to_owned());
    match &root.value {
        // Go reads `null` into a map as no map.
        Json::Null => return Err(no_such_key()),
        Json::Object(_) => {}
        Json::Bool(_) => return Err(AwsSecretError::NotAnObject("bool")),
        Json::Number(_) => return Err(AwsSecretError::NotAnObject("number")),
        Json::String(_) => return Err(AwsSecretError::NotAnObject("string")),
        Json::Array(_) => return Err(AwsSecretError::NotAnObject("array")),
    }
    let members = root.members();
    let found = match (key, members) {
        ("", [first, rest @ ..]) if rest.iter().all(|member| member.key == first.key) => {
            members.last()
        }
        ("", [_, ..]) => return Err(AwsSecretError::KeyNeeded),
        // Of equal keys the last counts, as in Go.
        (key, members) => members.iter().rev().find(|member| member.key == key),
    };
    text(&found.ok_or_else(no_such_key)?.value)
}

/// Numbers are rounded to whole ones, as Packer prints them.
fn text(node: &Node) -> Result<String, AwsSecretError> {
    match &node.value {
        Json::String(text) => Ok(text.clone()),
        Json::Number(number) => {
            let number: f64 = number.parse().unwrap_or_default();
            Ok(format!("{number:.0}"))
        }
        Json::Null => Err(AwsSecretError::Kind("<nil>")),
        Json::Bool(_) => Err(AwsSecretError::Kind("bool")),
        Json::Array(_) => Err(AwsSecretError::Kind("[]interface {}")),
        Json::Object(_) => Err(AwsSecretError::Kind("map[string]interface {}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(secret: &str, key: &str) -> String {
        value(secret, key).unwrap_err().to_string()
    }

    #[test]
    fn a_text_that_is_no_json_is_the_value() {
        assert_eq!(value("plain{", "any").unwrap(), "plain{");
    }

    #[test]
    fn the_only_value_needs_no_key() {
        assert_eq!(value(r#"{"k": "v"}"#, "").unwrap(), "v");
        assert_eq!(value(r#"{"k": "v", "k": "w"}"#, "").unwrap(), "w");
        assert_eq!(value(r#"{"k": "v", "l": "w"}"#, "l").unwrap(), "w");
        assert_eq!(
            refused(r#"{"k": "v", "l": "w"}"#, ""),
            "Secret has multiple values and no key was set"
        );
        assert_eq!(
            refused(r#"{"k": "v"}"#, "x"),
            r#"No secret found for key "x""#
        );
        assert_eq!(refused("{}", ""), r#"No secret found for key """#);
        assert_eq!(refused("null", ""), r#"No secret found for key """#);
    }

    #[test]
    fn numbers_are_whole_and_other_types_are_refused() {
        assert_eq!(value(r#"{"port": 5432}"#, "").unwrap(), "5432");
        assert_eq!(
            value(r#"{"n": 1e21}"#, "").unwrap(),
            "1000000000000000000000"
        );
        assert_eq!(value(r#"{"n": 2.5}"#, "").unwrap(), "2");
        assert_eq!(
            refused(r#"{"k": true}"#, "k"),
            "Unsupported secret value type: bool"
        );
        assert!(refused("12345", "").starts_with("json: cannot unmarshal number into Go value"));
    }
}
