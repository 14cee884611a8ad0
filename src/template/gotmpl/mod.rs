//! Go's `text/template`, as far as Packer's templates can reach it: lexer, parser and evaluator.
//!
//! Texts are `{{ }}` templates named `root`. Messages, positions and results are Go's
//! (<https://pkg.go.dev/text/template>, compared with Go 1.27); the differences are:
//!
//! * values are [`Value`]s, so there are no methods, functions as values, channels or complex numbers;
//! * strings are text, not bytes;
//! * nesting, work and size are bounded, see `limits.rs`.

mod ast;
mod builtins;
mod compare;
mod describe;
mod error;
mod escape;
mod eval;
mod eval_call;
mod eval_control;
mod eval_pipeline;
mod functions;
mod indexing;
mod lexer;
mod lexer_action;
mod lexer_number;
mod limits;
mod number;
mod parser;
mod parser_control;
mod parser_pipeline;
mod print;
mod printf;
mod quote;
mod template;
#[cfg(test)]
mod tests;
mod token;
mod token_stream;
mod value;
mod verb;
mod verb_float;
mod verb_integer;

pub(crate) use error::{FunctionError, TemplateError};
pub(crate) use functions::{Functions, Kind, Signature};
pub(crate) use template::{Template, parse};
pub(crate) use value::{Record, Value};
