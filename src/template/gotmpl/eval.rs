//! The state of one execution: where it is, its variables, its output and its bounds.

use super::Template;
use super::ast::{Command, Operand, Pipe, TemplateCall};
use super::error::{FunctionError, Position, TemplateError};
use super::functions::Functions;
use super::limits::{MAX_EXECUTION_DEPTH, MAX_TEXT_BYTES, MAX_WORK, NODE_COST};
use super::template::ROOT;
use super::value::Value;

/// Runs a template on `data` and returns what it writes.
pub(super) fn execute(
    template: &Template,
    data: &Value,
    functions: &dyn Functions,
) -> Result<String, TemplateError> {
    // Go cannot tell missing data from nil data: both print as `<no value>`, and so do their fields.
    let data = match data {
        Value::Nil => Value::Missing,
        other => other.clone(),
    };
    let Some(root) = template.trees.get(ROOT) else {
        return Ok(String::new());
    };
    let mut execution = Execution {
        template,
        functions,
        current: ROOT,
        site: None,
        variables: vec![("$", data.clone())],
        output: String::new(),
        depth: 0,
        work: 0,
    };
    execution.walk(&data, root)?;
    Ok(execution.output)
}

/// One execution of a template.
pub(super) struct Execution<'t> {
    pub(super) template: &'t Template,
    pub(super) functions: &'t dyn Functions,
    /// The name of the template that runs now.
    pub(super) current: &'t str,
    site: Option<Site<'t>>,
    /// The variables in scope, the innermost last.
    pub(super) variables: Vec<(&'t str, Value)>,
    output: String,
    depth: usize,
    work: usize,
}

/// The part of the tree that is being evaluated; errors are reported there.
#[derive(Debug, Clone, Copy)]
pub(super) enum Site<'t> {
    Template(&'t TemplateCall),
    Pipe(&'t Pipe),
    Command(&'t Command),
    Operand(&'t Operand),
}

impl Site<'_> {
    fn offset(self) -> usize {
        match self {
            Self::Template(call) => call.offset,
            Self::Pipe(pipe) => pipe.offset,
            Self::Command(command) => command.offset,
            Self::Operand(operand) => operand.offset,
        }
    }

    fn describe(self) -> String {
        match self {
            Self::Template(call) => call.to_string(),
            Self::Pipe(pipe) => pipe.to_string(),
            Self::Command(command) => command.to_string(),
            Self::Operand(operand) => operand.to_string(),
        }
    }
}

impl<'t> Execution<'t> {
    /// Moves on to a part of the tree, at a small cost.
    pub(super) fn at(&mut self, site: Site<'t>) -> Result<(), TemplateError> {
        self.site = Some(site);
        self.charge(NODE_COST)
    }

    /// Counts work against [`MAX_WORK`].
    pub(super) fn charge(&mut self, cost: usize) -> Result<(), TemplateError> {
        self.work = self.work.saturating_add(cost);
        match self.work > MAX_WORK {
            true => Err(self.error("the template does too much work")),
            false => Ok(()),
        }
    }

    /// Goes one level deeper; [`Self::leave`] comes back.
    pub(super) fn enter(&mut self) -> Result<(), TemplateError> {
        if self.depth == MAX_EXECUTION_DEPTH {
            return Err(self.error(format!(
                "exceeded maximum template depth ({MAX_EXECUTION_DEPTH})"
            )));
        }
        self.depth += 1;
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Writes text to the output.
    pub(super) fn write(&mut self, text: &str) -> Result<(), TemplateError> {
        self.charge(text.len())?;
        if self.output.len() + text.len() > MAX_TEXT_BYTES {
            return Err(self.error(format!("the output is longer than {MAX_TEXT_BYTES} bytes")));
        }
        self.output.push_str(text);
        Ok(())
    }

    /// The value of the innermost variable of that name.
    pub(super) fn variable(&self, name: &str) -> Result<&Value, TemplateError> {
        match self
            .variables
            .iter()
            .rev()
            .find(|(known, _)| *known == name)
        {
            Some((_, value)) => Ok(value),
            None => Err(self.error(format!("undefined variable: {name}"))),
        }
    }

    /// Sets the innermost variable of that name.
    pub(super) fn assign(&mut self, name: &str, value: Value) -> Result<(), TemplateError> {
        match self
            .variables
            .iter_mut()
            .rev()
            .find(|(known, _)| *known == name)
        {
            Some((_, slot)) => {
                *slot = value;
                Ok(())
            }
            None => Err(self.error(format!("undefined variable: {name}"))),
        }
    }

    /// An error at the current part of the tree.
    pub(super) fn error(&self, message: impl Into<String>) -> TemplateError {
        TemplateError::Execution {
            template: self.current.to_owned(),
            position: Position::of(&self.template.text, self.site.map_or(0, Site::offset)),
            context: self.site.map_or_else(String::new, Site::describe),
            message: message.into(),
            source: None,
        }
    }

    /// The error of a function that was called at the current part of the tree.
    pub(super) fn call_error(&self, name: &str, cause: FunctionError) -> TemplateError {
        let mut error = self.error(format!("error calling {name}: {cause}"));
        if let TemplateError::Execution { source, .. } = &mut error {
            *source = Some(cause);
        }
        error
    }
}
