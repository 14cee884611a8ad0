//! The parts of a template that fixers work on.

use super::template::FixError;
use super::value::{Object, Value};

/// A builder that Packer would read, with its type.
#[derive(Debug, PartialEq)]
pub(super) struct Builder {
    /// Its `type`.
    pub(super) kind: String,
    /// All of it.
    pub(super) config: Object,
}

impl Builder {
    /// Gives it another type.
    pub(super) fn set_kind(&mut self, kind: &str) {
        kind.clone_into(&mut self.kind);
        self.config.insert("type".to_owned(), Value::text(kind));
    }
}

/// A template, taken apart.
#[derive(Debug, PartialEq)]
pub(super) struct Parts {
    /// None where the template has no `builders`; Packer writes `null` then.
    pub(super) builders: Option<Vec<Builder>>,
    /// None where there are none.
    pub(super) provisioners: Option<Vec<Value>>,
    /// None where there are none.
    pub(super) post_processors: Option<Vec<Value>>,
    rest: Object,
}

impl Parts {
    /// Takes a template apart. Packer crashes at a builder whose `type` is no string; here it is an error.
    pub(super) fn of(mut template: Object) -> Result<Self, FixError> {
        Ok(Self {
            builders: builders(template.remove("builders"))?,
            provisioners: provisioners(&mut template),
            post_processors: match template.remove("post-processors") {
                None => None,
                Some(Value::List(items)) => Some(items),
                Some(Value::Null) => {
                    template.insert("post-processors".to_owned(), Value::Null);
                    None
                }
                Some(other) => return Err(no_list("post-processors", &other)),
            },
            rest: template,
        })
    }

    /// Puts it together again.
    pub(super) fn into_template(self) -> Object {
        let mut template = self.rest;
        let builders = self.builders.map_or(Value::Null, |builders| {
            Value::List(
                builders
                    .into_iter()
                    .map(|builder| Value::Object(builder.config))
                    .collect(),
            )
        });
        template.insert("builders".to_owned(), builders);
        for (key, list) in [
            ("provisioners", self.provisioners),
            ("post-processors", self.post_processors),
        ] {
            if let Some(items) = list {
                template.insert(key.to_owned(), Value::List(items));
            }
        }
        template
    }

    /// Every post-processor that is an object, alone or in a sequence.
    pub(super) fn post_processor_objects(&mut self) -> impl Iterator<Item = &mut Object> {
        self.post_processors
            .iter_mut()
            .flatten()
            .flat_map(|entry| match entry {
                Value::List(sequence) => sequence.as_mut_slice(),
                alone => std::slice::from_mut(alone),
            })
            .filter_map(as_object)
    }

    /// Every provisioner that is an object.
    pub(super) fn provisioner_objects(&mut self) -> impl Iterator<Item = &mut Object> {
        self.provisioners.iter_mut().flatten().filter_map(as_object)
    }
}

fn as_object(value: &mut Value) -> Option<&mut Object> {
    match value {
        Value::Object(object) => Some(object),
        _ => None,
    }
}

fn builders(value: Option<Value>) -> Result<Option<Vec<Builder>>, FixError> {
    let items = match value {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::List(items)) => items,
        Some(other) => return Err(no_list("Builders", &other)),
    };
    let mut builders = Vec::with_capacity(items.len());
    for (index, item) in items.into_iter().enumerate() {
        let Value::Object(config) = item else {
            let kind = item.kind();
            return Err(FixError::NoBuilder { index, kind });
        };
        match config.get("type") {
            Some(Value::String(kind)) => builders.push(Builder {
                kind: kind.clone(),
                config,
            }),
            _ => return Err(FixError::NoType { number: index + 1 }),
        }
    }
    Ok(Some(builders))
}

/// A lone provisioner becomes a list of one: Packer decodes them weakly here, though not when it builds. What is empty stays.
fn provisioners(template: &mut Object) -> Option<Vec<Value>> {
    let is_empty = match template.get("provisioners")? {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    };
    if is_empty {
        return None;
    }
    match template.remove("provisioners")? {
        Value::List(items) => Some(items),
        alone => Some(vec![alone]),
    }
}

fn no_list(section: &'static str, value: &Value) -> FixError {
    FixError::NoList {
        section,
        kind: value.kind(),
    }
}
