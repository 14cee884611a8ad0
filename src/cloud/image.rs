//! Images and snapshots in our own types.

use super::{GroupId, ImageId, InstanceId, Region, SnapshotId, Tags};

/// One entry of a block device mapping, as the template or an image has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct BlockDevice {
    /// Such as `/dev/sda1`.
    pub(crate) device_name: String,
    /// `ephemeral0`…; then no EBS settings apply.
    pub(crate) virtual_name: Option<String>,
    /// The device of the image is left out.
    pub(crate) no_device: bool,
    /// The EBS settings.
    pub(crate) ebs: Option<EbsSettings>,
}

/// The EBS half of a block device mapping. What is `None` is not sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct EbsSettings {
    /// Whether the volume goes with its instance.
    pub(crate) delete_on_termination: Option<bool>,
    /// Whether it is encrypted.
    pub(crate) encrypted: Option<bool>,
    /// With which key.
    pub(crate) kms_key_id: Option<String>,
    /// I/O operations a second.
    pub(crate) iops: Option<i32>,
    /// MiB a second.
    pub(crate) throughput: Option<i32>,
    /// What the volume is made from.
    pub(crate) snapshot_id: Option<SnapshotId>,
    /// GiB.
    pub(crate) volume_size: Option<i32>,
    /// `gp3`, `io2`, …
    pub(crate) volume_type: Option<String>,
}

/// The state of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ImageState {
    /// Being made.
    Pending,
    /// Ready.
    Available,
    /// Will never be ready (`failed`, `error`, `invalid`).
    Failed,
    /// Deregistered or a state that we do not know.
    Other,
}

/// An image as `DescribeImages` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Image {
    /// Its id.
    pub(crate) id: ImageId,
    /// Its name.
    pub(crate) name: String,
    /// RFC 3339, as EC2 gives it.
    pub(crate) creation_date: String,
    /// The owner's account id.
    pub(crate) owner_id: String,
    /// The owner's alias, such as `amazon`.
    pub(crate) owner_alias: Option<String>,
    /// Its state.
    pub(crate) state: ImageState,
    /// Why it failed, in EC2's words.
    pub(crate) state_reason: Option<String>,
    /// `ebs` or `instance-store`.
    pub(crate) root_device_type: String,
    /// Such as `/dev/sda1`.
    pub(crate) root_device_name: Option<String>,
    /// `hvm` or `paravirtual`.
    pub(crate) virtualization_type: String,
    /// `x86_64`, `arm64`, …
    pub(crate) architecture: String,
    /// Its block devices.
    pub(crate) block_devices: Vec<BlockDevice>,
    /// Whether deregistration protection keeps it.
    pub(crate) is_protected: bool,
    /// What else it hands on to its machines and their images.
    pub(crate) traits: ImageTraits,
    /// Its tags.
    pub(crate) tags: Tags,
}

/// What `CreateImage` of a machine takes over from the machine's image, and what is paid for it. `None` is what EC2 does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ImageTraits {
    /// Enhanced networking by ENA.
    pub(crate) ena_support: bool,
    /// Enhanced networking by SR-IOV.
    pub(crate) sriov_support: bool,
    /// `uefi`, `uefi-preferred` or `legacy-bios`.
    pub(crate) boot_mode: Option<String>,
    /// `v2.0`.
    pub(crate) tpm_support: Option<String>,
    /// `v2.0`.
    pub(crate) imds_support: Option<String>,
    /// What the bill calls it: `Linux/UNIX`, `Windows`, `Red Hat Enterprise Linux`, …
    pub(crate) platform_details: Option<String>,
    /// The same as an operation: `RunInstances`, `RunInstances:0002`, …
    pub(crate) usage_operation: Option<String>,
    /// Codes of AWS Marketplace.
    pub(crate) product_codes: Vec<String>,
}

impl Image {
    /// The snapshots that the image is made of.
    pub(crate) fn snapshots(&self) -> Vec<SnapshotId> {
        self.block_devices
            .iter()
            .filter_map(|device| device.ebs.as_ref()?.snapshot_id.clone())
            .collect()
    }
}

/// Which images to look for. Empty parts are not sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ImageQuery {
    /// By id.
    pub(crate) ids: Vec<ImageId>,
    /// Account ids, `self`, `amazon`, …
    pub(crate) owners: Vec<String>,
    /// Filter name → values, any of which may match.
    pub(crate) filters: Vec<(String, Vec<String>)>,
    /// Whether deprecated images count.
    pub(crate) include_deprecated: bool,
}

/// What `CreateImage` is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CreateImage {
    /// The stopped instance.
    pub(crate) instance: InstanceId,
    /// The image's name.
    pub(crate) name: String,
    /// Additions to the instance's own devices.
    pub(crate) block_devices: Vec<BlockDevice>,
    /// On the image at creation.
    pub(crate) image_tags: Tags,
    /// On its snapshots at creation.
    pub(crate) snapshot_tags: Tags,
}

/// What `CopyImage` is asked for. It is sent to the target region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CopyImage {
    /// Where the image is.
    pub(crate) source_region: Region,
    /// Which image.
    pub(crate) source: ImageId,
    /// The copy's name.
    pub(crate) name: String,
    /// `None` leaves it to EC2.
    pub(crate) encrypted: Option<bool>,
    /// `None` or empty is the region's default key.
    pub(crate) kms_key_id: Option<String>,
    /// On the copy at creation; tags of the source are copied too.
    pub(crate) image_tags: Tags,
    /// On its snapshots at creation.
    pub(crate) snapshot_tags: Tags,
    /// Minutes for a time-based copy.
    pub(crate) completion_minutes: Option<i64>,
}

/// One `ModifyImageAttribute` call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ImageAttribute {
    /// The description.
    Description(String),
    /// Accounts that may launch it.
    LaunchUsers(Vec<String>),
    /// Groups that may launch it (`all`).
    LaunchGroups(Vec<String>),
    /// ARNs of organisations whose accounts may launch it.
    LaunchOrganizations(Vec<String>),
    /// ARNs of organisational units whose accounts may launch it.
    LaunchOrganizationalUnits(Vec<String>),
    /// Product codes of AWS Marketplace.
    ProductCodes(Vec<String>),
    /// `v2.0`: machines of it ask the metadata service with a token.
    ImdsSupport(String),
}

/// One `ModifySnapshotAttribute` call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SnapshotAttribute {
    /// Accounts that may make a volume of it.
    VolumeUsers(Vec<String>),
    /// Groups that may make a volume of it (`all`).
    VolumeGroups(Vec<String>),
}

/// The state of a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SnapshotState {
    /// Being copied.
    Pending,
    /// Complete.
    Completed,
    /// It will never be complete.
    Failed,
}

/// A snapshot as `DescribeSnapshots` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Snapshot {
    /// Its id.
    pub(crate) id: SnapshotId,
    /// Percent, 0 to 100, as EC2 tells it.
    pub(crate) progress: u8,
    /// Its state.
    pub(crate) state: SnapshotState,
    /// GiB of the volume.
    pub(crate) volume_size: i32,
    /// EC2's description; an image's id stands in it for snapshots that `CreateImage` made.
    pub(crate) description: String,
    /// Its tags.
    pub(crate) tags: Tags,
}

/// A security group as `DescribeSecurityGroups` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SecurityGroup {
    /// Its id.
    pub(crate) id: GroupId,
    /// Its name.
    pub(crate) name: String,
    /// Its tags.
    pub(crate) tags: Tags,
}
