//! A promotion from its first call to its last: find, mark, copy, verify, share, publish.

use std::collections::BTreeMap;

use futures_util::future::try_join_all;
use time::OffsetDateTime;

use super::copies::{self, Release, There};
use super::cx::PromoteCx;
use super::encryption::Copies;
use super::error::PromoteError;
use super::pointers::{self, Pointer};
use super::wish::Wish;
use super::{choose, encryption, publish, share};
use crate::cloud::image::Image;
use crate::cloud::parameter_calls::ParameterCalls;
use crate::cloud::template_versions::TemplateVersionCalls;
use crate::cloud::{Cloud, ImageId, Region, SnapshotId, Tags};
use crate::images::{Found, release_tags};
use crate::ledger::{DEADLINE_TAG, KEPT, MOST_TAGS};

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Promoted {
    /// The release's name, the same everywhere.
    pub(crate) name: String,
    /// Where it was built and tested.
    pub(crate) region: Region,
    /// The image that was tested; it is the release too unless that has a name of its own.
    pub(crate) tested: ImageId,
    /// The release.
    pub(crate) images: BTreeMap<Region, ImageId>,
    /// What it is made of.
    pub(crate) snapshots: BTreeMap<Region, Vec<SnapshotId>>,
    /// What leads to it now, in words.
    pub(crate) published: Vec<String>,
}

/// Makes the tested image the release.
pub(crate) async fn promote<C: Cloud + TemplateVersionCalls, P: ParameterCalls>(
    cx: &PromoteCx<'_, C, P>,
    wish: &Wish,
) -> Result<Promoted, PromoteError> {
    let made = tokio::select! {
        biased;
        request = cx.stop.wait() => return Err(PromoteError::Stopped(request)),
        made = Box::pin(release(cx, wish)) => made?,
    };
    let Made {
        tested,
        name,
        images,
        pointers,
    } = made;
    cx.ui.step("Publish");
    let published = publish::publish(cx, &pointers, &images).await?;
    let snapshots = images
        .iter()
        .map(|(region, image)| (region.clone(), image.snapshots()));
    Ok(Promoted {
        name,
        region: cx.region.clone(),
        tested,
        snapshots: snapshots.collect(),
        images: images
            .into_iter()
            .map(|(region, image)| (region, image.id))
            .collect(),
        published,
    })
}

/// The release, before anything leads to it.
struct Made {
    tested: ImageId,
    name: String,
    images: BTreeMap<Region, Image>,
    pointers: Vec<Pointer>,
}

/// What is there before anything is changed.
struct Seen {
    tested: Found,
    name: String,
    regions: Vec<Region>,
    there: Vec<There>,
    pointers: Vec<Pointer>,
}

/// Looks at everything that the release will touch; what is in its way ends the run here.
async fn look<C: Cloud + TemplateVersionCalls, P: ParameterCalls>(
    cx: &PromoteCx<'_, C, P>,
    wish: &Wish,
) -> Result<Seen, PromoteError> {
    cx.ui.step("Find the tested image");
    let tested = choose::image(cx, wish).await?;
    cx.ui.say(&format!(
        "Tested: {} ({})",
        tested.image.id, tested.image.name
    ));
    let name = wish.release_name.clone();
    let name = name.unwrap_or_else(|| tested.image.name.clone());
    let regions = regions(cx.region, wish);
    let looks = regions
        .iter()
        .map(|region| copies::look(cx, region, (&tested, &name)));
    let there = try_join_all(looks).await?;
    let copies = Copies {
        all: match wish.release_name {
            Some(_) => &regions,
            None => &regions[1..],
        },
        new: &copied(&regions, &there),
    };
    encryption::check(&tested.image, wish, &copies)?;
    let pointers = pointers::look(cx, wish, &regions).await?;
    Ok(Seen {
        tested,
        name,
        regions,
        there,
        pointers,
    })
}

