//! A parsed template.

use std::collections::BTreeMap;

use super::ast::List;
use super::error::TemplateError;
use super::eval;
use super::functions::Functions;
use super::parser;
use super::value::Value;

/// The name of every template's top level; Packer shows it in its messages.
pub(super) const ROOT: &str = "root";

/// A parsed template, with the templates that it defines inside.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Template {
    pub(super) text: String,
    pub(super) trees: BTreeMap<String, List>,
}

/// Parses a template's text; function names are resolved now, so unknown ones are errors here.
///
/// # Errors
///
/// [`TemplateError::Syntax`] with Go's message.
pub(crate) fn parse(text: &str, functions: &dyn Functions) -> Result<Template, TemplateError> {
    Ok(Template {
        text: text.to_owned(),
        trees: parser::parse(text, functions)?,
    })
}

impl Template {
    /// Runs the template on `data`, which is `.` and `$`, and returns what it writes.
    ///
    /// # Errors
    ///
    /// [`TemplateError::Execution`] with Go's message.
    pub(crate) fn execute(
        &self,
        data: &Value,
        functions: &dyn Functions,
    ) -> Result<String, TemplateError> {
        eval::execute(self, data, functions)
    }
}
