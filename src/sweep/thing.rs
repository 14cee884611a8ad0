//! A thing that carries an owner's tag, and what its tags say.

use std::fmt;

use crate::cloud::Region;
use crate::cloud::tagged::Tagged;
use crate::ledger::deadline::Deadline;
use crate::ledger::{BUILD_ID_TAG, DEADLINE_TAG, Kind, OWNER_TAG, ROW_TAG};

/// No build makes so many things; rows of our own are counted on from there.
const HIGHEST_ROW: u32 = 1_000_000;

/// A thing that sweeping found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Thing {
    /// What it is.
    pub(crate) kind: Kind,
    /// Where it is; of IAM the region by whose partition it was found.
    pub(crate) region: Region,
    /// Id, name and tags.
    pub(crate) tagged: Tagged,
}

impl Thing {
    /// Its id; of a key pair and a thing of IAM its name.
    pub(crate) fn id(&self) -> &str {
        &self.tagged.id
    }

    /// Which build made it; empty where no tag says so.
    pub(crate) fn build_id(&self) -> &str {
        self.tag(BUILD_ID_TAG)
    }

    /// The row of that build's ledger.
    pub(super) fn row(&self) -> Option<u32> {
        let row = self.tag(ROW_TAG).parse().ok();
        row.filter(|row| *row <= HIGHEST_ROW)
    }

    /// Until when it may not be touched.
    pub(super) fn deadline(&self) -> Deadline {
        Deadline::of(&self.tagged.tags)
    }

    /// The same as the tag spells it.
    pub(crate) fn deadline_text(&self) -> &str {
        self.tag(DEADLINE_TAG)
    }

    /// Whether it is one of these owners'.
    pub(super) fn belongs_to(&self, owners: &[String]) -> bool {
        owners.iter().any(|owner| owner == self.tag(OWNER_TAG))
    }

    fn tag(&self, name: &str) -> &str {
        self.tagged.tags.get(name).map_or("", String::as_str)
    }
}

impl fmt::Display for Thing {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, id) = (self.kind.word(), self.id());
        write!(formatter, "{kind} `{id}` in `{}`", self.region)
    }
}
