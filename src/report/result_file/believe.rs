//! What of a file is believed: ids that look like ids, and times that a build can take. Commands are not.

use std::time::Duration;

use super::record::{BuildRecord, RunRecord};
use crate::build::FastVolume;
use crate::cloud::{ImageId, Region};
use crate::report::conclusion::Conclusion;
use crate::report::links::is_region;
use crate::report::outputs::is_image_id;
use crate::report::result::{Images, Outcome, Product, Volumes};

/// No job lasts longer: <https://docs.github.com/en/actions/reference/limits>.
const LONGEST: Duration = Duration::from_secs(5 * 24 * 3600);
/// No root is faster, by far.
const FASTEST: i32 = 1_000_000;
/// What stands in place of a command that is not shown.
const ELSEWHERE: &str = "# the log of its job has the command";

/// The record as far as it can be believed; in words, why it cannot at all.
pub(super) fn believed(mut record: RunRecord) -> Result<RunRecord, &'static str> {
    record.duration = record.duration.min(LONGEST);
    for build in &mut record.builds {
        check(build)?;
    }
    Ok(record)
}

fn check(build: &mut BuildRecord) -> Result<(), &'static str> {
    for step in &mut build.facts.timeline {
        step.begin = step.begin.min(LONGEST);
        step.end = step.end.min(LONGEST);
    }
    for thing in &mut build.remaining {
        // A reader may paste it into a shell.
        thing.command = ELSEWHERE.to_owned();
    }
    match &mut build.facts.outcome {
        Outcome::Succeeded(product) | Outcome::Cancelled(product) => check_product(product),
        Outcome::Failed(failure) => {
            if matches!(
                failure.conclusion,
                Conclusion::Success | Conclusion::Rehearsed
            ) {
                failure.conclusion = Conclusion::Failure;
            }
            check_product(&mut failure.product)
        }
        Outcome::Invalid { .. } => Ok(()),
    }
}

fn check_product(product: &mut Product) -> Result<(), &'static str> {
    match product {
        Product::Images(images) => check_images(images),
        Product::Volumes(volumes) => check_volumes(volumes),
        Product::Other(_) | Product::Nothing => Ok(()),
    }
}

fn check_images(images: &mut Images) -> Result<(), &'static str> {
    let ids = images.ids.values().chain([&images.source.id]);
    check_ids(ids)?;
    let regions = images.ids.keys().chain(images.snapshots.keys());
    check_regions(regions.chain([&images.region]))?;
    let snapshots = images.snapshots.values().flatten();
    check_words(snapshots.map(|id| id.as_str()))?;
    check_words(images.instance.iter().map(|id| id.as_str()))?;
    images.fast_volume = images.fast_volume.take().filter(can_be);
    Ok(())
}

fn check_volumes(volumes: &Volumes) -> Result<(), &'static str> {
    check_ids([&volumes.source.id])?;
    check_regions([&volumes.region])?;
    check_words(volumes.volumes.iter().map(|id| id.as_str()))?;
    check_words(volumes.snapshots.iter().map(|id| id.as_str()))?;
    check_words([volumes.instance.as_str()])
}

fn can_be(fast: &FastVolume) -> bool {
    let speeds = [fast.speed.iops, fast.speed.throughput];
    speeds.iter().all(|speed| (0..FASTEST).contains(speed))
        && fast.lived <= LONGEST
        && fast.snapshots <= LONGEST
}

fn check_ids<'a>(ids: impl IntoIterator<Item = &'a ImageId>) -> Result<(), &'static str> {
    let all = ids.into_iter().all(|id| is_image_id(id.as_str()));
    all.then_some(()).ok_or("what it calls an image is none")
}

fn check_regions<'a>(regions: impl IntoIterator<Item = &'a Region>) -> Result<(), &'static str> {
    let all = regions.into_iter().all(|region| is_region(region.as_str()));
    all.then_some(()).ok_or("what it calls a region is none")
}

/// `i-…`, `vol-…`, `snap-…`
fn check_words<'a>(words: impl IntoIterator<Item = &'a str>) -> Result<(), &'static str> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let all = words.into_iter().all(|word| word.bytes().all(fits));
    all.then_some(()).ok_or("what it calls an id is none")
}
