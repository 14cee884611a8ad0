//! Destroys images that no post-processor wanted to keep, as Packer's chain rules ask.

use std::collections::BTreeMap;

use crate::build;
use crate::build::BuildError;
use crate::cloud::{Cloud, Region};
use crate::error::on_one_line;
use crate::plan::amazon::settings::ImageSettings;
use crate::post::{DestroyImages, ImageInRegion, VolumesInRegion};

/// The way to EC2, where the builder had one, and what the template asked of its images.
pub(super) struct Destroyer<'a, C>(pub(super) Option<(&'a C, &'a ImageSettings)>);

/// Images that are still there, region by region.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("; "))]
pub(super) struct NotDestroyed(Vec<String>);

impl<C: Cloud> DestroyImages for Destroyer<'_, C> {
    type Error = NotDestroyed;

    async fn destroy(&self, images: &BTreeMap<Region, ImageInRegion>) -> Result<(), NotDestroyed> {
        let Some((cloud, settings)) = self.0 else {
            return Ok(());
        };
        let ids = images
            .iter()
            .map(|(region, image)| (region.clone(), image.image.clone()))
            .collect();
        let destroyed = build::destroy(cloud, &ids, settings).await;
        destroyed.map_err(not_destroyed)
    }

    async fn destroy_volumes(&self, there: &VolumesInRegion) -> Result<(), NotDestroyed> {
        let Some((cloud, _)) = self.0 else {
            return Ok(());
        };
        build::destroy_volumes(cloud, &there.region, &there.volumes, &there.snapshots)
            .await
            .map_err(not_destroyed)
    }
}

fn not_destroyed(errors: Vec<BuildError>) -> NotDestroyed {
    NotDestroyed(errors.iter().map(|error| on_one_line(error)).collect())
}
