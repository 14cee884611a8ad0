//! The tree that a template's text is parsed into; each part keeps the byte offset that Go reports for it.

use super::number::Number;

/// A sequence of text and actions.
pub(super) type List = Vec<Node>;

/// One part of a [`List`].
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    Text(String),
    Action(Pipe),
    If(Control),
    With(Control),
    Range(Control),
    Template(TemplateCall),
    Break,
    Continue,
}

/// What `if`, `with` and `range` have in common.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Control {
    pub(super) pipe: Pipe,
    pub(super) body: List,
    pub(super) otherwise: Option<List>,
}

/// `{{template "name" pipe}}`.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TemplateCall {
    pub(super) offset: usize,
    pub(super) name: String,
    pub(super) pipe: Option<Pipe>,
}

/// Commands joined by `|`, whose last value may be given to variables.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pipe {
    pub(super) offset: usize,
    pub(super) binding: Binding,
    pub(super) variables: Vec<String>,
    /// Never empty once parsed.
    pub(super) commands: Vec<Command>,
}

/// Whether the variables of a pipe are new (`:=`) or set anew (`=`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Binding {
    Declare,
    Assign,
}

/// A word and its arguments; never without the first.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Command {
    pub(super) offset: usize,
    pub(super) first: Operand,
    pub(super) arguments: Vec<Operand>,
}

/// A term at a place.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Operand {
    pub(super) offset: usize,
    pub(super) term: Term,
}

/// The simple expressions.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Term {
    Bool(bool),
    Dot,
    Nil,
    Number(Number),
    /// A string literal: as written, and what it stands for.
    String {
        literal: String,
        value: String,
    },
    /// `.A.B`.
    Field(Vec<String>),
    /// `$x.A.B`; the name keeps its `$`.
    Variable {
        name: String,
        fields: Vec<String>,
    },
    Function(String),
    /// A pipe in parentheses.
    Pipe(Pipe),
    /// Fields of what is neither a field nor a variable: `(f x).A.B`.
    Chain {
        base: Box<Operand>,
        fields: Vec<String>,
    },
}
