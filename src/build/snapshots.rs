//! Snapshots of the machine's volumes: made, waited for, shared.

use std::time::Duration;

use time::OffsetDateTime;

use super::cx::Cx;
use super::error::BuildError;
use super::patiently;
use crate::cloud::error::Refusal;
use crate::cloud::image::{SnapshotAttribute, SnapshotState};
use crate::cloud::volume::CreateSnapshot;
use crate::cloud::{Cloud, CloudError, Region, SnapshotId};
use crate::ledger::{Kind, Order};
use crate::wait::{self, Pace, Patience, Polled};

/// For so long CreateSnapshot is repeated while EC2 says that the volume has had too many of late.
const TOO_MANY: Duration = Duration::from_secs(300);
/// How long a snapshot may stand still: Packer's limit for the whole of it. Large volumes take hours, but they move.
const STANDSTILL: Duration = Duration::from_secs(1800);

/// Who may make volumes of a snapshot.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shares<'a> {
    /// Accounts.
    pub(super) users: &'a [String],
    /// `all`.
    pub(super) groups: &'a [String],
}

/// Asks for a snapshot. A refusal for being too many makes nothing, so the call is repeated then.
pub(super) async fn create<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    request: &CreateSnapshot,
) -> Result<SnapshotId, BuildError> {
    let what = format!("EC2 to take a snapshot of {}", request.volume);
    let progress = cx.progress(&what);
    let wait = cx.wait(&what, Pace::STEADY, Patience::Total(TOO_MANY), &progress);
    let created = wait::until(&wait, || async {
        match create_once(cx, request).await {
            Err(error) if error.is(Refusal::Throttled) => Ok(Polled::PENDING),
            answer => Ok::<_, CloudError>(Polled::Ready(answer)),
        }
    });
    created
        .await
        .map_err(BuildError::wait("cannot create the snapshot"))?
        .map_err(BuildError::call(format!(
            "create the snapshot of `{}` in `{}`",
            request.volume, cx.region
        )))
}

async fn create_once<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    request: &CreateSnapshot,
) -> Result<SnapshotId, CloudError> {
    let order = Order::new(Kind::Snapshot, cx.region, format!("of {}", request.volume));
    let (cloud, region, request) = (cx.cloud.clone(), cx.region.clone(), request.clone());
    cx.ledger
        .create(order, |claim| async move {
            cloud.create_snapshot(&region, &claim, &request).await
        })
        .await
}

/// Waits until it is complete. One that still grows is never given up; `aws_polling` changes how long it may stand still.
pub(super) async fn completed<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    id: &SnapshotId,
) -> Result<(), BuildError> {
    let budget = cx.settings.launch.polling.budget().unwrap_or(STANDSTILL);
    let what = format!("snapshot {id} to be complete");
    let progress = cx.progress(&what);
    let patience = Patience::WithoutProgress(budget);
    let wait = cx.wait(&what, Pace::STEADY, patience, &progress);
    let completed = wait::until(&wait, || async {
        let ids = std::slice::from_ref(id);
        let found = cx.cloud.snapshots(cx.region, ids, &Vec::new()).await?;
        let Some(snapshot) = found.into_iter().next() else {
            return Ok(Polled::PENDING);
        };
        Ok(match snapshot.state {
            SnapshotState::Completed => Polled::Ready(()),
            SnapshotState::Pending => Polled::Pending {
                percent: Some(snapshot.progress),
            },
            SnapshotState::Failed => Polled::Failed("EC2 could not complete it".to_owned()),
        })
    });
    completed
        .await
        .map_err(BuildError::wait("Error waiting for snapshot"))
}

/// Lets others use it.
pub(super) async fn share<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    region: &Region,
    snapshot: &SnapshotId,
    with: Shares<'_>,
) -> Result<(), BuildError> {
    let groups = (!with.groups.is_empty()).then(|| {
        (
            "groups",
            SnapshotAttribute::VolumeGroups(with.groups.to_vec()),
        )
    });
    let users = (!with.users.is_empty())
        .then(|| ("users", SnapshotAttribute::VolumeUsers(with.users.to_vec())));
    let attributes: Vec<_> = groups.into_iter().chain(users).collect();
    if !attributes.is_empty() {
        cx.ui
            .say(&format!("Modifying attributes on snapshot ({snapshot})..."));
    }
    for (word, attribute) in &attributes {
        cx.ui.message(&format!("Modifying: {word}"));
        let what = format!("the shares of snapshot {snapshot}");
        patiently::change(cx, "cannot share the snapshot", &what, || {
            cx.cloud.modify_snapshot(region, snapshot, attribute)
        })
        .await?;
    }
    Ok(())
}

/// The description of a snapshot: the template's, else Packer's own with the time.
pub(super) fn description(given: Option<&String>) -> String {
    let now = OffsetDateTime::now_utc();
    given.cloned().unwrap_or_else(|| {
        format!(
            "Packer: {} {:02}:{:02}:{:02} +0000 UTC",
            now.date(),
            now.hour(),
            now.minute(),
            now.second()
        )
    })
}
