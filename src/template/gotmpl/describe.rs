//! The tree written back as Go writes it in messages, between the angle brackets of `at <…>`.

use std::fmt::{self, Display, Formatter};

use super::ast::{Binding, Command, Operand, Pipe, TemplateCall, Term};
use super::lexer::{LEFT_DELIMITER, RIGHT_DELIMITER};
use super::quote::quote;

impl Display for Pipe {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if !self.variables.is_empty() {
            let operator = match self.binding {
                Binding::Declare => ":=",
                Binding::Assign => "=",
            };
            write!(f, "{} {operator} ", self.variables.join(", "))?;
        }
        for (index, command) in self.commands.iter().enumerate() {
            let separator = if index == 0 { "" } else { " | " };
            write!(f, "{separator}{command}")?;
        }
        Ok(())
    }
}

impl Display for Command {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Argument(&self.first))?;
        self.arguments
            .iter()
            .try_for_each(|a| write!(f, " {}", Argument(a)))
    }
}

/// An operand within a command: there a pipe has its parentheses, alone it has not.
struct Argument<'a>(&'a Operand);

impl Display for Argument<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.0.term {
            Term::Pipe(pipe) => write!(f, "({pipe})"),
            _ => write!(f, "{}", self.0),
        }
    }
}

impl Display for Operand {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.term {
            Term::Bool(value) => write!(f, "{value}"),
            Term::Dot => f.write_str("."),
            Term::Nil => f.write_str("nil"),
            Term::Number(number) => f.write_str(&number.text),
            Term::String { literal, .. } => f.write_str(literal),
            Term::Field(fields) => write_fields(f, fields),
            Term::Variable { name, fields } => {
                f.write_str(name)?;
                write_fields(f, fields)
            }
            Term::Function(name) => f.write_str(name),
            Term::Pipe(pipe) => write!(f, "{pipe}"),
            Term::Chain { base, fields } => {
                write!(f, "{}", Argument(base))?;
                write_fields(f, fields)
            }
        }
    }
}

fn write_fields(f: &mut Formatter<'_>, fields: &[String]) -> fmt::Result {
    fields.iter().try_for_each(|field| write!(f, ".{field}"))
}

impl Display for TemplateCall {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{LEFT_DELIMITER}template {}", quote(&self.name))?;
        if let Some(pipe) = &self.pipe {
            write!(f, " {pipe}")?;
        }
        f.write_str(RIGHT_DELIMITER)
    }
}
