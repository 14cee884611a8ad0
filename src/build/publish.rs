//! Finishes an image that is available: tags where the creating call could not carry them, then fast launch, deprecation, the
//! description, then the shares. Nobody is given an image that is not tagged yet.

use std::collections::BTreeMap;

use futures_util::future::try_join_all;

use super::cx::Cx;
use super::devices;
use super::error::BuildError;
use super::late::Texts;
use super::snapshots::{self, Shares};
use super::{fast_launch, patiently};
use crate::cloud::image::{Image, ImageAttribute};
use crate::cloud::{Cloud, Region, Tags as CloudTags};
use crate::ledger::{DEADLINE_TAG, KEPT};

/// What an error begins with.
const DOING: &str = "cannot finish the AMI";

/// Where an image's snapshots come from, which decides on their tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Snapshots {
    /// The machine's volumes.
    Made,
    /// Another image's snapshots.
    Copied,
}

impl Snapshots {
    /// The tags that these snapshots get.
    pub(super) fn tags(self, texts: &Texts) -> &CloudTags {
        match self {
            Self::Made => &texts.snapshot_tags,
            Self::Copied => &texts.copied_snapshot_tags,
        }
    }
}

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

/// Packer's words for what is not asked for.
pub(super) fn say_skipped<C, D>(cx: &Cx<'_, C, D>) {
    let lifecycle = &cx.settings.image.lifecycle;
    if lifecycle.deprecate_at.is_none() {
        cx.ui.say("Skipping Enable AMI deprecation...");
    }
    if lifecycle.protection.is_none() {
        cx.ui
            .say("Skipping Enable AMI deregistration protection...");
    }
}

/// Finishes one image in its region.
pub(super) async fn finish<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    region: &Region,
    image: Image,
    (texts, origin): (&Texts, Snapshots),
) -> Result<Image, BuildError> {
    let snapshot_tags = origin.tags(texts);
    say_tags(cx, &image, &texts.image_tags, snapshot_tags);
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
        tag(cx, region, &snapshots, snapshot_tags).await?;
    }
    fast_launch::enable(cx, region, &image).await?;
    hand_over(cx, region, &image, texts).await?;
    Ok(image)
}

/// What EC2 is told about an image that is there and tagged; the shares come last. It can be told twice.
pub(super) async fn hand_over<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    region: &Region,
    image: &Image,
    texts: &Texts,
) -> Result<(), BuildError> {
    deprecate(cx, region, image).await?;
    let attributes = attributes(cx, texts);
    if !attributes.is_empty() {
        cx.ui
            .say(&format!("Modifying attributes on AMI ({})...", image.id));
    }
    for (word, attribute) in &attributes {
        cx.ui.message(&format!("Modifying: {word}"));
        let what = format!("{word} of AMI {}", image.id);
        patiently::change(cx, DOING, &what, || {
            cx.cloud.modify_image(region, &image.id, attribute)
        })
        .await?;
    }
    share_snapshots(cx, region, image).await
}

/// Tells a later sweep that these images stay. It comes after everything that could fail, since before it a sweep may still
/// remove what a lost machine left.
pub(super) async fn mark_kept<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    images: &BTreeMap<Region, Image>,
) -> Result<(), BuildError> {
    let kept = CloudTags::from([(DEADLINE_TAG.to_owned(), KEPT.to_owned())]);
    // These may be somebody else's.
    let named = devices::named_snapshots(&cx.settings.image.block_devices);
    let mark = |region, image: &Image| {
        let mut snapshots = image.snapshots();
        snapshots.retain(|snapshot| !named.iter().any(|named| named == snapshot.as_str()));
        let ids = std::iter::once(image.id.as_str())
            .chain(snapshots.iter().map(crate::cloud::SnapshotId::as_str));
        let ids: Vec<String> = ids.map(str::to_owned).collect();
        let kept = &kept;
        async move {
            cx.ledger.stop_renewing(&ids).await;
            tag(cx, region, &ids, kept).await
        }
    };
    try_join_all(images.iter().map(|(region, image)| mark(region, image)))
        .await
        .map(|_| ())
}

fn say_tags<C, D>(cx: &Cx<'_, C, D>, image: &Image, own: &CloudTags, snapshot_tags: &CloudTags) {
    if own.is_empty() && snapshot_tags.is_empty() {
        return;
    }
    cx.ui.say(&format!("Adding tags to AMI ({})...", image.id));
    for snapshot in image.snapshots() {
        cx.ui.message(&format!("Tagging snapshot: {snapshot}"));
    }
    let adding = |(name, value): (&String, &String)| {
        cx.ui
            .message(&format!("Adding tag: \"{name}\": \"{value}\""));
    };
    cx.ui.say("Creating AMI tags");
    own.iter().for_each(adding);
    cx.ui.say("Creating snapshot tags");
    snapshot_tags
        .iter()
        .filter(|(name, value)| own.get(*name) != Some(*value))
        .for_each(adding);
}

async fn deprecate<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    region: &Region,
    image: &Image,
) -> Result<(), BuildError> {
    let Some(at) = cx.settings.image.lifecycle.deprecate_at else {
        return Ok(());
    };
    cx.ui.say(&format!(
        "Enabling deprecation on AMI ({}) in region \"{region}\" ...",
        image.id
    ));
    let what = format!("the deprecation of AMI {}", image.id);
    patiently::change(cx, "Error enabling AMI deprecation", &what, || {
        cx.cloud.deprecate_image(region, &image.id, at)
    })
    .await
}

/// Makes an attribute of a list.
type OfList = fn(Vec<String>) -> ImageAttribute;

/// The calls that change the image, each with Packer's word for it: what it is first, then who may use it.
fn attributes<C, D>(cx: &Cx<'_, C, D>, texts: &Texts) -> Vec<(&'static str, ImageAttribute)> {
    let settings = &cx.settings.image;
    let mut attributes = Vec::new();
    if !texts.description.is_empty() {
        let text = texts.description.clone();
        attributes.push(("description", ImageAttribute::Description(text)));
    }
    if let Some(version) = settings.lifecycle.imds_support.clone() {
        attributes.push(("imds_support", ImageAttribute::ImdsSupport(version)));
    }
    let lists: [(&str, &Vec<String>, OfList); 5] = [
        (
            "product codes",
            &settings.lifecycle.product_codes,
            ImageAttribute::ProductCodes,
        ),
        ("groups", &settings.groups, ImageAttribute::LaunchGroups),
        ("users", &settings.users, ImageAttribute::LaunchUsers),
        (
            "ami org arns",
            &settings.organizations,
            ImageAttribute::LaunchOrganizations,
        ),
        (
            "ami ou arns",
            &settings.organizational_units,
            ImageAttribute::LaunchOrganizationalUnits,
        ),
    ];
    let given = lists.into_iter().filter(|(_, list, _)| !list.is_empty());
    attributes.extend(given.map(|(word, list, make)| (word, make(list.clone()))));
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
    tags: &CloudTags,
) -> Result<(), BuildError> {
    if ids.is_empty() || tags.is_empty() {
        return Ok(());
    }
    let what = format!("the tags of {}", ids.join(", "));
    patiently::change(cx, DOING, &what, || cx.cloud.create_tags(region, ids, tags)).await
}
