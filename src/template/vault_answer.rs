//! What Vault answers to a read: `{"data": {…}, "warnings": […]}`. The second version of its key-value store has a `data` of its
//! own inside, beside the metadata (<https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2>).

use std::time::Duration;

use super::document::{Json, Node};
use super::{json, weak};

/// An answer that could be read.
pub(crate) struct VaultAnswer(Node);

/// Why a field is not there to be used. The words are Packer's.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum VaultAnswerError {
    /// What came is no JSON.
    #[error("Error reading vault secret: {0}")]
    Unreadable(json::SyntaxError),
    /// What came holds no secret.
    #[error("Vault data was empty at the given path. Warnings: {}", .0.join("; "))]
    Empty(Vec<String>),
    /// The secret has no such field.
    #[error("Vault path does not contain the requested key")]
    NoSuchKey,
    /// The inner `data` is no object: of a deleted version it is `null`.
    #[error(
        "Vault path does not contain a secret: its data is {0}, as of a version that was deleted"
    )]
    NotASecret(&'static str),
    /// Go says so too where a field is used as text.
    #[error("interface conversion: interface {{}} is {0}, not string")]
    NotText(&'static str),
}

impl VaultAnswer {
    /// Reads an answer.
    pub(crate) fn read(text: &str) -> Result<Self, VaultAnswerError> {
        json::parse(text)
            .map(Self)
            .map_err(VaultAnswerError::Unreadable)
    }

    /// A field of a secret of either version of the key-value store, or of any engine that answers like the first one.
    pub(crate) fn field(&self, key: &str) -> Result<&str, VaultAnswerError> {
        let inner = self.data().and_then(|data| data.get("data"));
        let field = match inner {
            None => self.data().and_then(|data| data.get(key)),
            Some(secret) if matches!(secret.value, Json::Object(_)) => {
                return text(secret.get(key).ok_or(VaultAnswerError::NoSuchKey)?);
            }
            Some(other) => return Err(VaultAnswerError::NotASecret(kind(other))),
        };
        text(field.ok_or_else(|| VaultAnswerError::Empty(self.warnings()))?)
    }

    /// A field of what an engine other than a key-value store made; `None` where it is absent or `null`.
    pub(crate) fn plain_field(&self, key: &str) -> Result<Option<&str>, VaultAnswerError> {
        let field = self.data().and_then(|data| data.get(key));
        field.filter(|field| !field.is_null()).map(text).transpose()
    }

    /// How long what Vault made lasts; `None` for what has no lease.
    pub(crate) fn lease(&self) -> Option<Duration> {
        let seconds = weak::integer(self.0.get("lease_duration")?, "lease_duration").ok()??;
        let seconds = u64::try_from(seconds).ok().filter(|seconds| *seconds > 0)?;
        Some(Duration::from_secs(seconds))
    }

    /// Whether there is anything in it: an answer to "not found" may still carry a secret's metadata or a warning.
    pub(crate) fn is_empty(&self) -> bool {
        self.data().is_none_or(|data| data.members().is_empty()) && self.warnings().is_empty()
    }

    fn data(&self) -> Option<&Node> {
        self.0.get("data")
    }

    fn warnings(&self) -> Vec<String> {
        match self.0.get("warnings").map(|warnings| &warnings.value) {
            Some(Json::Array(warnings)) => warnings
                .iter()
                .filter_map(Node::as_str)
                .map(str::to_owned)
                .collect(),
            _ => Vec::new(),
        }
    }
}

fn text(node: &Node) -> Result<&str, VaultAnswerError> {
    node.as_str()
        .ok_or_else(|| VaultAnswerError::NotText(kind(node)))
}

/// The type as Go names it.
fn kind(node: &Node) -> &'static str {
    match node.value {
        Json::Null => "nil",
        Json::Bool(_) => "bool",
        Json::Number(_) => "json.Number",
        Json::String(_) => "string",
        Json::Array(_) => "[]interface {}",
        Json::Object(_) => "map[string]interface {}",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(text: &str, key: &str) -> Result<String, String> {
        VaultAnswer::read(text)
            .and_then(|answer| answer.field(key).map(str::to_owned))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn both_versions_of_the_key_value_store_are_understood() {
        assert_eq!(field(r#"{"data": {"k": "one"}}"#, "k").unwrap(), "one");
        let second = r#"{"data": {"data": {"k": "two", "e": ""}, "metadata": {"version": 1}}}"#;
        assert_eq!(field(second, "k").unwrap(), "two");
        assert_eq!(field(second, "e").unwrap(), "");
        assert_eq!(
            field(second, "metadata").unwrap_err(),
            "Vault path does not contain the requested key"
        );
    }

    #[test]
    fn a_path_without_a_secret_tells_what_vault_warned_of() {
        let empty = r#"{"data": {}, "warnings": ["Invalid path", "second"]}"#;
        assert_eq!(
            field(empty, "k").unwrap_err(),
            "Vault data was empty at the given path. Warnings: Invalid path; second"
        );
        assert_eq!(
            field(r#"{"data": null}"#, "k").unwrap_err(),
            "Vault data was empty at the given path. Warnings: "
        );
    }

    #[test]
    fn what_is_no_text_is_refused_by_its_type() {
        assert_eq!(
            field(r#"{"data": {"n": 5}}"#, "n").unwrap_err(),
            "interface conversion: interface {} is json.Number, not string"
        );
        assert_eq!(
            field("garbage", "n").unwrap_err(),
            "Error reading vault secret: invalid character 'g' looking for beginning of value"
        );
        let deleted = r#"{"data": {"data": null, "metadata": {"deletion_time": "2020"}}}"#;
        assert_eq!(
            field(deleted, "k").unwrap_err(),
            "Vault path does not contain a secret: its data is nil, as of a version that was deleted"
        );
    }
}
