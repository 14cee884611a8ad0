//! Evaluates pipelines, commands and field chains.

use super::ast::{Binding, Command, Operand, Pipe, Term};
use super::error::TemplateError;
use super::eval::{Execution, Site};
use super::eval_call::Callee;
use super::number::Number;
use super::value::Value;

impl<'t> Execution<'t> {
    /// The value of a pipeline; its variables stay on the stack until the caller takes them off.
    pub(super) fn pipeline(&mut self, dot: &Value, pipe: &'t Pipe) -> Result<Value, TemplateError> {
        self.enter()?;
        self.at(Site::Pipe(pipe))?;
        let mut piped = None;
        for command in &pipe.commands {
            let value = self.command(dot, command, piped)?;
            piped = Some(match value {
                Value::Nil => Value::Missing,
                other => other,
            });
        }
        let value = piped.unwrap_or(Value::Missing);
        for name in &pipe.variables {
            self.charge(value.size())?;
            match pipe.binding {
                Binding::Declare => self.variables.push((name, value.clone())),
                Binding::Assign => self.assign(name, value.clone())?,
            }
        }
        self.leave();
        Ok(value)
    }

    fn command(
        &mut self,
        dot: &Value,
        command: &'t Command,
        piped: Option<Value>,
    ) -> Result<Value, TemplateError> {
        let first = &command.first;
        let given = match (command.arguments.is_empty(), &piped) {
            (true, None) => Given::Nothing,
            _ => Given::Arguments,
        };
        match &first.term {
            Term::Field(_) | Term::Variable { .. } | Term::Chain { .. } => {
                self.reference(dot, first, given)
            }
            Term::Function(name) => {
                self.at(Site::Operand(first))?;
                let site = Site::Command(command);
                self.call(dot, Callee { name, site }, &command.arguments, piped)
            }
            Term::Pipe(pipe) => {
                self.refuse_arguments(first, given)?;
                self.pipeline(dot, pipe)
            }
            _ => {
                self.at(Site::Operand(first))?;
                self.refuse_arguments(first, given)?;
                match &first.term {
                    Term::Nil => Err(self.error("nil is not a command")),
                    _ => self.literal(dot, first),
                }
            }
        }
    }

    fn refuse_arguments(&self, first: &Operand, given: Given) -> Result<(), TemplateError> {
        match given {
            Given::Nothing => Ok(()),
            Given::Arguments => {
                Err(self.error(format!("can't give argument to non-function {first}")))
            }
        }
    }

    /// A literal or the cursor, where nothing says which type is wanted.
    pub(super) fn literal(
        &mut self,
        dot: &Value,
        operand: &'t Operand,
    ) -> Result<Value, TemplateError> {
        self.at(Site::Operand(operand))?;
        match &operand.term {
            Term::Bool(value) => Ok(Value::Bool(*value)),
            Term::Number(number) => self.constant(number),
            Term::String { value, .. } => {
                self.charge(value.len())?;
                Ok(Value::String(value.clone()))
            }
            _ => {
                self.charge(dot.size())?;
                Ok(dot.clone())
            }
        }
    }

    fn constant(&self, number: &Number) -> Result<Value, TemplateError> {
        match (number.float, number.integer) {
            (Some(float), _) if number.is_float_constant() => Ok(Value::Float(float)),
            (_, Some(integer)) => Ok(Value::Int(integer)),
            (None, None) => {
                Err(self.error(format!("complex constant {} is not supported", number.text)))
            }
            (Some(_), None) => Err(self.error(format!("{} overflows int", number.text))),
        }
    }

    /// A field, a variable, or fields of either or of a parenthesis.
    pub(super) fn reference(
        &mut self,
        dot: &Value,
        operand: &'t Operand,
        given: Given,
    ) -> Result<Value, TemplateError> {
        self.at(Site::Operand(operand))?;
        match &operand.term {
            Term::Field(fields) => self.fields(dot, fields, given),
            Term::Variable { name, fields } => {
                let value = self.variable(name)?;
                let size = value.size();
                if fields.is_empty() {
                    let value = value.clone();
                    self.charge(size)?;
                    self.refuse_arguments(operand, given)?;
                    return Ok(value);
                }
                let value = value.clone();
                self.charge(size)?;
                self.fields(&value, fields, given)
            }
            Term::Chain { base, fields } => {
                let value = match &base.term {
                    Term::Function(name) => {
                        self.at(Site::Operand(base))?;
                        let site = Site::Operand(base);
                        self.call(dot, Callee { name, site }, &[], None)?
                    }
                    Term::Pipe(pipe) => self.pipeline(dot, pipe)?,
                    _ => self.literal(dot, base)?,
                };
                self.fields(&value, fields, given)
            }
            _ => self.literal(dot, operand),
        }
    }

    /// Follows `.A.B.C` from `receiver`; only the last field could be a method that takes arguments.
    fn fields(
        &mut self,
        receiver: &Value,
        fields: &[String],
        given: Given,
    ) -> Result<Value, TemplateError> {
        let mut value = receiver;
        for (index, field) in fields.iter().enumerate() {
            let last = index + 1 == fields.len();
            match value {
                Value::Missing => return Ok(Value::Missing),
                Value::Nil => {
                    return Err(
                        self.error(format!("nil pointer evaluating interface {{}}.{field}"))
                    );
                }
                Value::Map(_) | Value::Record(_) if last && given == Given::Arguments => {
                    return Err(self.error(format!("{field} is not a method but has arguments")));
                }
                Value::Map(entries) => value = entries.get(field).unwrap_or(&Value::Missing),
                other => {
                    let found = match other {
                        Value::Record(record) => record.field(field),
                        _ => None,
                    };
                    let name = other.type_name();
                    value = found.ok_or_else(|| {
                        self.error(format!("can't evaluate field {field} in type {name}"))
                    })?;
                }
            }
        }
        self.charge(value.size())?;
        Ok(value.clone())
    }
}

/// Whether a command hands arguments to its first word, by position or by pipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Given {
    Nothing,
    Arguments,
}
