//! What a build leaves to its user, as values.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::build::{Built, BuiltVolumes, FastVolume, ReuseStory, Usage};
use crate::cloud::{ImageId, InstanceId, Region, SnapshotId, VolumeId};
use crate::inventory::Inventories;

/// The images that a build made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Images {
    /// Their name, the same everywhere.
    pub(crate) name: String,
    /// The build region.
    pub(crate) region: Region,
    /// Where which image is.
    pub(crate) ids: BTreeMap<Region, ImageId>,
    /// What they are made of.
    pub(crate) snapshots: BTreeMap<Region, Vec<SnapshotId>>,
    /// What they were made from.
    pub(crate) source: SourceImage,
    /// What the template launches machines as.
    pub(crate) instance_type: String,
    /// The build machine, gone by now; there is none where an image was reused.
    pub(crate) instance: Option<InstanceId>,
    /// The GiB of its volumes, where EC2 says.
    pub(crate) gib: Option<u32>,
    /// What the machine held, where somebody asked it.
    pub(crate) inventories: Option<Inventories>,
    /// What the machine and its volumes come to; there is none where an image was reused.
    pub(crate) usage: Option<Usage>,
    /// What `reuse` came to, where it was asked for.
    pub(crate) reuse: Option<ReuseStory>,
    /// What `fast_build_volume` came to, where it acted.
    pub(crate) fast_volume: Option<FastVolume>,
}

impl Images {
    /// Whether they were there before.
    pub(crate) fn are_reused(&self) -> bool {
        matches!(self.reuse, Some(ReuseStory::Reused { .. }))
    }
}

impl From<&Built> for Images {
    fn from(built: &Built) -> Self {
        Self {
            name: built.name.clone(),
            region: built.region.clone(),
            ids: built.images.clone(),
            snapshots: built.snapshots.clone(),
            source: SourceImage {
                id: built.source.id.clone(),
                name: built.source.name.clone(),
            },
            instance_type: built.instance_type.clone(),
            instance: built.instance.clone(),
            gib: built.gib,
            inventories: built.inventories.clone(),
            usage: built.usage.clone(),
            reuse: built.reuse.clone(),
            fast_volume: built.fast_volume.clone(),
        }
    }
}

/// The volumes that a build made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Volumes {
    /// Where they are.
    pub(crate) region: Region,
    /// The volumes.
    pub(crate) volumes: Vec<VolumeId>,
    /// Snapshots of volumes.
    pub(crate) snapshots: Vec<SnapshotId>,
    /// What the build machine was made from.
    pub(crate) source: SourceImage,
    /// The build machine, gone by now.
    pub(crate) instance: InstanceId,
}

impl From<&BuiltVolumes> for Volumes {
    fn from(built: &BuiltVolumes) -> Self {
        Self {
            region: built.region.clone(),
            volumes: built.volumes.clone(),
            snapshots: built.snapshots.clone(),
            source: SourceImage {
                id: built.source.id.clone(),
                name: built.source.name.clone(),
            },
            instance: built.instance.clone(),
        }
    }
}

/// The image that a build started from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SourceImage {
    /// Its id.
    pub(crate) id: ImageId,
    /// Its name.
    pub(crate) name: String,
}

/// What a build leaves to its user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Product {
    /// Images.
    Images(Box<Images>),
    /// Volumes.
    Volumes(Box<Volumes>),
    /// Something else, in Packer's words.
    Other(String),
    /// Nothing: the `null` builder.
    Nothing,
}
