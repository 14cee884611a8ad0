//! The values that templates work on.

use std::collections::BTreeMap;

/// A value in a template; maps are ordered by key, as Go prints and ranges over them.
///
/// Go's strings are bytes, ours are text: where Go would cut a character in two, the pieces become U+FFFD.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// What a lookup that found nothing gives; printed as `<no value>`.
    Missing,
    /// The literal `nil`, and what a missing value becomes as a function's argument.
    Nil,
    Bool(bool),
    /// Integers; character constants are integers too (`'a'` is 97).
    Int(i64),
    Float(f64),
    String(String),
    #[cfg_attr(
        not(test),
        expect(
            dead_code,
            reason = "none of Packer's functions gives a list yet, but `range` and `index` are Go's"
        )
    )]
    List(Vec<Value>),
    Map(BTreeMap<String, Value>),
    /// A Go struct: unlike a map it has these fields and no others.
    Record(Record),
}

/// The fields of a Go struct, in its order.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Record {
    /// Go's name of its type, as messages have it.
    pub(crate) type_name: &'static str,
    /// Names and values.
    pub(crate) fields: Vec<(&'static str, Value)>,
}

impl Record {
    /// The value of a field, where there is such a field.
    pub(super) fn field(&self, name: &str) -> Option<&Value> {
        let found = self.fields.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| value)
    }
}

impl Value {
    /// Whether `if` takes the value as true: it is not the empty value of its type.
    pub(crate) fn is_true(&self) -> bool {
        match self {
            Self::Missing | Self::Nil => false,
            Self::Bool(value) => *value,
            Self::Int(value) => *value != 0,
            Self::Float(value) => *value != 0.0,
            Self::String(value) => !value.is_empty(),
            Self::List(items) => !items.is_empty(),
            Self::Map(entries) => !entries.is_empty(),
            Self::Record(_) => true,
        }
    }

    /// The name of the Go type that stands for this value in messages.
    ///
    /// A list or map of nothing but strings counts as one of strings, the only kind that Packer's data holds.
    pub(super) fn type_name(&self) -> &'static str {
        match self {
            Self::Missing | Self::Nil => "<nil>",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Float(_) => "float64",
            Self::String(_) => "string",
            Self::List(items) if are_strings(items.iter()) => "[]string",
            Self::List(_) => "[]interface {}",
            Self::Map(entries) if are_strings(entries.values()) => "map[string]string",
            Self::Map(_) => "map[string]interface {}",
            Self::Record(record) => record.type_name,
        }
    }

    /// About how many bytes the value holds, for the bounds on work and size.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Missing | Self::Nil | Self::Bool(_) | Self::Int(_) | Self::Float(_) => 8,
            Self::String(value) => 8 + value.len(),
            Self::List(items) => 8 + items.iter().map(Self::size).sum::<usize>(),
            Self::Map(entries) => {
                8 + entries
                    .iter()
                    .map(|(k, v)| k.len() + v.size())
                    .sum::<usize>()
            }
            Self::Record(record) => {
                let sizes = record.fields.iter().map(|(_, value)| value.size());
                8 + sizes.sum::<usize>()
            }
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

fn are_strings<'v>(mut values: impl ExactSizeIterator<Item = &'v Value>) -> bool {
    values.len() > 0 && values.all(|value| matches!(value, Value::String(_)))
}
