//! What stays of an `amazon-ebsvolume` build: the machine's volumes, and snapshots of them.

use futures_util::future::try_join_all;

use super::built::{BuiltVolumes, GeneratedData};
use super::cx::Cx;
use super::error::BuildError;
use super::late::{Texts, VolumeTexts};
use super::launch::Machine;
use super::snapshots::{self, Shares};
use super::{interruption, patiently, publish, story};
use crate::cloud::volume::CreateSnapshot;
use crate::cloud::{Cloud, SnapshotId, Tags, VolumeId};
use crate::ledger::{DEADLINE_TAG, KEPT, Kind, Order};
use crate::plan::amazon::recipe::{EbsVolume, VolumeSnapshot};

/// What a template says of a volume that the machine has.
struct There<'a> {
    device: &'a str,
    id: VolumeId,
    volume: &'a EbsVolume,
    texts: &'a VolumeTexts,
}

/// Writes the volumes that stay into the ledger, so that a build that fails leaves none, and tags all of them.
pub(super) async fn prepare<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    machine: &Machine,
    volumes: &[EbsVolume],
    texts: &Texts,
) -> Result<(), BuildError> {
    let there = there(machine, volumes, texts);
    for one in there.iter().filter(|one| one.volume.stays()) {
        let order = Order::new(Kind::Volume, cx.region, format!("of {}", one.device));
        cx.ledger
            .adopt(order, one.id.as_str())
            .map_err(BuildError::Journal)?;
    }
    remove_run_tags(cx, &there, &texts.volume_tags).await?;
    if !there.is_empty() {
        cx.ui.say("Tagging EBS volumes...");
    }
    for one in &there {
        if one.texts.tags.is_empty() {
            cx.ui.say(&format!(
                "No tags specified for volume on {}...",
                one.device
            ));
            continue;
        }
        cx.ui.message(&format!(
            "Compiling list of tags to apply to volume on {}...",
            one.device
        ));
        say_tags(cx, &one.texts.tags);
        cx.ui
            .message(&format!("Applying tags to EBS Volume: {}", one.id));
        publish::tag(cx, cx.region, &[one.id.to_string()], &one.texts.tags).await?;
    }
    Ok(())
}

/// Stops the machine, makes the snapshots, and lets the volumes stay.
pub(super) async fn finish<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    machine: Machine,
    volumes: &[EbsVolume],
    (texts, data): (&Texts, GeneratedData),
) -> Result<BuiltVolumes, BuildError> {
    cx.ui.step("Keep the volumes");
    story::at_rest(cx, &machine).await?;
    let there = there(&machine, volumes, texts);
    let made = snapshots_of(cx, &there);
    let snapshots = interruption::told(cx, &machine.id, made).await?;
    story::pause(cx, "stepSnapshotEBSVolumes").await;
    story::before_cleanup(cx, "StepRunSourceInstance").await;
    cx.ledger.let_go(cx.cloud, &machine.id).await;
    let stay = there.iter().filter(|one| one.volume.stays());
    let volumes: Vec<VolumeId> = stay.map(|one| one.id.clone()).collect();

    let ids = volumes.iter().map(ToString::to_string);
    let ids: Vec<String> = ids
        .chain(snapshots.iter().map(ToString::to_string))
        .collect();
    let kept = Tags::from([(DEADLINE_TAG.to_owned(), KEPT.to_owned())]);
    cx.ledger.stop_renewing(&ids).await;
    publish::tag(cx, cx.region, &ids, &kept).await?;
    // From here on there is no waiting: a stop comes either before the volumes are kept or after they are returned.
    let things: Vec<_> = ids.into_iter().map(|id| (cx.region.clone(), id)).collect();
    cx.ledger.keep(&things).map_err(BuildError::Journal)?;
    let built = BuiltVolumes {
        region: cx.region.clone(),
        volumes,
        snapshots,
        source: machine.source,
        instance: machine.id,
        data,
    };
    cx.observer.volumes_ready(&built);
    Ok(built)
}

fn there<'a>(machine: &Machine, volumes: &'a [EbsVolume], texts: &'a Texts) -> Vec<There<'a>> {
    let ids = &machine.instance.volumes;
    let there = volumes
        .iter()
        .zip(&texts.volumes)
        .filter_map(|(volume, texts)| {
            let device = volume.device.device_name.as_str();
            let (_, id) = ids.iter().find(|(name, _)| name == device)?;
            Some(There {
                device,
                id: id.clone(),
                volume,
                texts,
            })
        });
    there.collect()
}

/// `run_volume_tags` are on every volume from the launch; on these only their own tags stay.
async fn remove_run_tags<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    there: &[There<'_>],
    run_tags: &Tags,
) -> Result<(), BuildError> {
    if there.is_empty() || run_tags.is_empty() {
        return Ok(());
    }
    cx.ui
        .say("Removing any tags applied to EBS volumes when the source instance was created...");
    let ids: Vec<String> = there.iter().map(|one| one.id.to_string()).collect();
    cx.ui.say("Compiling list of existing tags to remove...");
    say_tags(cx, run_tags);
    cx.ui.say(&format!(
        "Deleting 'run_volume_tags' on EBS Volumes: {}",
        ids.join(", ")
    ));
    let what = "the tags of the volumes to go";
    patiently::change(cx, "cannot tag the volumes", what, || {
        cx.cloud.delete_tags(cx.region, &ids, run_tags)
    })
    .await
}

async fn snapshots_of<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    there: &[There<'_>],
) -> Result<Vec<SnapshotId>, BuildError> {
    let wanted: Vec<(&There<'_>, &VolumeSnapshot)> = there
        .iter()
        .filter_map(|one| Some((one, one.volume.snapshot.as_ref()?)))
        .collect();
    let requested = wanted
        .iter()
        .map(|(one, snapshot)| request(cx, one, snapshot));
    let ids = try_join_all(requested).await?;
    if ids.is_empty() {
        return Ok(ids);
    }
    cx.ui.say("Waiting for Snapshots to become ready...");
    let finished = wanted.iter().zip(&ids).map(async |((_, snapshot), id)| {
        cx.ui.message(&format!("Waiting for {id} to be ready."));
        snapshots::completed(cx, id).await?;
        cx.ui.message(&format!("Snapshot Ready: {id}"));
        let shares = Shares {
            users: &snapshot.users,
            groups: &snapshot.groups,
        };
        snapshots::share(cx, cx.region, id, shares).await
    });
    try_join_all(finished).await?;
    Ok(ids)
}

async fn request<C: Cloud, D>(
    cx: &Cx<'_, C, D>,
    one: &There<'_>,
    snapshot: &VolumeSnapshot,
) -> Result<SnapshotId, BuildError> {
    say_tags(cx, &one.texts.snapshot_tags);
    cx.ui
        .message(&format!("Requesting snapshot of volume: {}...", one.id));
    let request = CreateSnapshot {
        volume: one.id.clone(),
        description: snapshots::description(snapshot.description.as_ref()),
        tags: one.texts.snapshot_tags.clone(),
    };
    let id = snapshots::create(cx, &request).await?;
    cx.ui
        .message(&format!("Requested Snapshot of Volume {}: {id}", one.id));
    Ok(id)
}

fn say_tags<C, D>(cx: &Cx<'_, C, D>, tags: &Tags) {
    for (name, value) in tags {
        cx.ui
            .message(&format!("Adding tag: \"{name}\": \"{value}\""));
    }
}
