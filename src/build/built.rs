//! What a build gives.

use std::collections::BTreeMap;

use super::fast_speed::FastVolume;
use super::reuse::ReuseStory;
use crate::cloud::image::Image;
use crate::cloud::{ImageId, InstanceId, Region, SnapshotId, VolumeId};

/// The values of `build` in provisioners and post-processors, by Packer's names.
pub(crate) type GeneratedData = BTreeMap<String, String>;

/// The finished images. From here on nothing of them is undone.
#[derive(Clone, Debug)]
pub(crate) struct Built {
    /// The image's name, the same everywhere.
    pub(crate) name: String,
    /// The build region.
    pub(crate) region: Region,
    /// Where which image is.
    pub(crate) images: BTreeMap<Region, ImageId>,
    /// What they are made of.
    pub(crate) snapshots: BTreeMap<Region, Vec<SnapshotId>>,
    /// What it started from.
    pub(crate) source: Image,
    /// The build machine, which is on its way out; there is none where an image was reused.
    pub(crate) instance: Option<InstanceId>,
    /// What `reuse` came to, where it was asked for.
    pub(crate) reuse: Option<ReuseStory>,
    /// What `fast_build_volume` came to, where it acted.
    pub(crate) fast_volume: Option<FastVolume>,
    /// For the post-processors.
    pub(crate) data: GeneratedData,
}

/// The volumes of an `amazon-ebsvolume` build. From here on nothing of them is undone.
#[derive(Clone, Debug)]
pub(crate) struct BuiltVolumes {
    /// Where they are.
    pub(crate) region: Region,
    /// The volumes that stay.
    pub(crate) volumes: Vec<VolumeId>,
    /// Snapshots of them, and of others.
    pub(crate) snapshots: Vec<SnapshotId>,
    /// What the machine started from.
    pub(crate) source: Image,
    /// The build machine, which is on its way out.
    pub(crate) instance: InstanceId,
    /// For the post-processors.
    pub(crate) data: GeneratedData,
}
