//! The snapshots that go with an image: its own by tag, which no other image is made of.

use std::collections::BTreeSet;

use super::cx::{PruneCx, is};
use super::search::Subject;
use crate::cloud::api::ImageCalls;
use crate::cloud::error::Refusal;
use crate::cloud::image::ImageQuery;
use crate::cloud::{ImageId, Region, SnapshotId};
use crate::images;
use crate::wait::{Polled, WaitError};

/// How many values a filter takes (<https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html>).
const MOST_VALUES: usize = 200;

/// The snapshots that are to go with the image.
pub(super) async fn own<C: ImageCalls, P>(
    cx: &PruneCx<'_, C, P>,
    subject: &Subject,
) -> Result<Vec<SnapshotId>, WaitError> {
    let all = subject.image.snapshots();
    if all.is_empty() {
        return Ok(all);
    }
    let region = &subject.region;
    // By filter: an id that is not there would be an error.
    let filters = vec![("snapshot-id".to_owned(), texts(&all))];
    let what = format!("the snapshots of `{}`", subject.image.id);
    let there = cx.ask(&what, || cx.cloud.snapshots(region, &[], &filters));
    let there = there.await?.into_iter();
    let own = there.filter(|snapshot| images::is_of(&snapshot.tags, cx.repository_id));
    let own: Vec<SnapshotId> = own.map(|snapshot| snapshot.id).collect();
    let others = users(cx, region, &own, Some(&subject.image.id)).await?;
    Ok(own.into_iter().filter(|id| !others.contains(id)).collect())
}

/// Those of the snapshots that images are made of, but for this one.
pub(super) async fn users<C: ImageCalls, P>(
    cx: &PruneCx<'_, C, P>,
    region: &Region,
    snapshots: &[SnapshotId],
    but: Option<&ImageId>,
) -> Result<BTreeSet<SnapshotId>, WaitError> {
    let mut used = BTreeSet::new();
    for some in snapshots.chunks(MOST_VALUES) {
        let query = ImageQuery {
            owners: vec!["self".to_owned()],
            filters: vec![("block-device-mapping.snapshot-id".to_owned(), texts(some))],
            include_deprecated: true,
            ..ImageQuery::default()
        };
        let what = format!("the images of snapshots in `{region}`");
        let images = cx.ask(&what, || cx.cloud.images(region, &query)).await?;
        let others = images.iter().filter(|image| Some(&image.id) != but);
        used.extend(others.flat_map(|image| image.snapshots()));
    }
    Ok(used)
}

/// Deletes it. What EC2 still says is in use a moment after its image went is asked again.
pub(super) async fn delete<C: ImageCalls, P>(
    cx: &PruneCx<'_, C, P>,
    region: &Region,
    snapshot: &SnapshotId,
) -> Result<(), WaitError> {
    let what = format!("snapshot `{snapshot}` to be deleted");
    let deleted = cx.poll(&what, || async {
        match cx.cloud.delete_snapshot(region, snapshot).await {
            Ok(()) => Ok(Polled::Ready(())),
            Err(error) if error.is(Refusal::InUse) => Ok(Polled::PENDING),
            Err(error) => Err(error),
        }
    });
    match deleted.await {
        Err(error) if is(&error, Refusal::NotFound) => Ok(()),
        other => other,
    }
}

/// What deletes it by hand.
pub(super) fn command(region: &Region, snapshots: &[SnapshotId]) -> String {
    let commands = snapshots.iter().map(|snapshot| {
        format!("aws ec2 delete-snapshot --region {region} --snapshot-id {snapshot}")
    });
    commands.collect::<Vec<_>>().join("; ")
}

fn texts(ids: &[SnapshotId]) -> Vec<String> {
    ids.iter().map(ToString::to_string).collect()
}
