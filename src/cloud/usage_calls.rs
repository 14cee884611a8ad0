//! Who uses an image, and who else may use it: what has to be known before one is removed.

use std::future::Future;

use super::api::CloudResult;
use super::{ImageId, Region, SnapshotId};

/// How many images `DescribeImageReferences` takes at once.
pub(crate) const MOST_AT_ONCE: usize = 10;

/// Something that refers to an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ImageReference {
    /// The image, as it is referred to: a launch template may name a parameter in place of an image.
    pub(crate) image: ImageId,
    /// What refers to it, in words and with its name or ARN.
    pub(crate) by: String,
}

/// Which versions of launch templates count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    /// Every one.
    AllVersions,
    /// The latest and the default one: whatever changed a moment ago is one of them.
    CurrentVersions,
}

/// Calls to EC2 about them.
pub(crate) trait UsageCalls {
    /// `DescribeImageReferences` of at most [`MOST_AT_ONCE`] images: instances, launch templates, parameters, recipes.
    fn image_references(
        &self,
        region: &Region,
        images: &[ImageId],
    ) -> impl Future<Output = CloudResult<Vec<ImageReference>>> + Send;
    /// `DescribeLaunchTemplateVersions` of all launch templates.
    fn launched_images(
        &self,
        region: &Region,
        depth: Depth,
    ) -> impl Future<Output = CloudResult<Vec<ImageReference>>> + Send;
    /// `DescribeImageAttribute`: accounts, groups, organisations and their units that may launch it.
    fn image_shares(
        &self,
        region: &Region,
        image: &ImageId,
    ) -> impl Future<Output = CloudResult<Vec<String>>> + Send;
    /// `DescribeSnapshotAttribute`: accounts and groups that may make a volume of it.
    fn snapshot_shares(
        &self,
        region: &Region,
        snapshot: &SnapshotId,
    ) -> impl Future<Output = CloudResult<Vec<String>>> + Send;
}

/// The call to Systems Manager about them.
pub(crate) trait ImageParameterCalls {
    /// `DescribeParameters` and `GetParameters`: the parameters of the data type `aws:ec2:image`.
    fn image_parameters(
        &self,
        region: &Region,
    ) -> impl Future<Output = CloudResult<Vec<ImageReference>>> + Send;
}
