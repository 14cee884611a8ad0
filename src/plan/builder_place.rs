//! Where a build's builder stands in the template, for what turns out only later.

use std::sync::Arc;

use crate::template::document::Document;
use crate::template::model::{RawBuilder, Template};
use crate::template::problem::Place;
use crate::template::source::Span;

/// A builder's place.
#[derive(Clone, Debug)]
pub(crate) struct BuilderPlace {
    document: Arc<Document>,
    name: Span,
}

impl BuilderPlace {
    /// Of this builder of the template.
    pub(super) fn new(template: &Template, raw: &RawBuilder) -> Self {
        Self {
            document: Arc::clone(&template.document),
            name: raw.name_span,
        }
    }

    /// Where its name stands, else its type.
    pub(crate) fn of_name(&self) -> Place {
        self.document.place(self.name)
    }
}
