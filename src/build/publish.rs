//! Finishes an image that is available: tags where the creating call could not carry them, then the description, then
//! the shares. Nobody is given an image that is not tagged yet.

use std::collections::BTreeMap;
use std::future::Future;

use futures_util::future::try_join_all;

use super::cx::Cx;
use super::devices;
use super::error::BuildError;
use super::late::Texts;
use super::snapshots::{self, Shares};
use crate::cloud::image::{Image, ImageAttribute};
use crate::cloud::{Cloud, CloudError, Region};
use crate::ledger::{DEADLINE_TAG, KEPT};
use crate::wait::{self, Pace, Patience, Polled};

/// Whether the creating call carried the tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tags {
    /// It did.
    AtCreation,
    /// The region's EC2 does not take them there.
    Missing,
}

impl Tags {
    /// China and GovCloud take no tags when an image is created or copied.
    fn of(region: &Region) -> Self {
        if region.is_china() || region.is_government() {
            Self::Missing
        } else {
            Self::AtCreation
        }
    }
}

/// Finishes one image in its region.
pub(super) async fn finish<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    region: &Region,
    image: Image,
    texts: &Texts,
) -> Result<Image, BuildError> {
    say_tags(cx, &image, texts);
    if Tags::of(region) == Tags::Missing {
        let snapshots: Vec<String> = image
            .snapshots()
            .iter()
            .map(|snapshot| snapshot.as_str().to_owned())
            .collect();
        tag(
            cx,
            region,
            &[image.id.as_str().to_owned()],
            &texts.image_tags,
        )
        .await?;
        tag(cx, region, &snapshots, &texts.snapshot_tags).await?;
    }
    let attributes = attributes(cx, texts);
    if !attributes.is_empty() {
        cx.ui
            .say(&format!("Modifying attributes on AMI ({})...", image.id));
    }
    for (word, attribute) in &attributes {
        cx.ui.message(&format!("Modifying: {word}"));
        patiently(cx, &format!("{word} of AMI {}", image.id), || {
            cx.cloud.modify_image(region, &image.id, attribute)
        })
        .await?;
    }
    share_snapshots(cx, region, &image).await?;
    Ok(image)
}

/// Tells a later sweep that these images stay. It comes after everything that could fail, since before it a sweep may still
/// remove what a lost machine left.
pub(super) async fn mark_kept<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    images: &BTreeMap<Region, Image>,
) -> Result<(), BuildError> {
    let kept = crate::cloud::Tags::from([(DEADLINE_TAG.to_owned(), KEPT.to_owned())]);
    // These may be somebody else's.
    let named = devices::named_snapshots(&cx.settings.image.block_devices);
    let mark = |region, image: &Image| {
        let mut snapshots = image.snapshots();
        snapshots.retain(|snapshot| !named.iter().any(|named| named == snapshot.as_str()));
        let ids = std::iter::once(image.id.as_str())
            .chain(snapshots.iter().map(crate::cloud::SnapshotId::as_str));
        let ids: Vec<String> = ids.map(str::to_owned).collect();
        let kept = &kept;
        async move { tag(cx, region, &ids, kept).await }
    };
    try_join_all(images.iter().map(|(region, image)| mark(region, image)))
        .await
        .map(|_| ())
}

fn say_tags<C, D>(cx: &Cx<'_, C, D>, image: &Image, texts: &Texts) {
    if texts.image_tags.is_empty() && texts.snapshot_tags.is_empty() {
        return;
    }
    cx.ui.say(&format!("Adding tags to AMI ({})...", image.id));
    for snapshot in image.snapshots() {
        cx.ui.message(&format!("Tagging snapshot: {snapshot}"));
    }
    cx.ui.say("Creating AMI tags");
    for (name, value) in &texts.image_tags {
        cx.ui
            .message(&format!("Adding tag: \"{name}\": \"{value}\""));
    }
    cx.ui.say("Creating snapshot tags");
    for (name, value) in texts
        .snapshot_tags
        .iter()
        .filter(|(name, value)| texts.image_tags.get(*name) != Some(*value))
    {
        cx.ui
            .message(&format!("Adding tag: \"{name}\": \"{value}\""));
    }
}

fn attributes<C, D>(cx: &Cx<'_, C, D>, texts: &Texts) -> Vec<(&'static str, ImageAttribute)> {
    let settings = &cx.settings.image;
    let mut attributes = Vec::new();
    if !texts.description.is_empty() {
        attributes.push((
            "description",
            ImageAttribute::Description(texts.description.clone()),
        ));
    }
    if !settings.groups.is_empty() {
        attributes.push((
            "groups",
            ImageAttribute::LaunchGroups(settings.groups.clone()),
        ));
    }
    if !settings.users.is_empty() {
        attributes.push(("users", ImageAttribute::LaunchUsers(settings.users.clone())));
    }
    attributes
}

async fn share_snapshots<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    region: &Region,
    image: &Image,
) -> Result<(), BuildError> {
    let settings = &cx.settings.image;
    let shares = Shares {
        users: &settings.snapshot_users,
        groups: &settings.snapshot_groups,
    };
    for snapshot in image.snapshots() {
        snapshots::share(cx, region, &snapshot, shares).await?;
    }
    Ok(())
}

pub(super) async fn tag<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    region: &Region,
    ids: &[String],
    tags: &crate::cloud::Tags,
) -> Result<(), BuildError> {
    if ids.is_empty() || tags.is_empty() {
        return Ok(());
    }
    patiently(cx, &format!("the tags of {}", ids.join(", ")), || {
        cx.cloud.create_tags(region, ids, tags)
    })
    .await
}

/// A call that changes what exists already. It may be repeated, so a new id that EC2 does not know everywhere yet, or an
/// answer that was lost, only makes it come again.
pub(super) async fn patiently<C, D, F, Fut>(
    cx: &Cx<'_, C, D>,
    what: &str,
    mut call: F,
) -> Result<(), BuildError>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<(), CloudError>>,
{
    let progress = cx.progress(what);
    let wait = cx.wait(what, Pace::BRISK, Patience::Total(wait::GRACE), &progress);
    let done = wait::until(&wait, || {
        let call = call();
        async { call.await.map(Polled::Ready) }
    });
    done.await
        .map_err(BuildError::wait("cannot finish the AMI"))
}
