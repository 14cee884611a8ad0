//! Snapshots that a run was to delete and could not: their image is gone, and they say so.

use super::cx::PruneCx;
use super::snapshots;
use crate::cloud::usage_calls::UsageCalls;
use crate::cloud::{Cloud, Region, SnapshotId};
use crate::error::on_one_line;
use crate::images;
use crate::wait::WaitError;

/// A snapshot without its image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Orphan {
    /// Where.
    pub(crate) region: Region,
    /// Which.
    pub(crate) snapshot: SnapshotId,
}

/// Those of a region that no image is made of and that nobody else may use.
pub(super) async fn search<C: Cloud + UsageCalls, P>(
    cx: &PruneCx<'_, C, P>,
    region: &Region,
) -> Result<Vec<Orphan>, WaitError> {
    let filters = images::pruned_snapshots(cx.repository_id);
    let what = format!("the snapshots in `{region}`");
    let found = cx.ask(&what, || cx.cloud.snapshots(region, &[], &filters));
    // A filter knows wildcards.
    let found = found.await?.into_iter().filter(|snapshot| {
        images::is_of(&snapshot.tags, cx.repository_id) && images::is_pruned(&snapshot.tags)
    });
    let ids: Vec<SnapshotId> = found.map(|snapshot| snapshot.id).collect();
    let used = snapshots::users(cx, region, &ids, None).await?;
    let mut orphans = Vec::new();
    for snapshot in ids.into_iter().filter(|id| !used.contains(id)) {
        let what = format!("who may use `{snapshot}`");
        let shares = cx.ask(&what, || cx.cloud.snapshot_shares(region, &snapshot));
        match shares.await {
            Ok(shares) if shares.is_empty() => orphans.push(Orphan {
                region: region.clone(),
                snapshot,
            }),
            Ok(shares) => log::info!("`{snapshot}` stays: shared with {}", shares.join(", ")),
            Err(error) => log::warn!("`{snapshot}` stays: {}", on_one_line(&error)),
        }
    }
    Ok(orphans)
}
