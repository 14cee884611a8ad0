//! Brings the image to every region that should have it, all at once, and finishes each where it is.

use std::collections::BTreeMap;

use futures_util::future::try_join_all;

use super::cx::Cx;
use super::error::BuildError;
use super::freeze::{Frozen, Role};
use super::late::Texts;
use super::publish::Snapshots;
use super::{image_wait, protect, publish, replace};
use crate::cloud::image::{CopyImage, Image};
use crate::cloud::{Cloud, ImageId, Region};
use crate::ledger::{Kind, Order};

/// Copies, tags and shares. A region is finished by itself: none waits for another one.
pub(super) async fn everywhere<C: Cloud, D: Sync>(
    cx: &Cx<'_, C, D>,
    frozen: Frozen,
    texts: &Texts,
) -> Result<BTreeMap<Region, Image>, BuildError> {
    let targets = targets(cx, frozen.role);
    if !targets.is_empty() {
        cx.ui.say(&format!(
            "Copying/Encrypting AMI ({}) to other regions...",
            frozen.image.id
        ));
        for region in &targets {
            cx.ui.message(&format!("Copying to: {region}"));
        }
        cx.ui.message("Waiting for all copies to complete...");
    }
    publish::say_skipped(cx);
    let copies = try_join_all(
        targets
            .iter()
            .map(|region| Box::pin(arrive(cx, &frozen, region, texts))),
    );
    let first = async {
        match frozen.role {
            Role::Final => {
                let image = frozen.image.clone();
                let tags = (texts, Snapshots::Made);
                let image = publish::finish(cx, cx.region, image, tags).await?;
                replace::delete_snapshots(cx, cx.region, &frozen.old).await;
                Ok(Some(image))
            }
            Role::Intermediate => Ok(None),
        }
    };
    let (first, copies) = tokio::try_join!(first, copies)?;
    let images = first.into_iter().map(|image| (cx.region.clone(), image));
    let images: BTreeMap<Region, Image> = images.chain(targets.into_iter().zip(copies)).collect();
    publish::mark_kept(cx, &images).await?;
    protect::images(cx, &images).await?;
    Ok(images)
}

/// Where copies go. The build region is among them where the first image does not stay but the region shall have one.
fn targets<C, D>(cx: &Cx<'_, C, D>, role: Role) -> Vec<Region> {
    let settings = &cx.settings.image;
    let own = role == Role::Intermediate && !settings.skip_save_build_region;
    let own = own.then(|| cx.region.clone());
    own.into_iter()
        .chain(
            settings
                .regions
                .iter()
                .filter(|region| *region != cx.region)
                .cloned(),
        )
        .collect()
}

/// A copy of the image in another region, finished there.
pub(super) async fn arrive<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    frozen: &Frozen,
    region: &Region,
    texts: &Texts,
) -> Result<Image, BuildError> {
    replace::deregister(cx, region, &frozen.old).await?;
    let id = copy(cx, frozen, region, texts).await?;
    cx.observer.image_started(region, &id);
    let image = image_wait::available(cx, region, &id).await?;
    let image = publish::finish(cx, region, image, (texts, origin(cx, region))).await?;
    replace::delete_snapshots(cx, region, &frozen.old).await;
    Ok(image)
}

async fn copy<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    frozen: &Frozen,
    region: &Region,
    texts: &Texts,
) -> Result<ImageId, BuildError> {
    let encrypted = cx.settings.image.encryption.encrypt_boot;
    let request = CopyImage {
        source_region: cx.region.clone(),
        source: frozen.image.id.clone(),
        name: frozen.name.clone(),
        encrypted,
        kms_key_id: encrypted
            .filter(|encrypted| *encrypted)
            .and_then(|_| key(cx, region)),
        image_tags: texts.image_tags.clone(),
        snapshot_tags: origin(cx, region).tags(texts).clone(),
        completion_minutes: completion_minutes(cx, region),
    };
    let order = Order::new(Kind::ImageCopy, region, &request.name);
    let (cloud, target) = (cx.cloud.clone(), region.clone());
    let copied = cx.ledger.create(order, |claim| async move {
        cloud.copy_image(&target, &claim, &request).await
    });
    copied
        .await
        .map_err(BuildError::call(format!("copy the AMI to `{region}`")))
}

/// A copy that is to be complete in time costs money, so one that Packer would not make is not hurried.
fn completion_minutes<C, D>(cx: &Cx<'_, C, D>, region: &Region) -> Option<i64> {
    let minutes = cx.settings.image.copy_minutes;
    minutes.filter(|_| !is_ours_alone(cx, region))
}

/// The copy by which a new image takes an old one's name has the tags of the image that Packer would have made there.
fn origin<C, D>(cx: &Cx<'_, C, D>, region: &Region) -> Snapshots {
    if is_ours_alone(cx, region) {
        Snapshots::Made
    } else {
        Snapshots::Copied
    }
}

/// Whether Packer would not make this copy: it stands for the image itself.
fn is_ours_alone<C, D>(cx: &Cx<'_, C, D>, region: &Region) -> bool {
    region == cx.region && cx.settings.image.encryption.encrypt_boot != Some(true)
}

/// The region's own key; in the build region `kms_key_id` stands behind it. Empty is the region's default key.
fn key<C, D>(cx: &Cx<'_, C, D>, region: &Region) -> Option<String> {
    let encryption = &cx.settings.image.encryption;
    let own = encryption.region_kms_key_ids.get(region);
    let fallback = encryption
        .kms_key_id
        .as_ref()
        .filter(|_| region == cx.region);
    own.or(fallback).filter(|key| !key.is_empty()).cloned()
}
