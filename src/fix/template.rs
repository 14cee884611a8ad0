//! From a template's text to the fixed one's.

use super::fixers::FIXERS;
use super::parts::Parts;
use super::value::Value;
use super::write::write;
use crate::template::json::{self, SyntaxError};

/// Why a template cannot be fixed. The texts are Packer's.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FixError {
    /// Nothing is in it.
    #[error("Error parsing template: EOF")]
    Empty,
    /// It ends in the middle.
    #[error("Error parsing template: unexpected EOF")]
    EarlyEnd,
    /// It is no JSON.
    #[error("Error parsing template: {0}")]
    Syntax(SyntaxError),
    /// It is no object.
    #[error(
        "Error parsing template: json: cannot unmarshal {kind} into Go value of type map[string]interface {{}}"
    )]
    NoObject {
        /// What it is.
        kind: &'static str,
    },
    /// A list is expected.
    #[error("Error fixing: '{section}': source data must be an array or slice, got {kind}")]
    NoList {
        /// Where.
        section: &'static str,
        /// What is there.
        kind: &'static str,
    },
    /// A builder that is no object.
    #[error("Error fixing: 'Builders[{index}]' expected a map, got '{kind}'")]
    NoBuilder {
        /// From 0.
        index: usize,
        /// What is there.
        kind: &'static str,
    },
    /// A builder without a type.
    #[error("Error fixing: builder {number}: missing 'type'")]
    NoType {
        /// From 1.
        number: usize,
    },
    /// `ssh_private_ip` is neither true nor false.
    #[error("Error fixing: ssh_private_ip is not a boolean: {given}")]
    NoBoolean {
        /// What is there.
        given: String,
    },
    /// A list holds something else than texts, or a text is something else.
    #[error("Error fixing: '{key}' is not text")]
    NoText {
        /// Where.
        key: &'static str,
    },
}

/// The fixed template. Only the first JSON value of the text is read, as Go's decoder does.
pub(crate) fn fixed(text: &str) -> Result<String, FixError> {
    let root = json::parse_prefix(text).map_err(|error| match error.is_early_end {
        true if text.trim().is_empty() => FixError::Empty,
        true => FixError::EarlyEnd,
        false => FixError::Syntax(error),
    })?;
    let template = match Value::of(&root) {
        Value::Object(template) => template,
        other => return Err(FixError::NoObject { kind: other.kind() }),
    };
    let mut parts = Parts::of(template)?;
    for fixer in FIXERS {
        fixer.apply(&mut parts)?;
    }
    Ok(write(&parts.into_template()))
}

#[cfg(test)]
mod tests;
