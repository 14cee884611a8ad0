//! `force_deregister`: an old image of the same name makes room, if possible only once there is a new one.

use super::cx::Cx;
use super::error::BuildError;
use super::launch::Machine;
use super::{devices, preflight, swap};
use crate::cloud::error::Refusal;
use crate::cloud::{Cloud, CloudError, ImageId, Region, SnapshotId};
use crate::plan::amazon::settings::Replace;

/// An image that has the name now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Old {
    /// Where.
    pub(super) region: Region,
    id: ImageId,
    snapshots: Vec<SnapshotId>,
}

/// Looks for images of the name wherever the new one will be.
pub(super) async fn remember<C: Cloud, D: Sync>(cx: &Cx<'_, C, D>) -> Result<Vec<Old>, BuildError> {
    if cx.settings.image.replace == Replace::Refuse {
        return Ok(Vec::new());
    }
    let regions = preflight::regions_of_the_name(cx);
    let found =
        futures_util::future::try_join_all(regions.into_iter().map(|region| find(cx, region)))
            .await?;
    Ok(found.into_iter().flatten().collect())
}

async fn find<C: Cloud, D>(cx: &Cx<'_, C, D>, region: &Region) -> Result<Vec<Old>, BuildError> {
    let found = preflight::images_named(cx.cloud, region, &cx.settings.image.name).await;
    let found = found.map_err(BuildError::call(format!(
        "look for the old image in `{region}`"
    )))?;
    let old = found.into_iter().map(|image| Old {
        region: region.clone(),
        snapshots: devices::own_snapshots(&image, &cx.settings.image.block_devices),
        id: image.id,
    });
    Ok(old.collect())
}

/// Whether a copy of the machine's image would be encrypted otherwise than the image: `CopyImage` takes the default key where it
/// is told none, and one key for all snapshots where it is. Who may not look gets what Packer does.
pub(super) async fn would_change_the_key<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    machine: &Machine,
) -> Result<bool, BuildError> {
    let volumes = swap::volumes(cx, machine).await?;
    let ids: Vec<_> = volumes.into_iter().map(|(_, id)| id).collect();
    match cx.cloud.volumes(cx.region, &ids).await {
        Ok(volumes) => Ok(volumes.iter().any(|volume| volume.encrypted)),
        Err(error) if error.is(Refusal::Denied) => Ok(true),
        Err(error) => Err(BuildError::call(
            "see whether the instance's volumes are encrypted",
        )(error)),
    }
}

/// Takes the name from the old images of a region. Their snapshots stay, so that they can be registered again should the
/// copy that follows fail.
pub(super) async fn deregister<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    region: &Region,
    old: &[Old],
) -> Result<(), BuildError> {
    for image in old.iter().filter(|image| image.region == *region) {
        let removed = cx.cloud.deregister_image(region, &image.id).await;
        unless_gone(removed).map_err(BuildError::call(format!(
            "deregister the old image `{}` in `{region}`",
            image.id
        )))?;
        cx.ui.say(&format!(
            "Deregistered AMI {}, id: {}",
            cx.settings.image.name, image.id
        ));
    }
    Ok(())
}

/// `force_delete_snapshot`, once the new image of the region is available. The old one is gone by then, so a snapshot that
/// stays must not cost the new one too: it is told, and nothing more.
pub(super) async fn delete_snapshots<C: Cloud, D>(cx: &Cx<'_, C, D>, region: &Region, old: &[Old]) {
    if cx.settings.image.replace != Replace::DeregisterAndDeleteSnapshots {
        return;
    }
    for snapshot in old
        .iter()
        .filter(|image| image.region == *region)
        .flat_map(|image| &image.snapshots)
    {
        match unless_gone(cx.cloud.delete_snapshot(region, snapshot).await) {
            Ok(()) => cx.ui.say(&format!("Deleted snapshot: {snapshot}")),
            Err(error) => cx.ui.error(&format!(
                "The old snapshot `{snapshot}` in `{region}` stays: {error}"
            )),
        }
    }
}

/// "Not found" is what a removal is for.
pub(super) fn unless_gone(result: Result<(), CloudError>) -> Result<(), CloudError> {
    match result {
        Err(error) if error.is(Refusal::NotFound) => Ok(()),
        other => other,
    }
}
