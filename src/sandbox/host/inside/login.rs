//! Who logs in.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The user of the sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Login {
    pub(super) name: String,
    pub(super) user: u32,
    pub(super) group: u32,
    /// Further groups.
    pub(super) groups: Vec<u32>,
    pub(super) home: PathBuf,
    pub(super) shell: PathBuf,
    /// Processes and threads that each user may have.
    pub(super) processes: u32,
}
