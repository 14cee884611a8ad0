//! EC2's plain values, which settings are made of.

#[path = "../../src/cloud/identifiers.rs"]
pub(crate) mod identifiers;
#[path = "../../src/cloud/image.rs"]
pub(crate) mod image;
#[path = "../../src/cloud/instance.rs"]
pub(crate) mod instance;
#[path = "../../src/cloud/launch_terms.rs"]
pub(crate) mod launch_terms;
#[path = "../../src/cloud/lifecycle.rs"]
pub(crate) mod lifecycle;
#[path = "../../src/cloud/network.rs"]
pub(crate) mod network;

pub(crate) use identifiers::{
    AllocationToken, GroupId, ImageId, InstanceId, KeyName, LaunchTemplateId, ProfileName, Region,
    SnapshotId, SubnetId, Tags, VolumeId, VpcId,
};
