//! `RegisterImage`: an image of snapshots of the machine's volumes. Those of a surrogate are made here, too.

use std::time::Duration;

use futures_util::future::try_join_all;
use tokio::time::Instant;

use super::cx::Cx;
use super::devices::{self, Taken};
use super::error::BuildError;
use super::late::Texts;
use super::launch::Machine;
use super::{snapshots, swap};
use crate::cloud::image::BlockDevice;
use crate::cloud::lifecycle::NetworkSupport;
use crate::cloud::volume::{CreateSnapshot, RegisterImage};
use crate::cloud::{Cloud, ImageId, Tags, VolumeId};
use crate::ledger::{Kind, Order};
use crate::plan::amazon::recipe::{Registration, Surrogate};

/// What an image is registered of.
pub(super) struct Parts {
    /// The root's name.
    pub(super) root: String,
    /// What the template or the source image says of it.
    pub(super) registration: Registration,
    /// `v2.0`, where it is to have that from its first moment on.
    pub(super) imds_support: Option<String>,
    /// Enhanced networking.
    pub(super) network_support: Vec<NetworkSupport>,
    /// All its devices, with their snapshots.
    pub(super) devices: Vec<BlockDevice>,
    /// Snapshots among them that are not the build's.
    pub(super) spared: Vec<String>,
    /// How long the snapshots took.
    pub(super) took: Duration,
}

/// The parts of a surrogate's image.
pub(super) async fn parts<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    machine: &Machine,
    (surrogate, registration): (&Surrogate, &Registration),
    texts: &Texts,
) -> Result<Parts, BuildError> {
    let volumes = swap::volumes(cx, machine).await?;
    let taken = devices::taken(&cx.settings.launch.block_devices, surrogate);
    let description = snapshots::description(registration.snapshot_description.as_ref());
    let made = snapshots(cx, (taken, &volumes), (description, &texts.snapshot_tags)).await?;
    let own = &cx.settings.image.block_devices;
    Ok(Parts {
        root: surrogate.root.name.clone(),
        registration: registration.clone(),
        imds_support: None,
        network_support: cx.settings.launch.network_support.clone(),
        devices: devices::combined(own, made.devices),
        spared: devices::named_snapshots(own),
        took: made.took,
    })
}

/// Devices whose snapshots are complete.
pub(super) struct Snapshotted {
    /// As an image has them.
    pub(super) devices: Vec<BlockDevice>,
    /// From the first call until the last snapshot was complete.
    pub(super) took: Duration,
}

/// Makes the snapshots side by side, and waits until all are complete.
pub(super) async fn snapshots<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    (taken, volumes): (Vec<Taken>, &[(String, VolumeId)]),
    (description, tags): (String, &Tags),
) -> Result<Snapshotted, BuildError> {
    let begin = Instant::now();
    let made = taken.into_iter().map(async |taken| {
        let Some(volume) = volume_of(&taken, volumes)? else {
            return Ok(taken.mapping);
        };
        let request = CreateSnapshot {
            volume,
            description: description.clone(),
            tags: tags.clone(),
        };
        snapshotted(cx, taken.mapping, request).await
    });
    let devices = try_join_all(made).await?;
    Ok(Snapshotted {
        devices,
        took: begin.elapsed(),
    })
}

/// Registers the image under this name.
pub(super) async fn image<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    parts: &Parts,
    name: String,
    image_tags: Tags,
) -> Result<ImageId, BuildError> {
    let registration = &parts.registration;
    let request = RegisterImage {
        name,
        architecture: registration.architecture.clone(),
        root_device_name: parts.root.clone(),
        virtualization_type: registration.virtualization_type.clone(),
        block_devices: parts.devices.clone(),
        boot_mode: registration.boot_mode.clone(),
        uefi_data: registration.uefi_data.clone(),
        tpm_support: registration.tpm_support.clone(),
        imds_support: parts.imds_support.clone(),
        network_support: parts.network_support.clone(),
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