async fn release<C: Cloud + TemplateVersionCalls, P: ParameterCalls>(
    cx: &PromoteCx<'_, C, P>,
    wish: &Wish,
) -> Result<Made, PromoteError> {
    let Seen {
        tested,
        name,
        regions,
        there,
        pointers,
    } = look(cx, wish).await?;
    let mark = release_tags(&tested, &wish.tags, OffsetDateTime::now_utc());
    check_room(&tested, &mark.of_copies)?;

    cx.ui.step("Mark");
    cx.tag(cx.region, &things(&tested.image), &mark.of_tested)
        .await?;
    if wish.release_name.is_none() {
        cx.tag(cx.region, &things(&tested.image), &mark.of_release)
            .await?;
    }

    cx.ui.step("Copy");
    let release = Release {
        tested: &tested,
        name: &name,
        tags: &mark.of_copies,
        keys: &wish.keys,
    };
    let places = regions.iter().zip(there);
    let arriving =
        places.map(|(region, there)| arrive(cx, region, there, (&release, &mark.of_release)));
    let images = try_join_all(arriving).await?;
    let images: BTreeMap<Region, Image> = regions.iter().cloned().zip(images).collect();

    cx.ui.step("Verify");
    try_join_all(
        images
            .iter()
            .map(|(region, image)| copies::verify(cx, region, image)),
    )
    .await?;

    cx.ui.step("Share");
    try_join_all(
        images
            .iter()
            .map(|(region, image)| share::share(cx, region, image, wish)),
    )
    .await?;
    keep(cx, &images).await?;
    try_join_all(
        images
            .iter()
            .map(|(region, image)| share::protect(cx, region, image, wish)),
    )
    .await?;
    Ok(Made {
        tested: tested.image.id,
        name,
        images,
        pointers,
    })
}

/// The build region first, each once.
fn regions(home: &Region, wish: &Wish) -> Vec<Region> {
    let mut regions = vec![home.clone()];
    for region in &wish.regions {
        if !regions.contains(region) {
            regions.push(region.clone());
        }
    }
    regions
}

/// Where a copy will be made.
fn copied(regions: &[Region], there: &[There]) -> Vec<Region> {
    let places = regions.iter().zip(there);
    let copied = places.filter(|(_, there)| matches!(there, There::Nothing));
    copied.map(|(region, _)| region.clone()).collect()
}

async fn arrive<C: Cloud, P>(
    cx: &PromoteCx<'_, C, P>,
    region: &Region,
    there: There,
    (release, tags): (&Release<'_>, &Tags),
) -> Result<Image, PromoteError> {
    let (mut image, tags) = match there {
        There::Release(image) => {
            cx.ui.message(&format!("{region}: {} is there", image.id));
            (*image, tags)
        }
        There::Nothing => {
            cx.ui.message(&format!("Copying to: {region}"));
            (copies::copy(cx, region, release).await?, release.tags)
        }
    };
    // Not every region takes tags when an image is copied.
    cx.tag(region, &things(&image), tags).await?;
    image.tags.extend(tags.clone());
    Ok(image)
}

/// From here on a later sweep leaves them alone, and nothing of them is undone.
async fn keep<C: Cloud, P>(
    cx: &PromoteCx<'_, C, P>,
    images: &BTreeMap<Region, Image>,
) -> Result<(), PromoteError> {
    let kept = Tags::from([(DEADLINE_TAG.to_owned(), KEPT.to_owned())]);
    for (region, image) in images {
        let ids = things(image);
        cx.ledger.stop_renewing(&ids).await;
        cx.tag(region, &ids, &kept).await?;
    }
    let all = images.iter().flat_map(|(region, image)| {
        let ids = things(image).into_iter();
        ids.map(|id| (region.clone(), id))
    });
    let all: Vec<_> = all.collect();
    cx.ledger.keep(&all).map_err(PromoteError::Journal)
}

/// The image and its snapshots.
fn things(image: &Image) -> Vec<String> {
    let snapshots = image.snapshots().into_iter().map(|id| id.to_string());
    std::iter::once(image.id.to_string())
        .chain(snapshots)
        .collect()
}

/// EC2 counts the tags that are there too.
fn check_room(tested: &Found, tags: &Tags) -> Result<(), PromoteError> {
    let mut all = tested.image.tags.clone();
    all.extend(tags.clone());
    if all.len() <= MOST_TAGS {
        return Ok(());
    }
    Err(PromoteError::TooManyTags { count: all.len() })
}
