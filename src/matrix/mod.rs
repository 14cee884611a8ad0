//! The builds of a template as a matrix of jobs: what `plan` tells GitHub and what `join` expects.

mod jobs;
mod limits;
#[cfg(test)]
mod tests;

pub(crate) use jobs::{Job, Matrix};
#[cfg(test)]
pub(crate) use limits::MatrixError;
pub(crate) use limits::nameable;
