//! Volumes that outlive their machine although nobody wants them to: those of the source image, and those that a script on
//! the machine made and attached. Only the machine leads to them, so they are written down before it goes.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::keeper::Inner;
use super::kind::Kind;
use super::row::Row;
use super::settled::Why;
use super::undo;
use crate::cloud::error::Refusal;
use crate::cloud::instance::Instance;
use crate::cloud::{Cloud, CloudError, InstanceId, VolumeId};
use crate::wait::Polled;

/// How long a look is repeated that EC2 does not answer. A machine that costs money waits for it.
const LOOK: Duration = Duration::from_secs(60);
/// The volumes of a launch are made within seconds, and no script runs before its machine has started.
const LAUNCH: Duration = Duration::from_secs(10);

/// Writes down the volumes that will outlive the machine. A machine that EC2 does not show yet is waited for where its source
/// image leaves a volume. Failing here must not keep a machine running.
pub(super) async fn adopt<C: Cloud>(inner: &Arc<Inner>, cloud: &C, row: &Row, id: &InstanceId) {
    if row.devices.is_empty() && row.orphan_devices.is_empty() {
        return;
    }
    let adopted = async {
        let Some(instance) = shown(inner, cloud, row, id).await? else {
            return Ok(());
        };
        let orphans = instance.volumes.iter();
        for (_, volume) in orphans.filter(|(device, _)| row.orphan_devices.contains(device)) {
            write_down(inner, row, volume);
        }
        // A journal of an earlier version does not tell which devices are the launch's.
        if !row.devices.is_empty() {
            for volume in scripts(cloud, row, &instance).await? {
                write_down(inner, row, &volume);
            }
        }
        Ok::<(), Why>(())
    };
    if let Err(why) = adopted.await {
        log::warn!("whether the {row} leaves a volume is not known: {why}");
    }
}

/// The machine as EC2 shows it; `None` where it shows none.
async fn shown<C: Cloud>(
    inner: &Arc<Inner>,
    cloud: &C,
    row: &Row,
    id: &InstanceId,
) -> Result<Option<Instance>, Why> {
    // No script has run on a machine that EC2 does not show yet.
    let believed = if row.orphan_devices.is_empty() {
        Instant::now()
    } else {
        inner.record().believed_from(row.number)
    };
    let not_yet = |asked, found| match found {
        Some(instance) => Polled::Ready(Some(instance)),
        None if asked >= believed => Polled::Ready(None),
        None => Polled::PENDING,
    };
    undo::repeat(row, LOOK, || async {
        let asked = Instant::now();
        match cloud
            .instances(&row.region, std::slice::from_ref(id), &Vec::new())
            .await
        {
            Ok(found) => Ok(not_yet(asked, found.into_iter().next())),
            Err(error) if error.is(Refusal::NotFound) => Ok(not_yet(asked, None)),
            Err(error) => Err(error),
        }
    })
    .await
}

/// The volumes that a script made and attached: at a device that the launch did not have, and younger than the machine. An
/// older one is somebody's data, so it is left alone.
async fn scripts<C: Cloud>(
    cloud: &C,
    row: &Row,
    instance: &Instance,
) -> Result<Vec<VolumeId>, Why> {
    let others = instance
        .volumes
        .iter()
        .filter(|(device, _)| !row.devices.contains(device));
    let others: Vec<VolumeId> = others.map(|(_, id)| id.clone()).collect();
    let (Some(launched_at), false) = (instance.launched_at, others.is_empty()) else {
        return Ok(Vec::new());
    };
    let volumes = undo::repeat(row, LOOK, || async {
        let volumes = cloud.volumes(&row.region, &others).await?;
        Ok::<_, CloudError>(Polled::Ready(volumes))
    });
    let younger = volumes.await?.into_iter().filter(|volume| {
        volume
            .made_at
            .is_some_and(|made| made > launched_at + LAUNCH)
    });
    Ok(younger.map(|volume| volume.id).collect())
}

fn write_down(inner: &Arc<Inner>, row: &Row, volume: &VolumeId) {
    if let Err(error) = inner.record().adopt(Kind::Volume, row, volume.as_str()) {
        log::warn!("{error}");
    }
}
