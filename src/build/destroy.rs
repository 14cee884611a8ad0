//! Destroys the images of a finished build: Packer's chain rules may decide so once the post-processors have run.

use std::collections::BTreeMap;

use futures_util::future::join_all;

use super::error::BuildError;
use super::replace::unless_gone;
use crate::cloud::image::{Image, ImageQuery};
use crate::cloud::{Cloud, ImageId, Region, SnapshotId, VolumeId};

/// Deregisters every image and deletes its snapshots, all regions side by side; one region's failure stops no other.
///
/// # Errors
/// The first failure of each region.
pub(crate) async fn destroy<C: Cloud>(
    cloud: &C,
    images: &BTreeMap<Region, ImageId>,
) -> Result<(), Vec<BuildError>> {
    let all = images
        .iter()
        .map(|(region, id)| destroy_one(cloud, region, id));
    let failures: Vec<BuildError> = join_all(all)
        .await
        .into_iter()
        .filter_map(Result::err)
        .collect();
    if failures.is_empty() {
        Ok(())
    } else {
        Err(failures)
    }
}

async fn destroy_one<C: Cloud>(cloud: &C, region: &Region, id: &ImageId) -> Result<(), BuildError> {
    let doing = |what: &str| BuildError::call(format!("{what} in `{region}`"));
    let query = ImageQuery {
        ids: vec![id.clone()],
        ..ImageQuery::default()
    };
    let found = cloud.images(region, &query).await;
    let found = found.map_err(doing(&format!("describe image `{id}`")))?;
    let removed = cloud.deregister_image(region, id).await;
    unless_gone(removed).map_err(doing(&format!("deregister image `{id}`")))?;
    for snapshot in found.iter().flat_map(Image::snapshots) {
        let deleted = cloud.delete_snapshot(region, &snapshot).await;
        unless_gone(deleted).map_err(doing(&format!("delete snapshot `{snapshot}`")))?;
    }
    Ok(())
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
