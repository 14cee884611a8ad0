//! The template functions that need nothing but their arguments: texts, times and identifiers.
//!
//! Which of them a template may call where is decided by whoever offers them to the evaluator.

mod clean;
mod strftime;
mod text;
mod time_layout;
mod uuid;

pub(crate) use clean::clean_resource_name;
pub(crate) use strftime::strftime;
pub(crate) use text::{TextError, lower, replace, replace_all, split, upper};
pub(crate) use time_layout::{DEFAULT_LAYOUT, format_time};
pub(crate) use uuid::time_ordered_uuid;
