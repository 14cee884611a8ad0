//! An image that is there in place of one to be built: what is asked for around its content is brought in line, in every region.

use std::collections::BTreeMap;

use futures_util::future::try_join_all;

use super::built::Built;
use super::cx::Cx;
use super::error::BuildError;
use super::freeze::{Frozen, Role};
use super::late::{self, SourceData, Texts};
use super::publish::Snapshots;
use super::reuse::{Held, ReuseStory, Sound, sound};
use super::{built, devices, protect, publish, spread, story, usage};
use crate::cloud::image::Image;
use crate::cloud::{Cloud, Region};
use crate::images::{Found, renewed};

/// Finishes the image as if it had been built. Its tags come first: from then on nobody takes it for a thing whose time is over.
pub(super) async fn instead<C: Cloud, D: Sync>(
    cx: &Cx<'_, C, D>,
    held: Held,
) -> Result<Built, BuildError> {
    let Held {
        found,
        source,
        digest,
    } = held;
    let data = SourceData::new(cx.region, &source);
    let texts = late::render(cx, &data)?;
    let story = ReuseStory::Reused {
        image: found.image.id.clone(),
        made: found.image.creation_date.clone(),
    };
    cx.ui.say(&story.to_string());
    cx.observer.source_found(&source);
    renew(cx, cx.region, &found, (&texts, Snapshots::Made)).await?;
    let frozen = Frozen {
        name: found.image.name.clone(),
        image: found.image,
        role: Role::Final,
        old: Vec::new(),
        snapshots_took: None,
    };
    let gib = usage::size(&frozen.image);
    let others = elsewhere(cx, &frozen, &texts, &digest).await?;
    let all: BTreeMap<Region, Image> = others
        .into_iter()
        .chain([(cx.region.clone(), frozen.image)])
        .collect();
    protect::images(cx, &all).await?;
    cx.ledger
        .keep(&story::things(&all))
        .map_err(BuildError::Journal)?;
    let built = Built {
        name: frozen.name,
        region: cx.region.clone(),
        snapshots: all
            .iter()
            .map(|(region, image)| (region.clone(), image.snapshots()))
            .collect(),
        images: all
            .into_iter()
            .map(|(region, image)| (region, image.id))
            .collect(),
        source,
        instance_type: built::instance_type(&cx.settings.launch),
        instance: None,
        gib,
        inventories: None,
        usage: None,
        reuse: Some(story),
        fast_volume: None,
        data: data
            .values
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    };
    cx.observer.image_ready(&built);
    Ok(built)
}

/// In each other region the image that is there, else a copy.
async fn elsewhere<C: Cloud, D: Sync>(
    cx: &Cx<'_, C, D>,
    frozen: &Frozen,
    texts: &Texts,
    digest: &str,
) -> Result<BTreeMap<Region, Image>, BuildError> {
    let regions = cx.settings.image.regions.iter();
    let regions = regions.filter(|region| *region != cx.region);
    let arrived = try_join_all(regions.map(|region| async move {
        let (image, place) = Box::pin(in_region(cx, frozen, region, (texts, digest))).await?;
        Ok::<_, BuildError>((region.clone(), image, place))
    }))
    .await?;
    let copies = arrived
        .iter()
        .filter(|(_, _, place)| *place == Place::Copied)
        .map(|(region, image, _)| (region.clone(), image.clone()))
        .collect();
    publish::mark_kept(cx, &copies).await?;
    let all = arrived.into_iter();
    Ok(all.map(|(region, image, _)| (region, image)).collect())
}

/// Where an image of a region comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// It was there.
    There,
    /// It was copied.
    Copied,
}

async fn in_region<C: Cloud, D: Sync>(
    cx: &Cx<'_, C, D>,
    frozen: &Frozen,
    region: &Region,
    (texts, digest): (&Texts, &str),
) -> Result<(Image, Place), BuildError> {
    let origin = cx.settings.image.life.origin.as_ref();
    let repository = origin.and_then(|origin| origin.repository_id.as_deref());
    let there = sound(cx, region, (repository.unwrap_or_default(), digest)).await?;
    if let Sound::Yes(found) = there {
        renew(cx, region, &found, (texts, Snapshots::Copied)).await?;
        return Ok((found.image, Place::There));
    }
    cx.ui.message(&format!("Copying to: {region}"));
    let image = spread::arrive(cx, frozen, region, texts).await?;
    Ok((image, Place::Copied))
}

/// Tags, then what EC2 is told about it.
async fn renew<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    region: &Region,
    found: &Found,
    (texts, origin): (&Texts, Snapshots),
) -> Result<(), BuildError> {
    let Found { image, known } = found;
    // Those that the template names may be somebody else's.
    let snapshots = devices::own_snapshots(image, &cx.settings.image.block_devices);
    let snapshots: Vec<String> = snapshots.iter().map(ToString::to_string).collect();
    let tags = renewed(known, texts.image_tags.clone());
    publish::tag(cx, region, &[image.id.to_string()], &tags).await?;
    let tags = renewed(known, origin.tags(texts).clone());
    publish::tag(cx, region, &snapshots, &tags).await?;
    publish::hand_over(cx, region, image, texts).await
}
