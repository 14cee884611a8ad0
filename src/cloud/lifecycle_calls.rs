//! The calls that tell EC2 what [`super::lifecycle`] can say.

use std::future::Future;

use time::OffsetDateTime;

use super::api::CloudResult;
use super::lifecycle::{
    Cooldown, EnableFastLaunch, FastLaunchState, LaunchTemplate, NetworkSupport, TemplateName,
};
use super::{ImageId, InstanceId, Region};
use crate::ledger::Claim;

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
