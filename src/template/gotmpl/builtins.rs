//! Go's predefined template functions: <https://pkg.go.dev/text/template#hdr-Functions>.

use super::ast::Operand;
use super::compare::{equal, less};
use super::error::FunctionError;
use super::escape::{html, javascript, url_query};
use super::functions::{Kind, Signature};
use super::indexing::{index, length, slice};
use super::print::{print, print_line};
use super::printf::printf;
use super::value::Value;

/// A predefined function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Builtin {
    And,
    Call,
    Eq,
    Ge,
    Gt,
    Html,
    Index,
    Js,
    Le,
    Len,
    Lt,
    Ne,
    Not,
    Or,
    Print,
    Printf,
    Println,
    Slice,
    UrlQuery,
}

/// Whether a function of this name is predefined.
pub(super) fn is_builtin(name: &str) -> bool {
    Builtin::of(name).is_some()
}

impl Builtin {
    /// The function of this name.
    pub(super) fn of(name: &str) -> Option<Self> {
        Some(match name {
            "and" => Self::And,
            "call" => Self::Call,
            "eq" => Self::Eq,
            "ge" => Self::Ge,
            "gt" => Self::Gt,
            "html" => Self::Html,
            "index" => Self::Index,
            "js" => Self::Js,
            "le" => Self::Le,
            "len" => Self::Len,
            "lt" => Self::Lt,
            "ne" => Self::Ne,
            "not" => Self::Not,
            "or" => Self::Or,
            "print" => Self::Print,
            "printf" => Self::Printf,
            "println" => Self::Println,
            "slice" => Self::Slice,
            "urlquery" => Self::UrlQuery,
            _ => return None,
        })
    }

    /// Its parameters.
    pub(super) fn signature(self) -> Signature {
        match self {
            Self::And | Self::Or | Self::Eq | Self::Index | Self::Slice | Self::Call => {
                Signature::variadic(&[Kind::Any, Kind::Any])
            }
            Self::Not | Self::Len => Signature::fixed(&[Kind::Any]),
            Self::Ne | Self::Lt | Self::Le | Self::Gt | Self::Ge => {
                Signature::fixed(&[Kind::Any, Kind::Any])
            }
            Self::Print | Self::Println | Self::Html | Self::Js | Self::UrlQuery => {
                Signature::variadic(&[Kind::Any])
            }
            Self::Printf => Signature::variadic(&[Kind::String, Kind::Any]),
        }
    }

    /// The truth at which the evaluation of further arguments stops, for the two functions that do so.
    pub(super) fn short_circuit(self) -> Option<bool> {
        match self {
            Self::And => Some(false),
            Self::Or => Some(true),
            _ => None,
        }
    }
}

/// Calls a predefined function with arguments that fit its signature; `first` is the first one as written.
pub(super) fn call_builtin(
    builtin: Builtin,
    arguments: &[Value],
    first: Option<&Operand>,
) -> Result<Value, FunctionError> {
    use Builtin::{
        And, Call, Eq, Ge, Gt, Html, Index, Js, Le, Len, Lt, Ne, Not, Or, Print, Printf, Println,
        Slice,
    };
    match (builtin, arguments) {
        // These two are evaluated argument by argument; with all arguments at hand the last one decides.
        (And | Or, all) => Ok(all.last().cloned().unwrap_or(Value::Missing)),
        (Call, [function, ..]) => Err(not_callable(function, first)),
        (Eq, [left, rest @ ..]) => equal(left, rest).map(Value::Bool),
        (Ne, [left, right]) => equal(left, std::slice::from_ref(right)).map(|e| Value::Bool(!e)),
        (Lt, [left, right]) => less(left, right).map(Value::Bool),
        (Le, [left, right]) => less_or_equal(left, right).map(Value::Bool),
        (Gt, [left, right]) => less_or_equal(left, right).map(|le| Value::Bool(!le)),
        (Ge, [left, right]) => less(left, right).map(|lt| Value::Bool(!lt)),
        (Not, [value]) => Ok(Value::Bool(!value.is_true())),
        (Len, [value]) => length(value),
        (Index, [item, indexes @ ..]) => index(item, indexes),
        (Slice, [item, indexes @ ..]) => slice(item, indexes),
        (Print, all) => Ok(Value::String(print(all))),
        (Println, all) => Ok(Value::String(print_line(all))),
        (Printf, [Value::String(format), rest @ ..]) => printf(format, rest).map(Value::String),
        (Html, all) => Ok(Value::String(html(&as_text(all)))),
        (Js, all) => Ok(Value::String(javascript(&as_text(all)))),
        (Builtin::UrlQuery, all) => Ok(Value::String(url_query(&as_text(all)))),
        _ => Err(FunctionError::new("wrong arguments")),
    }
}

fn less_or_equal(left: &Value, right: &Value) -> Result<bool, FunctionError> {
    Ok(less(left, right)? || equal(left, std::slice::from_ref(right))?)
}

/// `call` takes a value that is a function, and no value of ours is one.
fn not_callable(function: &Value, first: Option<&Operand>) -> FunctionError {
    if matches!(function, Value::Nil | Value::Missing) {
        return FunctionError::new("call of nil");
    }
    let type_name = function.type_name();
    let name = match (first, function) {
        (Some(operand), _) => operand.to_string(),
        (None, Value::String(text)) => text.clone(),
        (None, _) => format!("<{type_name} Value>"),
    };
    FunctionError::new(format!("non-function {name} of type {type_name}"))
}

/// The arguments as text, for the escaping functions; nil counts as a missing value there.
fn as_text(arguments: &[Value]) -> String {
    let shown: Vec<Value> = arguments
        .iter()
        .map(|value| match value {
            Value::Nil | Value::Missing => Value::from("<no value>"),
            other => other.clone(),
        })
        .collect();
    print(&shown)
}
