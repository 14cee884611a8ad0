//! The versions of a launch template, of which one is what machines are launched by.

use std::future::Future;

use super::api::CloudResult;
use super::lifecycle::TemplateName;
use super::{ImageId, LaunchTemplateId, Region};

/// One version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TemplateVersion {
    /// Of which template.
    pub(crate) template: LaunchTemplateId,
    /// Its number.
    pub(crate) number: i64,
    /// Whether it counts where no version is named.
    pub(crate) is_default: bool,
    /// The image that it launches.
    pub(crate) image: Option<ImageId>,
}

/// Calls about them.
pub(crate) trait TemplateVersionCalls {
    /// `DescribeLaunchTemplateVersions`, all of them; none where there is no such template.
    fn template_versions(
        &self,
        region: &Region,
        template: &TemplateName,
    ) -> impl Future<Output = CloudResult<Vec<TemplateVersion>>> + Send;
    /// `CreateLaunchTemplateVersion`: as `of`, but for the image. A version costs nothing, and the token keeps a second call from
    /// making a second one. The answer is its number.
    fn add_template_version(
        &self,
        region: &Region,
        of: &TemplateVersion,
        image: &ImageId,
    ) -> impl Future<Output = CloudResult<i64>> + Send;
    /// `ModifyLaunchTemplate`: this version is the default.
    fn set_default_version(
        &self,
        region: &Region,
        template: &LaunchTemplateId,
        number: i64,
    ) -> impl Future<Output = CloudResult<()>> + Send;
}
