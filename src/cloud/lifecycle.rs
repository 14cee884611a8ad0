//! What EC2 is told about a machine before its image is made, and about an image once it is there.

use std::future::Future;

use time::OffsetDateTime;

use super::api::CloudResult;
use super::{ImageId, InstanceId, Region};
use crate::ledger::Claim;

/// Enhanced networking of a stopped instance; its image takes it over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NetworkSupport {
    /// `SriovNetSupport`, whose only value is `simple`.
    Sriov,
    /// `EnaSupport`, on or off.
    Ena(Toggle),
}

/// A switch that can be turned either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Toggle {
    /// On.
    On,
    /// Off.
    Off,
}

/// What happens once deregistration protection is lifted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cooldown {
    /// The image can go at once.
    None,
    /// It cannot go for another 24 hours.
    OneDay,
}

/// How a launch template is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TemplateName {
    /// `lt-…`
    Id(String),
    /// The account's own name for it.
    Name(String),
}

/// A launch template as `DescribeLaunchTemplates` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LaunchTemplate {
    /// `lt-…`
    pub(crate) id: String,
    /// Its newest version.
    pub(crate) latest_version: i64,
}

/// What `EnableFastLaunch` is asked for. What is `None` is EC2's own choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct EnableFastLaunch {
    /// A Windows image that is available.
    pub(crate) image: ImageId,
    /// The launch template's id and the version of it.
    pub(crate) template: Option<(String, i64)>,
    /// How many machines prepare snapshots at once.
    pub(crate) max_parallel_launches: Option<i32>,
    /// How many snapshots are kept ready.
    pub(crate) target_resource_count: Option<i32>,
}

/// How far fast launch is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum FastLaunchState {
    /// On its way.
    Enabling,
    /// Ready.
    Enabled,
    /// Switched off, or about to be.
    Disabling,
    /// It did not work, in EC2's words.
    Failed(String),
}

/// Calls beside the plain ones about images and instances.
pub(crate) trait LifecycleCalls {
    /// `ModifyInstanceAttribute` of a stopped instance.
    fn modify_network_support(
        &self,
        region: &Region,
        instance: &InstanceId,
        support: NetworkSupport,
    ) -> impl Future<Output = CloudResult<()>> + Send;
    /// `EnableImageDeprecation`; EC2 rounds `at` to the minute.
    fn deprecate_image(
        &self,
        region: &Region,
        image: &ImageId,
        at: OffsetDateTime,
    ) -> impl Future<Output = CloudResult<()>> + Send;
    /// `EnableImageDeregistrationProtection`.
    fn protect_image(
        &self,
        region: &Region,
        image: &ImageId,
        cooldown: Cooldown,
    ) -> impl Future<Output = CloudResult<()>> + Send;
    /// `DisableImageDeregistrationProtection`.
    fn unprotect_image(
        &self,
        region: &Region,
        image: &ImageId,
    ) -> impl Future<Output = CloudResult<()>> + Send;
    /// `DescribeLaunchTemplates` by id or name.
    fn named_launch_templates(
        &self,
        region: &Region,
        name: &TemplateName,
    ) -> impl Future<Output = CloudResult<Vec<LaunchTemplate>>> + Send;
    /// `EnableFastLaunch`. It launches machines and keeps snapshots, so it needs a claim, although the call takes neither a
    /// token nor tags: the image's id is what it is found by.
    fn enable_fast_launch(
        &self,
        region: &Region,
        claim: &Claim,
        request: &EnableFastLaunch,
    ) -> impl Future<Output = CloudResult<()>> + Send;
    /// `DescribeFastLaunchImages` of one image; `None` where it has no fast launch.
    fn fast_launch(
        &self,
        region: &Region,
        image: &ImageId,
    ) -> impl Future<Output = CloudResult<Option<FastLaunchState>>> + Send;
    /// `DisableFastLaunch`, whatever state it is in.
    fn disable_fast_launch(
        &self,
        region: &Region,
        image: &ImageId,
    ) -> impl Future<Output = CloudResult<()>> + Send;
}
