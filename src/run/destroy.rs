//! Destroys images that no post-processor wanted to keep, as Packer's chain rules ask.

use std::collections::BTreeMap;

use crate::cloud::api::ImageCalls;
use crate::cloud::ec2::Ec2;
use crate::cloud::error::Refusal;
use crate::cloud::{CloudError, Region};
use crate::post::{DestroyImages, ImageInRegion};

/// The way to EC2, where the builder had one.
pub(super) struct Destroyer<'a>(pub(super) Option<&'a Ec2>);

impl DestroyImages for Destroyer<'_> {
    type Error = CloudError;

    async fn destroy(&self, images: &BTreeMap<Region, ImageInRegion>) -> Result<(), CloudError> {
        let Some(cloud) = self.0 else { return Ok(()) };
        let removals = images.iter().map(|(region, image)| destroy_one(cloud, region, image));
        futures_util::future::join_all(removals).await.into_iter().collect()
    }
}

/// The image first: EC2 refuses to delete a snapshot that an image is made of.
async fn destroy_one(cloud: &Ec2, region: &Region, image: &ImageInRegion) -> Result<(), CloudError> {
    gone(cloud.deregister_image(region, &image.image).await)?;
    for snapshot in &image.snapshots {
        gone(cloud.delete_snapshot(region, snapshot).await)?;
    }
    Ok(())
}

fn gone(answer: Result<(), CloudError>) -> Result<(), CloudError> {
    match answer {
        Err(error) if error.is(Refusal::NotFound) => Ok(()),
        other => other,
    }
}
