//! What is made of the machine once it is provisioned: where the amazon builders differ.

use crate::cloud::image::BlockDevice;
use crate::images::Life;
use crate::plan::amazon::settings::{Encryption, ImageSettings, LateTags, Lifecycle, Replace};

/// What comes after the provisioners.
#[derive(Clone, Debug)]
pub(crate) enum Recipe {
    /// `amazon-ebs`: an image of the machine as it is.
    Machine,
    /// `amazon-ebs` with `fast_build_volume`: the machine's root is faster than that of the image, which is registered like
    /// the source image.
    FastVolume,
    /// `amazon-ebssurrogate`: an image whose root is another volume of the machine.
    Surrogate(Box<Surrogate>),
    /// `amazon-ebsvolume`: no image; the machine's volumes stay.
    Volumes(Vec<EbsVolume>),
}

/// An image whose root device was an additional volume of the machine.
#[derive(Clone, Debug)]
pub(crate) struct Surrogate {
    /// Its root.
    pub(crate) root: RootDevice,
    /// Launch devices by name that are no part of it: `omit_from_artifact`.
    pub(crate) omitted: Vec<String>,
    /// How it is made.
    pub(crate) method: Method,
}

/// How the image of a surrogate volume is made.
#[derive(Clone, Debug)]
pub(crate) enum Method {
    /// Snapshots of the volumes, registered as an image.
    Register(Registration),
    /// `use_create_image`: the machine's root is swapped, and then it is an image of the machine.
    CreateImage,
}

/// `ami_root_device`. What is `None` is as the launch mapping has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RootDevice {
    /// The machine's device that becomes the root.
    pub(crate) source: String,
    /// The root's name in the image.
    pub(crate) name: String,
    /// Whether the root goes with instances of the image.
    pub(crate) delete_on_termination: Option<bool>,
    /// I/O operations a second.
    pub(crate) iops: Option<i32>,
    /// `gp3`, `io2`, …
    pub(crate) volume_type: Option<String>,
    /// GiB.
    pub(crate) volume_size: Option<i32>,
}

/// What only `RegisterImage` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Registration {
    /// `x86_64`, `arm64`, …
    pub(crate) architecture: String,
    /// `hvm` or `paravirtual`.
    pub(crate) virtualization_type: String,
    /// `uefi`, `legacy-bios`, …
    pub(crate) boot_mode: Option<String>,
    /// The UEFI variable store, base64.
    pub(crate) uefi_data: Option<String>,
    /// `v2.0`.
    pub(crate) tpm_support: Option<String>,
    /// Of every snapshot.
    pub(crate) snapshot_description: Option<String>,
}

/// One of `ebs_volumes`.
#[derive(Clone, Debug)]
pub(crate) struct EbsVolume {
    /// How the machine is launched with it.
    pub(crate) device: BlockDevice,
    /// On the volume, for good.
    pub(crate) tags: LateTags,
    /// The snapshot that is made of it, where one is.
    pub(crate) snapshot: Option<VolumeSnapshot>,
}

/// `snapshot_volume` and its companions.
#[derive(Clone, Debug, Default)]
pub(crate) struct VolumeSnapshot {
    /// Its description.
    pub(crate) description: Option<String>,
    /// Its tags.
    pub(crate) tags: LateTags,
    /// Accounts that may use it.
    pub(crate) users: Vec<String>,
    /// Groups that may use it.
    pub(crate) groups: Vec<String>,
}

impl EbsVolume {
    /// Whether it outlives the machine.
    pub(crate) fn stays(&self) -> bool {
        let ebs = self.device.ebs.as_ref();
        ebs.is_some_and(|ebs| ebs.delete_on_termination == Some(false))
    }
}

impl ImageSettings {
    /// No image at all.
    pub(crate) fn none() -> Self {
        Self {
            name: String::new(),
            description: String::new(),
            regions: Vec::new(),
            skip_region_validation: true,
            users: Vec::new(),
            organizations: Vec::new(),
            organizational_units: Vec::new(),
            groups: Vec::new(),
            snapshot_users: Vec::new(),
            snapshot_groups: Vec::new(),
            tags: LateTags::new(),
            snapshot_tags: LateTags::new(),
            skip_run_tags: true,
            block_devices: Vec::new(),
            virtualization_type: None,
            copy_minutes: None,
            lifecycle: Lifecycle::default(),
            encryption: Encryption::default(),
            replace: Replace::Refuse,
            skip_create: true,
            skip_save_build_region: false,
            life: Life::default(),
        }
    }
}
