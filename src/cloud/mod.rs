//! EC2 as the build sees it: a narrow trait in our own types.
//!
//! `ec2` is the only file that names the SDK's client; `fake` is a stateful model with numbered calls.

pub(crate) mod api;
pub(crate) mod error;
pub(crate) mod identifiers;
pub(crate) mod image;
pub(crate) mod instance;
pub(crate) mod network;

pub(crate) use api::Cloud;
pub(crate) use error::CloudError;
pub(crate) use identifiers::{
    AllocationToken, GroupId, ImageId, InstanceId, KeyName, Region, SnapshotId, SubnetId, Tags,
    VolumeId, VpcId,
};
