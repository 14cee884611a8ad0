//! Waits until an image is available, with the progress of its snapshots.

use std::time::Duration;

use super::cx::Cx;
use super::error::BuildError;
use crate::cloud::image::{Image, ImageQuery, ImageState, Snapshot};
use crate::cloud::{Cloud, CloudError, ImageId, Region};
use crate::ledger::snapshots_described;
use crate::wait::{self, Pace, Patience, Polled};

/// How long an image may stand still: Packer's limit for the whole of it. Large volumes take hours, but they move.
const STANDSTILL: Duration = Duration::from_secs(1800);

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
    wait::until(&wait, || look(cx.cloud, region, id))
        .await
        .map_err(BuildError::wait("Error waiting for AMI"))
}

async fn look<C: Cloud>(
    cloud: &C,
    region: &Region,
    id: &ImageId,
) -> Result<Polled<Image>, CloudError> {
    let query = ImageQuery {
        ids: vec![id.clone()],
        ..ImageQuery::default()
    };
    let Some(image) = cloud.images(region, &query).await?.into_iter().next() else {
        return Ok(Polled::PENDING);
    };
    Ok(match image.state {
        ImageState::Available => Polled::Ready(image),
        ImageState::Pending => Polled::Pending {
            percent: percent(cloud, region, &image).await,
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

/// How far its snapshots are, by size; a pending image may not show them yet. It is only for show and for telling a
/// standstill, so a refusal means "unknown".
async fn percent<C: Cloud>(cloud: &C, region: &Region, image: &Image) -> Option<u8> {
    let ids = image.snapshots();
    let filters = if ids.is_empty() {
        snapshots_described(&image.id)
    } else {
        Vec::new()
    };
    let snapshots = cloud.snapshots(region, &ids, &filters).await.ok()?;
    let size = |snapshot: &Snapshot| u64::try_from(snapshot.volume_size.max(1)).unwrap_or(1);
    let total: u64 = snapshots.iter().map(size).sum();
    let done: u64 = snapshots
        .iter()
        .map(|snapshot| size(snapshot) * u64::from(snapshot.progress.min(100)))
        .sum();
    u8::try_from(done.checked_div(total)?).ok()
}
