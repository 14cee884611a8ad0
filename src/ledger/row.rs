//! One row of the ledger: all that undoing its thing needs.

use serde::{Deserialize, Serialize};

use super::kind::Kind;
use crate::cloud::{AllocationToken, Region, Tags};

/// Who chose a name: only a name of our own may be removed without asking whose thing it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum NameOrigin {
    /// Made here, unique.
    Generated,
    /// The template's; somebody else's thing may have it too.
    Template,
}

/// What a creating call is about to make.
#[derive(Clone, Debug)]
pub(crate) struct Order {
    /// What it is.
    pub(crate) kind: Kind,
    /// Where it will be.
    pub(crate) region: Region,
    /// Its name, where its kind has one; else what to call it in messages.
    pub(crate) name: String,
    /// Who chose the name.
    pub(crate) origin: NameOrigin,
    /// Devices of an instance whose volumes would outlive it although nobody asked for them.
    pub(crate) orphan_devices: Vec<String>,
    /// All devices that an instance is launched with: a volume elsewhere was attached by a script.
    pub(crate) devices: Vec<String>,
    /// Snapshots that an image refers to without having made them: they are the user's.
    pub(crate) spared: Vec<String>,
    /// The user's tags, for the kinds whose creating call takes them from the claim.
    pub(crate) tags: Tags,
}

impl Order {
    /// An order with a name that was made here.
    pub(crate) fn new(kind: Kind, region: &Region, name: impl Into<String>) -> Self {
        Self {
            kind,
            region: region.clone(),
            name: name.into(),
            origin: NameOrigin::Generated,
            orphan_devices: Vec::new(),
            devices: Vec::new(),
            spared: Vec::new(),
            tags: Tags::new(),
        }
    }

    /// The same with a name that the template chose.
    pub(crate) fn named_by_template(self) -> Self {
        Self {
            origin: NameOrigin::Template,
            ..self
        }
    }

    /// The same with devices whose volumes have to be removed after the machine.
    pub(crate) fn leaving(self, devices: Vec<String>) -> Self {
        Self {
            orphan_devices: devices,
            ..self
        }
    }

    /// The same of a machine that is launched with these devices.
    pub(crate) fn with_devices(self, devices: Vec<String>) -> Self {
        Self { devices, ..self }
    }

    /// The same of an image that refers to these snapshots of the user's.
    pub(crate) fn sparing(self, snapshots: Vec<String>) -> Self {
        Self {
            spared: snapshots,
            ..self
        }
    }

    /// The same with the user's tags on it.
    pub(crate) fn tagged(self, tags: &Tags) -> Self {
        Self {
            tags: tags.clone(),
            ..self
        }
    }
}

/// One thing that was made or may have been made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Row {
    /// Counts from 1 within one build.
    pub(crate) number: u32,
    /// What it is.
    pub(crate) kind: Kind,
    /// Where it is.
    pub(crate) region: Region,
    /// Its name, as in [`Order`].
    pub(crate) name: String,
    /// Who chose the name.
    pub(crate) origin: NameOrigin,
    /// The client token of the call.
    pub(crate) token: AllocationToken,
    /// When the row was written, Unix seconds.
    pub(crate) written: i64,
    /// As in [`Order`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) orphan_devices: Vec<String>,
    /// As in [`Order`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) devices: Vec<String>,
    /// As in [`Order`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) spared: Vec<String>,
    /// EC2's id (a key pair's name); `None` while no answer came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    /// Kept by `-on-error=abort` until then (RFC 3339): only an explicit `settle` removes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) held_until: Option<String>,
}

impl Row {
    /// The id where it is known, else the name.
    pub(crate) fn label(&self) -> &str {
        self.id.as_deref().unwrap_or(&self.name)
    }
}

impl std::fmt::Display for Row {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "{} `{}` in `{}`",
            self.kind.word(),
            self.label(),
            self.region
        )
    }
}
