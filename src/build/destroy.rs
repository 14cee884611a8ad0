//! Destroys the images of a finished build: Packer's chain rules may decide so once the post-processors have run.

use std::collections::BTreeMap;

use futures_util::future::join_all;

use super::devices;
use super::error::BuildError;
use super::replace::unless_gone;
use crate::cloud::image::ImageQuery;
use crate::cloud::lifecycle::FastLaunchState;
use crate::cloud::{Cloud, CloudError, ImageId, Region, SnapshotId, VolumeId};
use crate::plan::amazon::settings::ImageSettings;

/// Deregisters every image and deletes its snapshots, all regions side by side; one failure stops nothing else. Snapshots that
/// the template names are not the build's, so they stay.
///
/// # Errors
/// Every failure.
pub(crate) async fn destroy<C: Cloud>(
    cloud: &C,
    images: &BTreeMap<Region, ImageId>,
    settings: &ImageSettings,
) -> Result<(), Vec<BuildError>> {
    let all = images
        .iter()
        .map(|(region, id)| destroy_one(cloud, region, id, settings));
    let failures: Vec<BuildError> = join_all(all).await.into_iter().flatten().collect();
    if failures.is_empty() {
        Ok(())
    } else {
        Err(failures)
    }
}

/// Removes one image with its parts; what could not be done.
async fn destroy_one<C: Cloud>(
    cloud: &C,
    region: &Region,
    id: &ImageId,
    settings: &ImageSettings,
) -> Vec<BuildError> {
    let snapshots = match deregistered(cloud, region, id, settings).await {
        Ok(snapshots) => snapshots,
        Err(error) => return vec![error],
    };
    let mut failures = Vec::new();
    for snapshot in snapshots {
        let deleted = unless_gone(cloud.delete_snapshot(region, &snapshot).await);
        let doing = format!("delete snapshot `{snapshot}` in `{region}`");
        failures.extend(deleted.map_err(BuildError::call(doing)).err());
    }
    failures
}

/// Deregisters the image; the snapshots that it leaves.
async fn deregistered<C: Cloud>(
    cloud: &C,
    region: &Region,
    id: &ImageId,
    settings: &ImageSettings,
) -> Result<Vec<SnapshotId>, BuildError> {
    let doing = |what: &str| BuildError::call(format!("{what} in `{region}`"));
    let query = ImageQuery {
        ids: vec![id.clone()],
        ..ImageQuery::default()
    };
    let found = cloud.images(region, &query).await;
    let found = found.map_err(doing(&format!("describe image `{id}`")))?;
    if settings.lifecycle.fast_launch.is_some() {
        let switched_off = switch_off(cloud, region, id).await;
        switched_off.map_err(doing(&format!("switch off fast launch of `{id}`")))?;
    }
    let removed = cloud.deregister_image(region, id).await;
    unless_gone(removed).map_err(doing(&format!("deregister image `{id}`")))?;
    let snapshots = found
        .iter()
        .flat_map(|image| devices::own_snapshots(image, &settings.block_devices));
    Ok(snapshots.collect())
}

/// Fast launch goes before its image: EC2 knows it by the image alone, and goes on launching machines for it.
async fn switch_off<C: Cloud>(cloud: &C, region: &Region, id: &ImageId) -> Result<(), CloudError> {
    match cloud.fast_launch(region, id).await? {
        None | Some(FastLaunchState::Disabling) => Ok(()),
        Some(_) => unless_gone(cloud.disable_fast_launch(region, id).await),
    }
}

/// Deletes the volumes of a finished `amazon-ebsvolume` build, and their snapshots, which Packer leaves.
///
/// # Errors
/// Every failure.
pub(crate) async fn destroy_volumes<C: Cloud>(
    cloud: &C,
    region: &Region,
    volumes: &[VolumeId],
    snapshots: &[SnapshotId],
) -> Result<(), Vec<BuildError>> {
    let mut failures = Vec::new();
    for volume in volumes {
        let deleted = unless_gone(cloud.delete_volume(region, volume).await);
        let doing = format!("delete volume `{volume}` in `{region}`");
        failures.extend(deleted.map_err(BuildError::call(doing)).err());
    }
    for snapshot in snapshots {
        let deleted = unless_gone(cloud.delete_snapshot(region, snapshot).await);
        let doing = format!("delete snapshot `{snapshot}` in `{region}`");
        failures.extend(deleted.map_err(BuildError::call(doing)).err());
    }
    if failures.is_empty() {
        Ok(())
    } else {
        Err(failures)
    }
}
