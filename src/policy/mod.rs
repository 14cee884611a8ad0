//! The policy file: what templates may ask for, as the base branch of a repository has it. Pure; `plan` compares, `run` reads it.

mod pattern;
mod rules;

pub(crate) use pattern::{Pattern, listed};
pub(crate) use rules::{Policy, PolicyError};
