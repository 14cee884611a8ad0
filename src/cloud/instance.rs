//! Instances in our own types.

use time::OffsetDateTime;

use super::image::BlockDevice;
use super::launch_terms::LaunchTerms;
use super::{GroupId, ImageId, InstanceId, KeyName, SubnetId, Tags, VolumeId, VpcId};
use crate::secret::Secret;

/// What `RunInstances` is asked for. What is `None` is not sent.
#[derive(Clone, Debug)]
pub(crate) struct RunInstance {
    /// The source image.
    pub(crate) image: ImageId,
    /// Such as `t3.micro`.
    pub(crate) instance_type: String,
    /// The key pair's name.
    pub(crate) key_name: Option<KeyName>,
    /// Where it runs.
    pub(crate) subnet: Option<SubnetId>,
    /// Its security groups.
    pub(crate) groups: Vec<GroupId>,
    /// Sent in a network interface, together with the subnet and the groups.
    pub(crate) associate_public_ip_address: Option<bool>,
    /// The instance profile's name.
    pub(crate) iam_instance_profile: Option<String>,
    /// As EC2 takes it: base64.
    pub(crate) user_data: Option<Secret>,
    /// Additions to the image's own devices.
    pub(crate) block_devices: Vec<BlockDevice>,
    /// Placement.
    pub(crate) availability_zone: Option<String>,
    /// Optimised for EBS.
    pub(crate) ebs_optimized: bool,
    /// The instance metadata service.
    pub(crate) metadata: Option<MetadataOptions>,
    /// What a shutdown from within does.
    pub(crate) shutdown_behavior: ShutdownBehavior,
    /// `standard` or `unlimited`, for burstable types.
    pub(crate) credit_specification: Option<&'static str>,
    /// Placement, licences, reserved capacity, enclaves.
    pub(crate) terms: LaunchTerms,
    /// On the instance and its network interface.
    pub(crate) instance_tags: Tags,
    /// On its volumes.
    pub(crate) volume_tags: Tags,
}

/// `MetadataOptions` as EC2 spells its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MetadataOptions {
    /// `enabled` or `disabled`.
    pub(crate) http_endpoint: String,
    /// `optional` or `required`.
    pub(crate) http_tokens: String,
    /// 1 to 64.
    pub(crate) http_put_response_hop_limit: i32,
    /// `enabled` or `disabled`.
    pub(crate) instance_metadata_tags: String,
}

impl MetadataOptions {
    /// `instance_metadata_tags` where it is not EC2's default: not every partition knows it.
    pub(super) fn tags_if_enabled(&self) -> Option<&str> {
        Some(self.instance_metadata_tags.as_str()).filter(|tags| *tags == "enabled")
    }
}

/// What happens when the machine shuts itself down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ShutdownBehavior {
    /// It stops.
    Stop,
    /// It goes for good.
    Terminate,
}

/// The state of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InstanceState {
    /// Starting.
    Pending,
    /// Up.
    Running,
    /// On its way down.
    Stopping,
    /// Down.
    Stopped,
    /// On its way out.
    ShuttingDown,
    /// Gone.
    Terminated,
}

/// An instance as `DescribeInstances` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Instance {
    /// Its id.
    pub(crate) id: InstanceId,
    /// Its state.
    pub(crate) state: InstanceState,
    /// Why it is in that state, `code: message`, where EC2 says.
    pub(crate) state_reason: Option<String>,
    /// Public IPv4 address.
    pub(crate) public_ip: Option<String>,
    /// Private IPv4 address.
    pub(crate) private_ip: Option<String>,
    /// Public name.
    pub(crate) public_dns: Option<String>,
    /// Private name.
    pub(crate) private_dns: Option<String>,
    /// First IPv6 address.
    pub(crate) ipv6: Option<String>,
    /// Its VPC.
    pub(crate) vpc: Option<VpcId>,
    /// Device → volume.
    pub(crate) volumes: Vec<(String, VolumeId)>,
    /// When it was launched, by EC2's clock.
    pub(crate) launched_at: Option<OffsetDateTime>,
    /// The ids of its network interfaces, `eni-…`.
    pub(crate) network_interfaces: Vec<String>,
    /// Whether it was booted by UEFI, and so has a variable store.
    pub(crate) boots_by_uefi: bool,
    /// Its tags.
    pub(crate) tags: Tags,
}
