//! EC2's plain values, which settings are made of.

#[path = "../../src/cloud/identifiers.rs"]
pub(crate) mod identifiers;
#[path = "../../src/cloud/image.rs"]
pub(crate) mod image;
#[path = "../../src/cloud/instance.rs"]
pub(crate) mod instance;
#[path = "../../src/cloud/network.rs"]
pub(crate) mod network;

pub(crate) use identifiers::{
    AllocationToken, GroupId, ImageId, InstanceId, KeyName, Region, SnapshotId, SubnetId, Tags,
    VolumeId, VpcId,
};
