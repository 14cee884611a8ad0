//! Deregistration protection: of the new images, and of old ones that stand in their way.

use std::collections::BTreeMap;

use futures_util::future::try_join_all;

use super::cx::Cx;
use super::error::BuildError;
use super::{patiently, preflight};
use crate::cloud::image::Image;
use crate::cloud::{Cloud, Region};
use crate::plan::amazon::settings::Replace;

/// Protects the images. Nothing that could fail may come after it: a protected image cannot be removed.
pub(super) async fn images<C: Cloud, D: Sync>(
    cx: &Cx<'_, C, D>,
    images: &BTreeMap<Region, Image>,
) -> Result<(), BuildError> {
    let Some(cooldown) = cx.settings.image.lifecycle.protection else {
        return Ok(());
    };
    let protect = |region: &Region, image: &Image| {
        cx.ui.say(&format!(
            "Enabling deregistration protection on AMI ({}) in region \"{region}\" ...",
            image.id
        ));
        let (region, id) = (region.clone(), image.id.clone());
        async move {
            let what = format!("the deregistration protection of AMI {id}");
            let doing = "Error enabling AMI deregistration protection";
            patiently::change(cx, doing, &what, || {
                cx.cloud.protect_image(&region, &id, cooldown)
            })
            .await
        }
    };
    let all = images.iter().map(|(region, image)| protect(region, image));
    try_join_all(all).await.map(drop)
}

/// `force_deregister`: an old image that is protected is known to be in the way before anything is made. Lifting its protection
/// is left to whoever set it, and would not help at once where there is a cooldown.
pub(super) async fn check_old<C: Cloud, D: Sync>(cx: &Cx<'_, C, D>) -> Result<(), BuildError> {
    let settings = &cx.settings.image;
    if settings.replace == Replace::Refuse || settings.skip_create {
        return Ok(());
    }
    let regions = preflight::regions_of_the_name(cx);
    try_join_all(regions.into_iter().map(|region| check_in(cx, region)))
        .await
        .map(drop)
}

async fn check_in<C: Cloud, D>(cx: &Cx<'_, C, D>, region: &Region) -> Result<(), BuildError> {
    let name = &cx.settings.image.name;
    let found = preflight::images_named(cx.cloud, region, name).await;
    let found = match found {
        Ok(found) => found,
        Err(error) => {
            let doing = "look for old images of that name";
            return preflight::left_out(cx, "the old image", doing, error);
        }
    };
    match found.into_iter().find(|image| image.is_protected) {
        Some(image) => Err(BuildError::OldImageProtected {
            image: image.id,
            region: region.clone(),
        }),
        None => Ok(()),
    }
}
