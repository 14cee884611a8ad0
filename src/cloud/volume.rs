//! Volumes, their snapshots and what is registered of them, in our own types.

use time::OffsetDateTime;

use super::image::BlockDevice;
use super::lifecycle::NetworkSupport;
use super::{InstanceId, Tags, VolumeId};

/// A volume as `DescribeVolumes` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Volume {
    /// Its id.
    pub(crate) id: VolumeId,
    /// Its state.
    pub(crate) state: VolumeState,
    /// Whether it is encrypted, with whatever key.
    pub(crate) encrypted: bool,
    /// The machine that has it, or is about to.
    pub(crate) attachment: Option<Attachment>,
    /// When it was made, by EC2's clock.
    pub(crate) made_at: Option<OffsetDateTime>,
}

/// The state of a volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum VolumeState {
    /// Being made.
    Creating,
    /// No machine has it.
    Available,
    /// A machine has it.
    InUse,
    /// On its way out, or broken.
    Lost,
}

/// Where a volume is attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attachment {
    /// To which machine.
    pub(crate) instance: InstanceId,
    /// As which device.
    pub(crate) device: String,
    /// How far.
    pub(crate) state: AttachmentState,
}

/// How far an attachment has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AttachmentState {
    /// It is there.
    Attached,
    /// On its way in or out.
    Moving,
}

/// Whether a volume goes with its machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnTermination {
    /// It goes.
    Delete,
    /// It stays.
    Keep,
}

/// What `CreateSnapshot` is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CreateSnapshot {
    /// Of which volume.
    pub(crate) volume: VolumeId,
    /// Its description.
    pub(crate) description: String,
    /// On the snapshot at creation.
    pub(crate) tags: Tags,
}

/// What `RegisterImage` is asked for. What is `None` is not sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RegisterImage {
    /// The image's name.
    pub(crate) name: String,
    /// `x86_64`, `arm64`, …
    pub(crate) architecture: String,
    /// The root's name, one of the devices.
    pub(crate) root_device_name: String,
    /// `hvm` or `paravirtual`.
    pub(crate) virtualization_type: String,
    /// All its devices.
    pub(crate) block_devices: Vec<BlockDevice>,
    /// `uefi`, `legacy-bios`, …
    pub(crate) boot_mode: Option<String>,
    /// The UEFI variable store, base64.
    pub(crate) uefi_data: Option<String>,
    /// `v2.0`.
    pub(crate) tpm_support: Option<String>,
    /// `v2.0`.
    pub(crate) imds_support: Option<String>,
    /// Enhanced networking that is switched on; `RegisterImage` switches none off.
    pub(crate) network_support: Vec<NetworkSupport>,
    /// On the image at creation.
    pub(crate) image_tags: Tags,
}
