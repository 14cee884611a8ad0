//! `RegisterImage`: the image of a surrogate volume, made of snapshots.

use futures_util::future::try_join_all;

use super::cx::Cx;
use super::devices::{self, Taken};
use super::error::BuildError;
use super::late::Texts;
use super::launch::Machine;
use super::{snapshots, swap};
use crate::cloud::image::BlockDevice;
use crate::cloud::volume::{CreateSnapshot, RegisterImage};
use crate::cloud::{Cloud, ImageId, Tags, VolumeId};
use crate::ledger::{Kind, Order};
use crate::plan::amazon::recipe::{Registration, Surrogate};

/// What an image is registered of.
pub(super) struct Parts<'a> {
    /// The root's name.
    pub(super) root: &'a str,
    /// What the template says of it.
    pub(super) registration: &'a Registration,
    /// All its devices, with their snapshots.
    pub(super) devices: Vec<BlockDevice>,
    /// Snapshots among them that are not the build's.
    pub(super) spared: Vec<String>,
}

/// Makes the snapshots side by side, and waits until all are complete.
pub(super) async fn parts<'a, C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    machine: &Machine,
    (surrogate, registration): (&'a Surrogate, &'a Registration),
    texts: &Texts,
) -> Result<Parts<'a>, BuildError> {
    let volumes = swap::volumes(cx, machine).await?;
    let taken = devices::taken(&cx.settings.launch.block_devices, surrogate);
    let tags = &texts.snapshot_tags;
    let made = taken.into_iter().map(async |taken| {
        let Some(volume) = volume_of(&taken, &volumes)? else {
            return Ok(taken.mapping);
        };
        let request = CreateSnapshot {
            volume,
            description: snapshots::description(registration.snapshot_description.as_ref()),
            tags: tags.clone(),
        };
        snapshotted(cx, taken.mapping, request).await
    });
    let made = try_join_all(made).await?;
    let own = &cx.settings.image.block_devices;
    Ok(Parts {
        root: &surrogate.root.name,
        registration,
        devices: devices::combined(own, made),
        spared: devices::named_snapshots(own),
    })
}

/// Registers the image under this name.
pub(super) async fn image<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    parts: &Parts<'_>,
    name: String,
    image_tags: Tags,
) -> Result<ImageId, BuildError> {
    let registration = parts.registration;
    let request = RegisterImage {
        name,
        architecture: registration.architecture.clone(),
        root_device_name: parts.root.to_owned(),
        virtualization_type: registration.virtualization_type.clone(),
        block_devices: parts.devices.clone(),
        boot_mode: registration.boot_mode.clone(),
        uefi_data: registration.uefi_data.clone(),
        tpm_support: registration.tpm_support.clone(),
        network_support: cx.settings.launch.network_support.clone(),
        image_tags,
    };
    let order = Order::new(Kind::Image, cx.region, &request.name).sparing(parts.spared.clone());
    let (cloud, region) = (cx.cloud.clone(), cx.region.clone());
    cx.ledger
        .create(order, |claim| async move {
            cloud.register_image(&region, &claim, &request).await
        })
        .await
        .map_err(BuildError::call("register the AMI"))
}

/// The volume to copy; `None` for a device that has none, such as an instance store.
fn volume_of(
    taken: &Taken,
    volumes: &[(String, VolumeId)],
) -> Result<Option<VolumeId>, BuildError> {
    if taken.mapping.ebs.is_none() {
        return Ok(None);
    }
    swap::volume_at(volumes, &taken.launched).map(Some)
}

async fn snapshotted<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    mapping: BlockDevice,
    request: CreateSnapshot,
) -> Result<BlockDevice, BuildError> {
    cx.ui.say(&format!(
        "Creating snapshot of EBS Volume {}...",
        request.volume
    ));
    let id = snapshots::create(cx, &request).await?;
    snapshots::completed(cx, &id).await?;
    Ok(devices::from_snapshot(mapping, id))
}
