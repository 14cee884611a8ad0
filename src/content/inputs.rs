//! What the workflow's author says about a template's content.

/// What counts besides the template, and what of it does not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ContentInputs {
    /// Variables whose values do not decide what an image holds.
    pub(crate) volatile_variables: Vec<String>,
    /// Files that do, although the template does not name them.
    pub(crate) files: Vec<String>,
}
