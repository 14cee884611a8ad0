//! A JSON value to be rewritten: without places, its keys in order.

use std::collections::BTreeMap;

use crate::template::document::{Json, Node};

/// An object. Go sorts keys when it writes them, and the last of two equal keys holds.
pub(super) type Object = BTreeMap<String, Value>;

/// A JSON value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    /// Go reads every number as a `float64`, and so rounds what does not fit.
    Number(f64),
    String(String),
    List(Vec<Value>),
    Object(Object),
}

impl Value {
    pub(super) fn of(node: &Node) -> Self {
        match &node.value {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(*value),
            Json::Number(text) => Self::Number(text.parse().unwrap_or_default()),
            Json::String(text) => Self::String(text.clone()),
            Json::Array(items) => Self::List(items.iter().map(Self::of).collect()),
            Json::Object(members) => Self::Object(
                members
                    .iter()
                    .map(|member| (member.key.clone(), Self::of(&member.value)))
                    .collect(),
            ),
        }
    }

    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::String(text.into())
    }

    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn is_text(&self) -> bool {
        matches!(self, Self::String(_))
    }

    pub(super) fn is_bool(&self) -> bool {
        matches!(self, Self::Bool(_))
    }

    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "bool",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::List(_) => "array",
            Self::Object(_) => "map",
        }
    }
}

/// The text at a key; none where something else stands there.
pub(super) fn text_at<'a>(object: &'a Object, key: &str) -> Option<&'a str> {
    object.get(key).and_then(Value::as_text)
}
