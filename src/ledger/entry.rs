//! The lines of the journal. One JSON object a line; each is complete in itself.

use serde::{Deserialize, Serialize};

use super::identity::BuildIdentity;
use super::row::Row;

/// The format that this program writes and reads.
pub(super) const VERSION: u32 = 1;

/// The first line.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Header {
    /// The journal's format.
    pub(super) version: u32,
    /// Who wrote it.
    pub(super) process: u32,
    /// Whose build it is.
    pub(super) build: BuildIdentity,
}

/// Every other line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Entry {
    /// A thing is about to be made, or was found to be left of another one.
    Row(Row),
    /// Its id is known.
    Made { row: u32, id: String },
    /// EC2 confirmed that it is gone, unknown, or was never made.
    Gone { row: u32 },
    /// It stays for good: it is what the build was for.
    Kept { row: u32 },
    /// It stays until somebody settles this journal by hand.
    Held { row: u32, until: String },
}
