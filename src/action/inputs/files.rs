//! Which files the template may use: `allowed-directories` and `allow-untrusted-template`.

use super::lines;
use crate::action::environment::Environment;

/// What the workflow's author allows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FileInputs {
    /// Directories besides the workspace.
    pub(crate) directories: Vec<String>,
    /// Files and directories that are used whatever commit they are of, below the workspace.
    pub(crate) untrusted: Vec<String>,
}

/// Reads the inputs.
pub(super) fn read(environment: &Environment) -> FileInputs {
    FileInputs {
        directories: lines(environment, "allowed-directories"),
        untrusted: lines(environment, "allow-untrusted-template"),
    }
}
