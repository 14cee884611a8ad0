//! Walks the tree: text, actions, `if`, `with`, `range` and template calls.

use super::ast::{Binding, Control, Node, TemplateCall};
use super::error::TemplateError;
use super::eval::{Execution, Site};
use super::print::display;
use super::quote::quote;
use super::value::Value;

/// How the walk of a list ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Next,
    Break,
    Continue,
}

impl<'t> Execution<'t> {
    /// Walks a list of nodes until its end or a `break` or `continue`.
    pub(super) fn walk(&mut self, dot: &Value, list: &'t [Node]) -> Result<Flow, TemplateError> {
        self.enter()?;
        let mut flow = Flow::Next;
        for node in list {
            flow = self.node(dot, node)?;
            if flow != Flow::Next {
                break;
            }
        }
        self.leave();
        Ok(flow)
    }

    fn node(&mut self, dot: &Value, node: &'t Node) -> Result<Flow, TemplateError> {
        match node {
            Node::Text(text) => self.write(text)?,
            Node::Action(pipe) => {
                let value = self.pipeline(dot, pipe)?;
                if pipe.variables.is_empty() {
                    self.write(&display(&value))?;
                }
            }
            Node::If(control) => return self.condition(dot, control, Rebinding::Keep),
            Node::With(control) => return self.condition(dot, control, Rebinding::ToValue),
            Node::Range(control) => return self.range(dot, control),
            Node::Template(call) => self.template_call(dot, call)?,
            Node::Break => return Ok(Flow::Break),
            Node::Continue => return Ok(Flow::Continue),
        }
        Ok(Flow::Next)
    }

    fn condition(
        &mut self,
        dot: &Value,
        control: &'t Control,
        rebinding: Rebinding,
    ) -> Result<Flow, TemplateError> {
        let mark = self.variables.len();
        let value = self.pipeline(dot, &control.pipe)?;
        let flow = match (value.is_true(), rebinding, &control.otherwise) {
            (true, Rebinding::Keep, _) => self.walk(dot, &control.body)?,
            (true, Rebinding::ToValue, _) => self.walk(&value, &control.body)?,
            (false, _, Some(otherwise)) => self.walk(dot, otherwise)?,
            (false, _, None) => Flow::Next,
        };
        self.variables.truncate(mark);
        Ok(flow)
    }

    fn range(&mut self, dot: &Value, control: &'t Control) -> Result<Flow, TemplateError> {
        let mark = self.variables.len();
        let value = self.pipeline(dot, &control.pipe)?;
        let body = self.variables.len();
        let mut iterated = false;
        for (index, element) in self.elements(&value, control)? {
            iterated = true;
            self.bind_iteration(control, index, &element)?;
            let flow = self.walk(&element, &control.body)?;
            self.variables.truncate(body);
            if flow == Flow::Break {
                break;
            }
        }
        // A `break` or `continue` of the body ends here; one in the `else` list belongs to the loop around.
        let ended = match &control.otherwise {
            Some(otherwise) if !iterated => self.walk(dot, otherwise)?,
            _ => Flow::Next,
        };
        self.variables.truncate(mark);
        Ok(ended)
    }

    /// What a range goes through: index or key, and element.
    fn elements<'v>(
        &self,
        value: &'v Value,
        control: &Control,
    ) -> Result<Box<dyn Iterator<Item = (Value, Value)> + 'v>, TemplateError> {
        Ok(match value {
            Value::Missing | Value::Nil => Box::new(std::iter::empty()),
            Value::Int(_) if control.pipe.variables.len() > 1 => {
                let number = display(value);
                return Err(self.error(format!(
                    "can't use {number} to iterate over more than one variable"
                )));
            }
            Value::Int(count) => Box::new((0..*count).map(|i| (Value::Missing, Value::Int(i)))),
            Value::List(items) => Box::new((0_i64..).map(Value::Int).zip(items.iter().cloned())),
            Value::Map(entries) => Box::new(
                entries
                    .iter()
                    .map(|(key, element)| (Value::String(key.clone()), element.clone())),
            ),
            Value::Bool(_) | Value::Float(_) | Value::String(_) | Value::Record(_) => {
                return Err(self.error(format!("range can't iterate over {}", display(value))));
            }
        })
    }

    /// Gives the loop's variables their values: one takes the element, two take index and element.
    fn bind_iteration(
        &mut self,
        control: &'t Control,
        index: Value,
        element: &Value,
    ) -> Result<(), TemplateError> {
        self.charge(element.size())?;
        let names = control.pipe.variables.as_slice();
        let pairs = match names {
            [] => return Ok(()),
            [only] => vec![(only, element.clone())],
            [first, second, ..] => vec![(first, index), (second, element.clone())],
        };
        let base = self.variables.len() - names.len().min(self.variables.len());
        for (place, (name, value)) in pairs.into_iter().enumerate() {
            match control.pipe.binding {
                Binding::Assign => self.assign(name, value)?,
                Binding::Declare => self.variables[base + place].1 = value,
            }
        }
        Ok(())
    }

    fn template_call(&mut self, dot: &Value, call: &'t TemplateCall) -> Result<(), TemplateError> {
        self.at(Site::Template(call))?;
        let template = self.template;
        let Some((name, tree)) = template.trees.get_key_value(&call.name) else {
            return Err(self.error(format!("template {} not defined", quote(&call.name))));
        };
        self.enter()?;
        let dot = match &call.pipe {
            Some(pipe) => self.pipeline(dot, pipe)?,
            None => Value::Missing,
        };
        // A called template sees no variables but its own.
        let outer = std::mem::replace(&mut self.variables, vec![("$", dot.clone())]);
        let caller = std::mem::replace(&mut self.current, name);
        self.walk(&dot, tree)?;
        self.current = caller;
        self.variables = outer;
        self.leave();
        Ok(())
    }
}

/// Whether a conditional block makes its value the cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rebinding {
    Keep,
    ToValue,
}
