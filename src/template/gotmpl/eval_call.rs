//! Evaluates the arguments of a function against its signature, and calls it.

use super::ast::{Operand, Term};
use super::builtins::{Builtin, call_builtin};
use super::error::TemplateError;
use super::eval::{Execution, Site};
use super::eval_pipeline::Given;
use super::functions::{Kind, Signature};
use super::limits::MAX_TEXT_BYTES;
use super::value::Value;

/// The signature of a function that declares none.
const ANYTHING: Signature = Signature::variadic(&[Kind::Any]);

/// A function where it is called.
#[derive(Clone, Copy)]
pub(super) struct Callee<'t> {
    pub(super) name: &'t str,
    /// Where its own error is reported.
    pub(super) site: Site<'t>,
}

impl<'t> Execution<'t> {
    /// Calls a function; a piped value is the last argument.
    pub(super) fn call(
        &mut self,
        dot: &Value,
        Callee { name, site }: Callee<'t>,
        arguments: &'t [Operand],
        piped: Option<Value>,
    ) -> Result<Value, TemplateError> {
        let builtin = match self.functions.has(name) {
            true => None,
            false => Builtin::of(name),
        };
        let signature = match builtin {
            Some(builtin) => builtin.signature(),
            None => self.functions.signature(name).unwrap_or(ANYTHING),
        };
        self.check_count(
            name,
            signature,
            arguments.len(),
            arguments.len() + usize::from(piped.is_some()),
        )?;
        if let Some(stop) = builtin.and_then(Builtin::short_circuit) {
            return self.short_circuit(dot, arguments, piped, stop);
        }
        let values = self.arguments(dot, signature, arguments, piped)?;
        let size: usize = values.iter().map(Value::size).sum();
        self.charge(size)?;
        if size > MAX_TEXT_BYTES {
            return Err(self.error(format!(
                "the arguments of {name} are longer than {MAX_TEXT_BYTES} bytes"
            )));
        }
        let result = match builtin {
            Some(builtin) => call_builtin(builtin, &values, arguments.first()),
            None => self.functions.call(name, &values),
        };
        let value = result.map_err(|cause| {
            self.at(site)
                .err()
                .unwrap_or_else(|| self.call_error(name, cause))
        })?;
        self.charge(value.size())?;
        Ok(value)
    }

    /// `named` counts the arguments in the command, `given` also the piped one; Go's messages use either.
    fn check_count(
        &self,
        name: &str,
        signature: Signature,
        named: usize,
        given: usize,
    ) -> Result<(), TemplateError> {
        let required = signature.required();
        if signature.variadic && given < required {
            return Err(self.error(format!(
                "wrong number of args for {name}: want at least {required} got {named}"
            )));
        }
        if !signature.variadic && given != required {
            return Err(self.error(format!(
                "wrong number of args for {name}: want {required} got {given}"
            )));
        }
        Ok(())
    }

    /// `and` and `or`: the first argument whose truth is `stop`, else the last one; later ones are not evaluated.
    fn short_circuit(
        &mut self,
        dot: &Value,
        arguments: &'t [Operand],
        piped: Option<Value>,
        stop: bool,
    ) -> Result<Value, TemplateError> {
        let mut value = Value::Missing;
        for argument in arguments {
            value = self.argument(dot, Kind::Any, argument)?;
            if value.is_true() == stop {
                return Ok(value);
            }
        }
        Ok(piped.unwrap_or(value))
    }

    fn arguments(
        &mut self,
        dot: &Value,
        signature: Signature,
        arguments: &'t [Operand],
        piped: Option<Value>,
    ) -> Result<Vec<Value>, TemplateError> {
        let mut values = Vec::with_capacity(arguments.len() + 1);
        for (index, argument) in arguments.iter().enumerate() {
            values.push(self.argument(dot, signature.kind_at(index), argument)?);
        }
        if let Some(piped) = piped {
            values.push(self.validate(piped, signature.kind_at(arguments.len()))?);
        }
        Ok(values)
    }

    fn argument(
        &mut self,
        dot: &Value,
        kind: Kind,
        operand: &'t Operand,
    ) -> Result<Value, TemplateError> {
        self.at(Site::Operand(operand))?;
        let value = match &operand.term {
            Term::Nil if kind == Kind::Any => return Ok(Value::Nil),
            Term::Nil => return Err(self.error(format!("cannot assign nil to {kind}"))),
            Term::Dot => self.literal(dot, operand)?,
            Term::Field(_) | Term::Variable { .. } | Term::Chain { .. } => {
                self.reference(dot, operand, Given::Nothing)?
            }
            Term::Pipe(pipe) => self.pipeline(dot, pipe)?,
            Term::Function(name) => {
                let site = Site::Operand(operand);
                self.call(dot, Callee { name, site }, &[], None)?
            }
            Term::Bool(_) | Term::Number(_) | Term::String { .. } => {
                return self.typed_literal(dot, kind, operand);
            }
        };
        self.validate(value, kind)
    }

    /// A literal where a type is wanted: it has to be written as one of that type.
    fn typed_literal(
        &mut self,
        dot: &Value,
        kind: Kind,
        operand: &'t Operand,
    ) -> Result<Value, TemplateError> {
        let wanted = match (kind, &operand.term) {
            (Kind::Any, _) | (Kind::String, Term::String { .. }) => {
                return self.literal(dot, operand);
            }
            (Kind::Int, Term::Number(number)) => number.integer.map(Value::Int),
            _ => None,
        };
        let name = match kind {
            Kind::Int => "integer".to_owned(),
            other => other.to_string(),
        };
        wanted.ok_or_else(|| self.error(format!("expected {name}; found {operand}")))
    }

    fn validate(&self, value: Value, kind: Kind) -> Result<Value, TemplateError> {
        match value {
            Value::Missing if kind == Kind::Any => Ok(Value::Nil),
            Value::Missing => Err(self.error(format!("invalid value; expected {kind}"))),
            value if kind.admits(&value) => Ok(value),
            value => {
                let got = match &value {
                    Value::Nil => "interface {}",
                    other => other.type_name(),
                };
                Err(self.error(format!("wrong type for value; expected {kind}; got {got}")))
            }
        }
    }
}
