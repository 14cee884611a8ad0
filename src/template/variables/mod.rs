//! User variables: which values hold, and what they are once they are rendered.

mod given;
mod mask;
mod passes;
mod resolve;
#[cfg(test)]
mod tests;

pub(crate) use given::GivenVariables;
pub(crate) use resolve::{Variables, report_missing, resolve};
