//! What EC2 is told about a machine before its image is made, and about an image once it is there.

use super::ImageId;

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
