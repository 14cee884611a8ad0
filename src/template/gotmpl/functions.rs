//! What a template may call: the caller's functions and the types of their parameters.

use std::fmt::{self, Display, Formatter};

use super::error::FunctionError;
use super::value::Value;

/// The functions that templates may call besides Go's own; one named like a builtin hides the builtin.
pub(crate) trait Functions {
    /// Whether a function of this name exists; checked when a template is parsed.
    fn has(&self, name: &str) -> bool;

    /// The parameters of the function; without a signature any arguments are passed on.
    fn signature(&self, name: &str) -> Option<Signature>;

    /// Calls the function with arguments that fit its signature.
    ///
    /// # Errors
    ///
    /// The function's own error, shown as `error calling NAME: …`.
    fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, FunctionError>;
}

/// The parameters of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Signature {
    /// The types in order; of a variadic function the last may be given any number of times, or not at all.
    pub(crate) parameters: &'static [Kind],
    /// Whether the last parameter repeats.
    pub(crate) variadic: bool,
}

impl Signature {
    /// A function with exactly these parameters.
    pub(crate) const fn fixed(parameters: &'static [Kind]) -> Self {
        Self {
            parameters,
            variadic: false,
        }
    }

    /// A function whose last parameter repeats.
    pub(crate) const fn variadic(parameters: &'static [Kind]) -> Self {
        Self {
            parameters,
            variadic: true,
        }
    }

    /// How many arguments there have to be at least.
    pub(super) fn required(&self) -> usize {
        self.parameters
            .len()
            .saturating_sub(usize::from(self.variadic))
    }

    /// The type of the argument at `index`.
    pub(super) fn kind_at(&self, index: usize) -> Kind {
        self.parameters
            .get(index)
            .or(self.parameters.last())
            .copied()
            .unwrap_or(Kind::Any)
    }
}

/// The type of a parameter, shown as Go names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    String,
    Int,
    /// Anything, `nil` included.
    Any,
}

impl Kind {
    /// Whether a value has this type.
    pub(super) fn admits(self, value: &Value) -> bool {
        match self {
            Self::String => matches!(value, Value::String(_)),
            Self::Int => matches!(value, Value::Int(_)),
            Self::Any => true,
        }
    }
}

impl Display for Kind {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::String => "string",
            Self::Int => "int",
            Self::Any => "interface {}",
        })
    }
}
