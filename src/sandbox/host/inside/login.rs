//! Who logs in.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Whether a file can be given to another id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Giving {
    /// It can.
    Real,
    /// There is no other id: it is said to have been done.
    Pretended,
}

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
    pub(super) giving: Giving,
    /// Processes and threads that each user may have.
    pub(super) processes: u32,
}
