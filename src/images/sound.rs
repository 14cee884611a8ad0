//! Whether an image can be used: all of it is there, and its time is not over.

use time::OffsetDateTime;

use super::find::Found;
use crate::cloud::api::ImageCalls;
use crate::cloud::image::{ImageState, SnapshotState};
use crate::cloud::{CloudError, Region};

/// Why an image cannot be used; `None` where it can.
pub(crate) async fn fault<C: ImageCalls>(
    cloud: &C,
    region: &Region,
    found: &Found,
    now: OffsetDateTime,
) -> Result<Option<&'static str>, CloudError> {
    if let Some(fault) = fault_at_sight(found, now) {
        return Ok(Some(fault));
    }
    let snapshots = found.image.snapshots();
    let ids = snapshots.iter().map(ToString::to_string).collect();
    // By filter: an id that is not there would be an error.
    let filters = vec![("snapshot-id".to_owned(), ids)];
    let there = cloud.snapshots(region, &[], &filters).await?;
    let complete = there
        .iter()
        .filter(|snapshot| snapshot.state == SnapshotState::Completed);
    Ok((complete.count() < snapshots.len()).then_some("a snapshot of it is gone or incomplete"))
}

fn fault_at_sight(found: &Found, now: OffsetDateTime) -> Option<&'static str> {
    if found.image.state != ImageState::Available {
        return Some("it is not available");
    }
    if !found.known.is_finished {
        return Some("its build was not finished");
    }
    if found.known.is_expired(now) && found.known.promoted.is_none() {
        return Some("its time is over");
    }
    found
        .image
        .snapshots()
        .is_empty()
        .then_some("it has no snapshots")
}
