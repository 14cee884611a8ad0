//! JSON as Go's `encoding/json` reads it.
//!
//! serde_json would refuse what Go accepts (lone surrogates, which become U+FFFD), and its messages say nothing that a user of
//! Packer knows. Nesting is bounded, so that neither this parser nor anything that walks the tree can exhaust the stack.

mod error;
mod parser;
mod string;

pub(crate) use error::SyntaxError;
pub(crate) use parser::{parse, parse_prefix};
