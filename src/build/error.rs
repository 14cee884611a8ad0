//! Why a build failed: what it was doing, what stood in the way, and what can be done.

use crate::cloud::{CloudError, ImageId, InstanceId, Region, VpcId};
use crate::ledger::{JournalError, MOST_TAGS};
use crate::remote::{ConnectError, KeyError};
use crate::stop::StopRequest;
use crate::template::scope::RenderError;
use crate::wait::WaitError;

use super::diagnose::Diagnosis;

/// A build that did not succeed. Packer's key phrases come first where it has them.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BuildError {
    /// Somebody asked to stop.
    #[error("the build was stopped")]
    Stopped(StopRequest),
    /// Keys that are decoded but not done yet.
    #[error("not supported yet: {}", .0.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", "))]
    Unsupported(Vec<String>),
    /// The credentials are no good.
    #[error("cannot find out whose credentials these are, asked in `{region}`")]
    Caller {
        /// Where STS was asked.
        region: Region,
        /// Its answer.
        #[source]
        source: Box<CloudError>,
    },
    /// Names that are no regions.
    #[error(
        "invalid region(s): {}, available regions: {}",
        join(unknown),
        join(available)
    )]
    UnknownRegions {
        /// The wrong ones.
        unknown: Vec<Region>,
        /// The account's.
        available: Vec<Region>,
    },
    /// The image's name is taken.
    #[error("AMI Name: '{name}' is used by an existing AMI: {image} in `{region}`")]
    NameTaken {
        /// The name.
        name: String,
        /// Who has it.
        image: ImageId,
        /// Where.
        region: Region,
    },
    /// An old image of the name cannot make room.
    #[error(
        "the old image `{image}` in `{region}` has deregistration protection, so `force_deregister` cannot replace it"
    )]
    OldImageProtected {
        /// The old image.
        image: ImageId,
        /// Where.
        region: Region,
    },
    /// `deprecate_at` lies in the past.
    #[error("`deprecate_at` is in the past: {0}")]
    DeprecatedAlready(time::OffsetDateTime),
    /// The template's tags leave no room for ours.
    #[error(
        "`{keys}` give {count} tags to one thing, and EC2 takes {MOST_TAGS}, of which ami-build needs {}",
        MOST_TAGS - room
    )]
    TooManyTags {
        /// Where they come from.
        keys: &'static str,
        /// How many there are.
        count: usize,
        /// How many there may be.
        room: usize,
    },
    /// A filter of the template finds nothing, or too much.
    #[error("{0}")]
    NetworkFilter(String),
    /// A launch template of `fast_launch` cannot be used.
    #[error("{0}")]
    FastLaunch(String),
    /// The VPC needs a subnet beside it.
    #[error("subnet must be provided for the non-default VPC `{0}`")]
    SubnetNeeded(VpcId),
    /// No source image, too many, or one that cannot be used.
    #[error("{0}")]
    Source(String),
    /// `fast_build_volume`, and a root whose speed the template gives.
    #[error(
        "`launch_block_device_mappings` decides on the speed of the root device `{0}`, which `fast_build_volume` does too"
    )]
    RootSpeedGiven(String),
    /// `fast_build_volume`, and a source image of which no image like it can be registered.
    #[error("`fast_build_volume` cannot be had with the source image `{image}`: {reasons}")]
    NotRegistrable {
        /// The source image.
        image: ImageId,
        /// All that is in the way.
        reasons: String,
    },
    /// A tag or the description does not render.
    #[error("cannot render `{key}`")]
    LateText {
        /// The template's key.
        key: &'static str,
        /// Go's words.
        #[source]
        source: Box<RenderError>,
    },
    /// The key pair could not be made here.
    #[error("cannot make the temporary key pair")]
    Key(#[source] KeyError),
    /// The machine was not launched.
    #[error("Error launching source instance in `{region}`")]
    Launch {
        /// Where.
        region: Region,
        /// EC2's answer.
        #[source]
        source: Box<CloudError>,
    },
    /// The machine has not the volume that the image should be made of.
    #[error("Volume ID for device `{0}` not found")]
    NoVolume(String),
    /// The machine has no address of the kind that `ssh_interface` asks for.
    #[error("the instance has no {0} to connect to")]
    NoAddress(&'static str),
    /// Nobody let us in.
    #[error("Error waiting for SSH{diagnosis}")]
    Connect {
        /// What EC2 knows about the machine.
        diagnosis: Box<Diagnosis>,
        /// What the way to it said.
        #[source]
        source: Box<ConnectError>,
    },
    /// The machine went away by itself.
    #[error("the instance went away while it was used{0}")]
    MachineGone(Box<Diagnosis>),
    /// EC2 took the spot instance back.
    #[error("EC2 took the spot instance `{instance}` back: {reason}")]
    Interrupted {
        /// Which.
        instance: InstanceId,
        /// EC2's words.
        reason: String,
        /// What failed because of it.
        #[source]
        source: Box<BuildError>,
    },
    /// A provisioner failed.
    #[error("a provisioner failed")]
    Provision(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A wait ended without its end.
    #[error("{doing}")]
    Wait {
        /// What the wait was part of.
        doing: &'static str,
        /// How it ended.
        #[source]
        source: WaitError,
    },
    /// EC2 refused a call.
    #[error("cannot {doing}")]
    Call {
        /// What the call was for.
        doing: String,
        /// EC2's answer.
        #[source]
        source: Box<CloudError>,
    },
    /// The journal cannot be written.
    #[error("cannot write down what was made")]
    Journal(#[source] JournalError),
}

impl BuildError {
    /// From the error of a call that was made to do something.
    pub(super) fn call(doing: impl Into<String>) -> impl FnOnce(CloudError) -> Self {
        let doing = doing.into();
        |source| Self::Call {
            doing,
            source: Box::new(source),
        }
    }

    /// From the error of a wait; a stop is told as what it is.
    pub(super) fn wait(doing: &'static str) -> impl FnOnce(WaitError) -> Self {
        move |source| match source {
            WaitError::Stopped { request, .. } => Self::Stopped(request),
            source => Self::Wait { doing, source },
        }
    }

    /// What EC2 answered, where that is what the error is about.
    pub(super) fn cloud_error_mut(&mut self) -> Option<&mut CloudError> {
        match self {
            Self::Caller { source, .. }
            | Self::Launch { source, .. }
            | Self::Call { source, .. }
            | Self::Wait {
                source: WaitError::Refused { source, .. },
                ..
            } => Some(source),
            Self::Wait {
                source: WaitError::TimedOut { last, .. },
                ..
            } => last.as_deref_mut(),
            _ => None,
        }
    }

    /// One thing to try, in the imperative.
    pub(crate) fn hint(&self) -> Option<String> {
        let text = match self {
            Self::Connect { source, .. } => source.hint()?,
            Self::NameTaken { .. } => "choose another `ami_name`, or set `force_deregister`",
            Self::SubnetNeeded(_) => "set `subnet_id` or `subnet_filter`",
            Self::OldImageProtected { image, region } => {
                return Some(format!(
                    "choose another `ami_name`, or lift the protection first: aws ec2 disable-image-deregistration-protection --region {region} --image-id {image} (with a cooldown, 24 hours before)"
                ));
            }
            Self::TooManyTags { .. } => {
                "give fewer tags: without ours, nobody could find what a killed build left"
            }
            Self::DeprecatedAlready(_) => "set `deprecate_at` to a time that is still to come",
            Self::UnknownRegions { .. } => {
                "correct `region` or `ami_regions`, or set `skip_region_validation`"
            }
            Self::Unsupported(_) => "remove these keys, or build this template with Packer for now",
            Self::RootSpeedGiven(_) => {
                "remove `fast_build_volume`, or `volume_type`, `iops` and `throughput` of that mapping"
            }
            Self::NotRegistrable { .. } => {
                "remove `fast_build_volume`: the image is made by CreateImage then, which keeps all of that"
            }
            Self::NoVolume(_) => {
                "the device has to be an EBS volume of `launch_block_device_mappings`"
            }
            Self::NoAddress(_) => "set `ssh_interface` or `associate_public_ip_address`",
            Self::Interrupted { .. } => {
                "run it again; more `spot_instance_types` with `price-capacity-optimized`, or a build on demand (no `spot_price`), are interrupted less"
            }
            Self::MachineGone(_) => {
                "look for what shuts the machine down: `user_data`, a provisioner, a limit of the account. Where a script powers it off on purpose, set `shutdown_behavior` to `stop`"
            }
            Self::Launch { source, .. }
            | Self::Call { source, .. }
            | Self::Caller { source, .. } => return source.hint(),
            _ => return None,
        };
        Some(text.to_owned())
    }
}

fn join(regions: &[Region]) -> String {
    regions
        .iter()
        .map(Region::as_str)
        .collect::<Vec<_>>()
        .join(" ")
}
