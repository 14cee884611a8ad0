//! Waits until an image is available, with the progress of its snapshots.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use super::cx::Cx;
use super::error::BuildError;
use crate::cloud::image::{Image, ImageQuery, ImageState, Snapshot};
use crate::cloud::{Cloud, CloudError, ImageId, Region, SnapshotId};
use crate::ledger::snapshots_described;
use crate::wait::{self, Pace, Patience, Polled};

/// How long an image may stand still: Packer's limit for the whole of it. Large volumes take hours, but they move.
const STANDSTILL: Duration = Duration::from_secs(1800);

/// Between two questions how far its snapshots are.
const PROGRESS_EVERY: Duration = Duration::from_secs(3);

/// What is known of an image's snapshots since they were last asked about.
#[derive(Clone, Debug, Default)]
struct Seen {
    at: Option<Instant>,
    ids: Vec<SnapshotId>,
    percent: Option<u8>,
}

/// Waits for the image in `region`. One whose snapshots still grow is never given up; `aws_polling` changes how long it may
/// stand still.
pub(super) async fn available<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    region: &Region,
    id: &ImageId,
) -> Result<Image, BuildError> {
    let patience =
        Patience::WithoutProgress(cx.settings.launch.polling.budget().unwrap_or(STANDSTILL));
    let what = format!("AMI {id} in {region} to become ready");
    let progress = cx.progress(&what);
    let wait = cx.wait(&what, Pace::STEADY, patience, &progress);
    let seen = Mutex::default();
    wait::until(&wait, || look(cx.cloud, region, id, &seen))
        .await
        .map_err(BuildError::wait("Error waiting for AMI"))
}

async fn look<C: Cloud>(
    cloud: &C,
    region: &Region,
    id: &ImageId,
    seen: &Mutex<Seen>,
) -> Result<Polled<Image>, CloudError> {
    let query = ImageQuery {
        ids: vec![id.clone()],
        owners: vec!["self".to_owned()],
        ..ImageQuery::default()
    };
    let Some(image) = cloud.images(region, &query).await?.into_iter().next() else {
        return Ok(Polled::PENDING);
    };
    Ok(match image.state {
        ImageState::Available => Polled::Ready(image),
        ImageState::Pending => Polled::Pending {
            percent: now_and_then(cloud, region, &image, seen).await,
        },
        ImageState::Failed => Polled::Failed(
            image
                .state_reason
                .unwrap_or_else(|| "EC2 gives no reason".to_owned()),
        ),
        ImageState::Other => Polled::Failed(
            "it was deregistered, or EC2 put it into a state that is not known here".to_owned(),
        ),
    })
}

/// How far its snapshots are, or were a moment ago: a percentage changes less often than the image is looked at.
async fn now_and_then<C: Cloud>(
    cloud: &C,
    region: &Region,
    image: &Image,
    seen: &Mutex<Seen>,
) -> Option<u8> {
    let last = seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if last.at.is_some_and(|at| at.elapsed() < PROGRESS_EVERY) {
        return last.percent;
    }
    let found = snapshots(cloud, region, image, &last.ids).await;
    let now = Seen {
        at: Some(Instant::now()),
        percent: percent(&found),
        ids: found.into_iter().map(|snapshot| snapshot.id).collect(),
    };
    let percent = now.percent;
    *seen.lock().unwrap_or_else(PoisonError::into_inner) = now;
    percent
}

/// Its snapshots: by id where they are known, which is a question that builds share. A pending image may not show them yet.
/// They are only for show and for telling a standstill, so a refusal means that there are none.
async fn snapshots<C: Cloud>(
    cloud: &C,
    region: &Region,
    image: &Image,
    known: &[SnapshotId],
) -> Vec<Snapshot> {
    let shown = image.snapshots();
    let ids = if shown.is_empty() { known } else { &shown };
    let filters = if ids.is_empty() {
        snapshots_described(&image.id)
    } else {
        Vec::new()
    };
    let found = cloud.snapshots(region, ids, &filters).await;
    found.unwrap_or_default()
}

/// How far they are, by size.
fn percent(snapshots: &[Snapshot]) -> Option<u8> {
    let size = |snapshot: &Snapshot| u64::try_from(snapshot.volume_size.max(1)).unwrap_or(1);
    let total: u64 = snapshots.iter().map(size).sum();
    let done: u64 = snapshots
        .iter()
        .map(|snapshot| size(snapshot) * u64::from(snapshot.progress.min(100)))
        .sum();
    u8::try_from(done.checked_div(total)?).ok()
}
