//! What a build gives.

use std::collections::BTreeMap;

use super::fast_speed::FastVolume;
use super::reuse::ReuseStory;
use super::usage::Usage;
use crate::cloud::image::Image;
use crate::cloud::{ImageId, InstanceId, Region, SnapshotId, VolumeId};
use crate::inventory::Inventories;
use crate::plan::amazon::settings::Launch;

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
    /// What the template launches machines as.
    pub(crate) instance_type: String,
    /// The build machine, which is on its way out; there is none where an image was reused.
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
    /// For the post-processors.
    pub(crate) data: GeneratedData,
}

/// What a machine is launched as where one has to be named: a spot instance may have several to choose from.
pub(super) fn instance_type(launch: &Launch) -> String {
    let choice = launch
        .spot
        .as_ref()
        .map(|spot| spot.instance_types.as_slice());
    let first = choice.and_then(<[String]>::first);
    first.unwrap_or(&launch.instance_type).clone()
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
