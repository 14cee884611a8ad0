//! What the run adds to a planned image is nothing here: a plan leaves it empty, and no text that is fuzzed gets into it.

/// Stands where the program's own stands.
#[derive(Clone, Debug, Default)]
pub(crate) struct Life;
