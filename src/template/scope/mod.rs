//! What a text of the template may refer to where it stands: variables, functions, data. Used at run time too.

mod functions;
mod library;
mod secrets;
mod section;
mod text;

pub(crate) use functions::VARIABLE_NOT_SET;
pub(crate) use section::{BuilderFunctions, Section};
pub(crate) use text::Scope;

/// Go's own words; it knows line and column inside the text.
pub(crate) use super::gotmpl::TemplateError as RenderError;
