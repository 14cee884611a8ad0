//! Which functions a template names, for callers that need to know before it runs.

use super::ast::{Command, Operand, Pipe, Term};

/// One use of a function in a template, wherever it stands, whether or not it will be evaluated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FunctionUse {
    /// The function's name.
    pub(crate) name: String,
    /// The arguments in order, a piped one last: the text where it is a string literal, else nothing.
    pub(crate) arguments: Vec<Option<String>>,
    /// Byte offset of the name in the template's text.
    pub(crate) offset: usize,
}

/// Adds the functions that the commands of `pipe` name directly; nested pipes were recorded when they were parsed.
pub(super) fn record_uses(pipe: &Pipe, uses: &mut Vec<FunctionUse>) {
    let mut previous = None;
    for command in &pipe.commands {
        record_command(command, previous, uses);
        previous = Some(command);
    }
}

fn record_command(command: &Command, previous: Option<&Command>, uses: &mut Vec<FunctionUse>) {
    if let Term::Function(name) = &command.first.term {
        let piped = previous.map(|p| {
            if p.arguments.is_empty() {
                literal(&p.first)
            } else {
                None
            }
        });
        let arguments = command.arguments.iter().map(literal).chain(piped).collect();
        uses.push(FunctionUse {
            name: name.clone(),
            arguments,
            offset: command.first.offset,
        });
    } else {
        record_operand(&command.first, uses);
    }
    command
        .arguments
        .iter()
        .for_each(|argument| record_operand(argument, uses));
}

/// A function as an operand is called without arguments.
fn record_operand(operand: &Operand, uses: &mut Vec<FunctionUse>) {
    match &operand.term {
        Term::Function(name) => {
            uses.push(FunctionUse {
                name: name.clone(),
                arguments: Vec::new(),
                offset: operand.offset,
            });
        }
        Term::Chain { base, .. } => record_operand(base, uses),
        _ => {}
    }
}

/// The text of a string literal, through any parentheses around it.
fn literal(operand: &Operand) -> Option<String> {
    match &operand.term {
        Term::String { value, .. } => Some(value.clone()),
        Term::Pipe(pipe) => match pipe.commands.as_slice() {
            [only] if only.arguments.is_empty() => literal(&only.first),
            _ => None,
        },
        _ => None,
    }
}
