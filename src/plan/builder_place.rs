//! Where a build's builder and its keys stand in the template, for what turns out only later.

use std::sync::Arc;

use crate::template::document::{Document, Node};
use crate::template::model::{RawBuilder, Template};
use crate::template::problem::Place;
use crate::template::source::Span;

/// A builder's place.
#[derive(Clone, Debug)]
pub(crate) struct BuilderPlace {
    document: Arc<Document>,
    name: Span,
    config: Node,
}

impl BuilderPlace {
    /// Of this builder of the template.
    pub(super) fn new(template: &Template, raw: &RawBuilder) -> Self {
        Self {
            document: Arc::clone(&template.document),
            name: raw.name_span,
            config: raw.config.clone(),
        }
    }

    /// Where its name stands, else its type.
    pub(crate) fn of_name(&self) -> Place {
        self.document.place(self.name)
    }

    /// Where the value of the first of these keys stands that the template has; else its name.
    pub(crate) fn of_key(&self, keys: &[&str]) -> Place {
        let node = keys.iter().find_map(|key| self.config.get(key));
        self.document
            .place(node.map_or(self.name, |node| node.span))
    }
}
