//! `inline`, `script` and `scripts`: the three ways to give a script, of which one is used.

/// Where a shell script comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ScriptSource {
    /// `inline`: lines that are rendered again at run time.
    Inline(Vec<String>),
    /// `script` and `scripts`: local paths.
    Files(Vec<String>),
}
