//! What the provisioners changed in a sandbox.

use serde::{Deserialize, Serialize};

/// What is different now from the moment at which it was opened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Changes {
    /// Sorted by path. A directory that was added stands for itself; what is in it stands beside it.
    pub(crate) files: Vec<Change>,
    /// Sorted by name. Empty where neither dpkg nor rpm keeps a list there.
    pub(crate) packages: Vec<PackageChange>,
}

/// One path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Change {
    /// Absolute. Bytes that are no UTF-8 are replaced.
    pub(crate) path: String,
    /// What happened to it.
    pub(crate) kind: ChangeKind,
    /// Of what is there now; 0 where nothing is, and for what is no plain file.
    pub(crate) bytes: u64,
}

/// What happened to a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ChangeKind {
    /// It was not there.
    Added,
    /// It was there with another content, owner or mode.
    Changed,
    /// It is gone.
    Removed,
}

/// A package of dpkg or rpm.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Package {
    /// With its architecture where the list has several of the name.
    pub(crate) name: String,
    /// As the package manager spells it.
    pub(crate) version: String,
}

/// A package that is not as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum PackageChange {
    /// It was not there.
    Installed(Package),
    /// It is gone.
    Removed(Package),
    /// Another version is there.
    Replaced {
        /// What is there now.
        now: Package,
        /// The version that was.
        before: String,
    },
}
